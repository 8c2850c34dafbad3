import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import { INDETERMINATE, RecordedFailure } from "../attempt/recorded_failure.ts";
import type { RunSpec } from "../run_spec.ts";
import type { RerunState } from "./continuation.ts";
import { attemptOf, outputOf, pathFactsOf } from "./recorded_answers.ts";

/**
 * The same run, with the recorded answers of model and disk. After the record
 * the real ones are asked.
 */
export function rerunSpec<Spec extends RunSpec>(
  spec: Spec,
  { cursor, continuation }: RerunState,
): Spec {
  return {
    ...spec,
    sandbox: {
      inspect(path): PathFacts {
        const facts = pathFactsOf(cursor.next, path);
        if (facts !== undefined) return facts;
        continuation.world();
        return spec.sandbox.inspect(path);
      },
    },
    async llm(input, signal) {
      const { next, following } = cursor;
      const tried = next?.type === "attempt_finished" && next.call_id === null;
      const answer = tried ? attemptOf(next, following) : next;
      if (answer?.type === "llm_completed") return outputOf(answer);
      if (!tried || !cursor.isResultLost) continuation.world();
      else if (continuation.goesOn) continuation.followSignal();
      else throw new RecordedFailure(INDETERMINATE, { lost: true });
      return await spec.llm(input, signal);
    },
  };
}
