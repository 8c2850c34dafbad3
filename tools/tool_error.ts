import { boundedWait } from "./retry_after.ts";

/** How an expected failure is classified and what caused it. */
export interface ToolErrorOptions extends ErrorOptions {
  /** Stable, low-cardinality name, recorded as `error.type`: `not_found`, `timeout`, `503`. */
  readonly type: string;
  /** True when the same call may succeed later; only then it is tried again. Default: false. */
  readonly transient?: boolean;
  /** How long a server asks to wait before the next try, in milliseconds, a minute at most. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A failure that a tool expects. The model is told and may try something else. A
 * transient one is tried again instead; when the policy's limits are used up,
 * the run ends as `retry_exhaustion`.
 */
export class ToolError extends Error {
  /** Recorded as `exception_class`, unless a refused permission is the cause. */
  override readonly name = "ToolError";
  /** Stable, low-cardinality name of the failure. */
  readonly type: string;
  /** Whether the same call may succeed later. */
  readonly transient: boolean;
  /**
   * How long to wait at least before the next try, 0 to 60,000; `undefined` when
   * no wait is asked for.
   */
  readonly retryAfterMs: number | undefined;

  /** Describes a failure; `options.type` classifies it. */
  constructor(message: string, options: ToolErrorOptions) {
    super(message, options);
    this.type = options.type;
    this.transient = options.transient ?? false;
    this.retryAfterMs = boundedWait(options.retryAfterMs);
  }
}
