import type { JsonObject } from "./data/json.ts";

/**
 * What a tool returns instead of a result when it would have to go on with
 * other arguments, such as the URL that a server redirects to. The loop judges
 * them like a new call of that tool before the tool is run again.
 */
export class Redirect {
  /** The arguments with which the tool would go on. */
  readonly args: JsonObject;

  /** Names the arguments that are to be judged. */
  constructor(args: JsonObject) {
    this.args = args;
  }
}
