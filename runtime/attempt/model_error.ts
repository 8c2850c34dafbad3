/** How the failure of a model is classified and what led to it. */
export interface ModelErrorOptions extends ErrorOptions {
  /**
   * Stable, low-cardinality name, recorded as `error.type`: a status such as
   * `429` or `503`, or `unauthorized`, `forbidden`, `insufficient_quota`,
   * `network`, `timeout`, `too_large`, `empty_response`, `invalid_response`, `permission_denied`,
   * `provider_error`, `cassette_mismatch`, `cassette_ended`.
   */
  readonly type: string;
  /** True when the same question may be answered later. Default: false. */
  readonly transient?: boolean;
  /** How long the server asks to wait, in whole milliseconds from 0 to 60,000. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The model could not be asked, or its answer could not be read. The message
 * contains no key and no header of the request. There is a cause only when a
 * permission was refused.
 */
export class ModelError extends Error {
  /** Recorded as `exception_class`, unless a refused permission is the cause. */
  override readonly name = "ModelError";
  /** Stable, low-cardinality name of the failure. */
  readonly type: string;
  /** Whether the same question may be answered later. */
  readonly transient: boolean;
  /** How long the server asks to wait; `undefined` when it does not say. */
  readonly retryAfterMs: number | undefined;

  /** Describes a failure; `options.type` classifies it. */
  constructor(message: string, options: ModelErrorOptions) {
    super(message, options);
    this.type = options.type;
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
