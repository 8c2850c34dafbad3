import type { JsonObject } from "./data/json.ts";

/**
 * What a tool returns instead of a result when it has to continue with other
 * arguments, such as the URL that a server redirects to. The loop judges them
 * like a new call of that tool before the tool is run again.
 */
export class Redirect {
  /** The arguments that the tool wants to continue with. */
  readonly args: JsonObject;

  /** Names the arguments that are to be judged. */
  constructor(args: JsonObject) {
    this.args = args;
  }
}
