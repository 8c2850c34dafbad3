import type { Tool } from "../../tools/tool.ts";
import { INDETERMINATE, RecordedFailure } from "../attempt/recorded_failure.ts";
import type { RerunState } from "./continuation.ts";
import { outcomeOf, validationOf } from "./recorded_answers.ts";

/** A tool that returns its recorded results. After the record it is run. */
export function rerunTool(
  tool: Tool,
  { cursor, continuation }: RerunState,
): Tool {
  const schema = tool.args["~standard"];
  return {
    ...tool,
    args: {
      "~standard": {
        ...schema,
        // A run that ends with its record may lack the tools; the record has
        // their results.
        validate: (value) =>
          continuation.goesOn
            ? schema.validate(value)
            : validationOf(cursor.next, value),
      },
    },
    async run(args, context) {
      const { next } = cursor;
      const tried = next?.type === "attempt_finished" && next.call_id !== null;
      const outcome = tried
        ? outcomeOf(next, cursor.receiptOf(next))
        : undefined;
      if (outcome !== undefined) return outcome.value;
      const lost = tried && next.outcome === "success";
      if (!lost) continuation.world();
      // An intent that is not on record is new. The outcome of one that is there
      // without a receipt is unknown, until it was sent again.
      const intent = continuation.unknown(context.idempotencyKey);
      if (lost || intent !== undefined) {
        const mayBeSent = intent !== undefined && tool.idempotent &&
          continuation.sendsAgain && (!lost || cursor.isResultLost);
        if (!mayBeSent) throw new RecordedFailure(INDETERMINATE, { lost });
        await continuation.sendAgain(intent);
      }
      return await tool.run(args, context);
    },
  };
}
