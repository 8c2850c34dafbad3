import type { RunEvent } from "../../record/event.ts";
import type { Llm, Message } from "../llm.ts";
import { ModelError } from "../../attempt/model_error.ts";
import { RecordedFailure } from "../../attempt/recorded_failure.ts";
import { valueExcerpts } from "../../../tools/data/excerpt.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import { givenSettings } from "../../record/model_settings.ts";
import type { ToolDefinition } from "../../../tools/tool.ts";
import {
  type Cassette,
  type CassetteHead,
  requestDigest,
  type ToolDescription,
  toolDescriptions,
} from "./cassette.ts";

/** A model whose answers come from a cassette. */
export interface CassetteLlm {
  /** Answers as it was recorded, and nothing else. */
  readonly llm: Llm;
  /** How many exchanges follow the last one that was asked for. */
  unused(): number;
  /** Whether the last exchange was a failure; no wait is needed after it. */
  hasFailed(): boolean;
}

/**
 * Makes a model from a cassette: it returns the recorded answers in the same
 * order, at the same steps and to the same requests, and sends nothing. Any
 * other request, and one beyond the last exchange, is a `ModelError` that is not
 * retried; it says where the request first differs. The first `asked` exchanges
 * are skipped, since a resumed run has them on record. Default: none.
 */
export function cassetteLlm(
  { head, exchanges }: Cassette,
  asked = 0,
): CassetteLlm {
  let at = asked;
  let hasFailed = false;
  return {
    hasFailed: () => hasFailed,
    unused: () => exchanges.length - at,
    // deno-lint-ignore require-await
    async llm({ step, messages, tools: definitions, settings }) {
      const exchange = exchanges[at];
      if (exchange === undefined) {
        throw new ModelError(
          `Cannot answer: the cassette ends after exchange ${exchanges.length}, and this is one more`,
          { type: "cassette_ended" },
        );
      }
      const tools = offered(head, definitions);
      const digest = requestDigest(tools, messages, settings);
      if (digest !== exchange.request_sha256) {
        const expected: readonly Message[] = exchanges.slice(0, at + 1)
          .flatMap((each) => each.messages);
        throw mismatch(
          at + 1,
          {
            tools: head.tools,
            messages: expected,
            settings: givenSettings(head.settings),
          },
          { tools, messages, settings },
        );
      }
      if (step !== exchange.step) {
        throw new ModelError(
          `Cannot answer: exchange ${
            at + 1
          } of the cassette is of step ${exchange.step}, and this is step ${step}`,
          { type: "cassette_mismatch" },
        );
      }
      at += 1;
      const { output, error, retry_after_ms: retryAfterMs } = exchange;
      hasFailed = error !== null;
      if (error !== null) throw new RecordedFailure(error, { retryAfterMs });
      // It has one or the other.
      return output ?? {};
    },
  };
}

/** The tools of a request; older cassettes also list those that the policy denies. */
function offered(
  head: CassetteHead,
  definitions: readonly ToolDefinition[],
): readonly ToolDescription[] {
  const tools = toolDescriptions(definitions);
  if (head.settings !== undefined) return tools;
  const byName = new Map(tools.map((each) => [each.name, each]));
  const isKnown = tools.every(({ name }) =>
    head.tools.some((each) => each.name === name)
  );
  return isKnown
    ? head.tools.map((each) => byName.get(each.name) ?? each)
    : tools;
}

function mismatch(
  number: number,
  expected: object,
  found: object,
): ModelError {
  const difference = valueDifference(expected, found);
  const [then, now] = valueExcerpts(difference?.expected, difference?.found);
  return new ModelError(
    `Cannot answer: the request is not that of exchange ${number} of the cassette; they differ first at ${
      difference?.path ?? "their spelling"
    }: expected ${then}, found ${now}`,
    { type: "cassette_mismatch" },
  );
}

/**
 * How many exchanges of a run have their answer on record. Where the record ends
 * before an answer, the same request is sent again.
 */
export function exchangesOnRecord(events: readonly RunEvent[]): number {
  const tries = events.filter((event) =>
    event.type === "attempt_finished" && event.call_id === null
  );
  const last = events.at(-1);
  const lost = last?.type === "attempt_finished" && last.call_id === null &&
    last.outcome === "success";
  return lost ? tries.length - 1 : tries.length;
}
