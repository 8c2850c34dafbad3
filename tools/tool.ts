import type { Json } from "./data/json.ts";
import type { Label } from "./label.ts";
import type { Redirect } from "./redirect.ts";
import type { Schema } from "./schema.ts";

/**
 * What running a tool touches, by the names of the arguments that say so, each a
 * string or a list of strings. The policy judges effects, not tool names, and
 * only declared effects: beyond them a tool is limited only by the permissions
 * of the process, so declare all of them.
 */
export interface Effects {
  /** Arguments that hold a URL which the tool will fetch: names, or JSONPaths that begin with `$`. */
  readonly fetches?: readonly string[];
  /** Arguments that hold a path which the tool will read. */
  readonly reads?: readonly string[];
  /** Arguments that hold a path which the tool will write. */
  readonly writes?: readonly string[];
}

/** What the model and the policy know of a tool. */
export interface ToolDefinition<Args = unknown> {
  /** The exact name by which a model calls the tool. */
  readonly name: string;
  /** One line that tells a model what the tool is for. */
  readonly description: string;
  /** Which arguments the rules for URLs and paths look at; `{}` for none. */
  readonly effects: Effects;
  /** The arguments; it should refuse unknown keys, since nothing else does. */
  readonly args: Schema<Args>;
  /**
   * Whether a second run with the same arguments changes nothing more, so that
   * an attempt with an unknown outcome may be tried again. Default: false.
   */
  readonly idempotent?: boolean;
  /** How information flows through it: see `Label`. Default: none is known. */
  readonly labels?: readonly Label[];
  /**
   * SHA-256 of the canonical JSON of the definition as a server gave it, 64 hex
   * digits. Default: that of name, description and input schema.
   */
  readonly definitionSha256?: string;
  /** Whether nobody whom one trusts has said yet what it touches, so that no call may run. Default: false. */
  readonly isUndescribed?: boolean;
}

/** What a tool is told about the call it serves. */
export interface ToolContext {
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The same for every attempt of one call: 64 hex digits. */
  readonly idempotencyKey: string;
  /**
   * The URLs that the policy has judged, in canonical form, keyed by their
   * spelling in the arguments. A tool fetches these and does not parse the
   * arguments again.
   */
  readonly urls: ReadonlyMap<string, string>;
  /**
   * The places that the policy has judged, as in `PathFacts.resolved`, keyed by
   * the spelling of their paths in the arguments. A tool opens these and does
   * not resolve the path again: it may lead elsewhere by now. `judgedPlace`
   * finds one for a `Sandbox`.
   */
  readonly places: ReadonlyMap<string, string>;
}

/**
 * Something an agent may do once the policy has allowed it.
 *
 * `run` gets the validated arguments and returns plain JSON. It throws a
 * `ToolError` for a failure that it expects; any other error, and a permission
 * that the process lacks, ends the run as `catalogued_unhandled`.
 */
export interface Tool<Args = unknown> extends ToolDefinition<Args> {
  /**
   * Where it runs if not in this process: in a Worker, which has permissions of
   * its own. Default: in this process.
   */
  readonly isolation?: "worker";
  /** Milliseconds that one attempt may take. Default: what the policy says. */
  readonly timeoutMs?: number;

  /**
   * Does the work, once an attempt. The result may have 4,194,304 characters of
   * JSON; a longer one is a failure that the model is told about. A `Redirect`
   * asks for a judgement of other arguments instead.
   *
   * @throws {ToolError} for a failure that the tool expects
   */
  run(args: Args, context: ToolContext): Promise<Json | Redirect>;
}

/**
 * Describes a tool of one's own: gives it back as it is, with the arguments of `run`
 * typed by its schema.
 */
export function tool<Args>(described: Tool<Args>): Tool<Args> {
  return described;
}
