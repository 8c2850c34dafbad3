import type { Json } from "../tools/data/json.ts";
import type { Source } from "./conditions/condition.ts";
import type { Label } from "../tools/label.ts";
import type { CallName, RunFacts } from "./run_facts.ts";
import { seenTexts } from "./seen_texts.ts";
import { isNamed } from "./tool_pattern.ts";

/** A call that begins: its effects may happen from here on. */
export interface BegunCall extends CallName {
  /** When it was judged, in milliseconds of the run's clock. */
  readonly atMs: number;
  /** What its tool is labelled. */
  readonly labels: Iterable<Label>;
  /** Whether it goes on where an earlier attempt was redirected to. */
  readonly isRedirect: boolean;
}

/** What one run has done so far, as far as a policy asks about it. */
export interface RunMemory {
  /** Takes in what the run was asked. */
  question(text: string): void;
  /** Takes a call in before anything of it can reach the model: its labels hold from here on. */
  begin(call: BegunCall): void;
  /** Takes in what a call returned; `seq` is the number of the event that has it. */
  result(
    result: Json,
    from: { readonly tool: string; readonly seq: number },
  ): void;
  /** What the run has come to for a call that is judged at a moment. */
  facts(call: number, atMs: number): RunFacts;
}

/** Remembers a run from its beginning; of texts, those that some sources name. */
export function runMemory(sources: readonly Source[]): RunMemory {
  const labels = new Map<Label, CallName>();
  const begun: BegunCall[] = [];
  const texts = seenTexts(sources);
  return {
    question: texts.question,
    result: texts.result,
    begin(call) {
      begun.push(call);
      for (const label of call.labels) {
        if (!labels.has(label)) {
          labels.set(label, { call: call.call, tool: call.tool });
        }
      }
    },
    facts: (call, atMs) => ({
      call,
      atMs,
      labels,
      calls: (tools, withinSeconds) =>
        begun.filter((each) =>
          isNamed(each.tool, tools) &&
          (withinSeconds === undefined
            ? !each.isRedirect
            : atMs - each.atMs < 1000 * withinSeconds)
        ).length,
      seen: texts.seen,
    }),
  };
}
