import type { Json } from "./json.ts";
import type { Schema } from "./schema.ts";

/**
 * What running a tool touches, by the names of the arguments that say so. The
 * policy judges effects, not tool names; a tool that declares none gets no
 * network and no files.
 */
export interface Effects {
  /** Arguments that hold a URL which the tool will fetch. */
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
  readonly effects: Effects;
  /** The arguments, strictly: an unknown key is refused. */
  readonly args: Schema<Args>;
}

/** What a tool is told about the call it serves. */
export interface ToolContext {
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The same for every attempt of one call: 64 hex digits. */
  readonly idempotencyKey: string;
}

/**
 * Something an agent may do once the policy has allowed it.
 *
 * `run` gets the validated arguments and returns plain JSON. It throws a
 * `ToolError` for a failure that it foresees; anything else that it throws ends
 * the run as `catalogued_unhandled`.
 */
export interface Tool<Args = unknown> extends ToolDefinition<Args> {
  run(args: Args, context: ToolContext): Promise<Json>;
}
