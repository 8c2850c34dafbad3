import { Redirect } from "../redirect.ts";
import { MAX_RESULT_LENGTH } from "../result_length.ts";
import type { Tool } from "../tool.ts";
import type { HiddenValues } from "./hidden_values.ts";

/** The same work of a tool, whose results and failures do not show some values. */
export function hidingRun(run: Tool["run"], hidden: HiddenValues): Tool["run"] {
  return async (args, context) => {
    try {
      const result = await run(args, context);
      if (result instanceof Redirect) return result;
      const text = JSON.stringify(result) ?? "null";
      return text.length > MAX_RESULT_LENGTH
        ? result
        : hidden.json(JSON.parse(text));
    } catch (error) {
      hideIn(error, hidden);
      throw error;
    }
  };
}

/** How many causes of a failure are looked at. */
const MAX_CAUSES = 10;

/** The error itself is changed, since its class decides what becomes of the call. */
function hideIn(error: unknown, { text }: HiddenValues): void {
  let each = error;
  for (let count = 0; each instanceof Error && count < MAX_CAUSES; count++) {
    const shown = text(each.message);
    if (shown !== each.message) each.message = shown;
    each = each.cause;
  }
}
