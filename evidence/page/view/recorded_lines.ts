import { isObject } from "../../../tools/data/json.ts";
import type { RunEvent } from "../../../runtime/record/event.ts";

/** One line of the record, whatever it holds. */
export interface RecordedLine {
  /** Number of the event by its place, from 0. */
  readonly seq: number;
  /** The line as it is stored. */
  readonly text: string;
  /** What it says, when it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Reads the lines of a ledger without judging them; the checker does that. */
export function recordedLines(text: string): readonly RecordedLine[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, seq) => ({ seq, text: line, json: parsed(line) }));
}

function parsed(line: string): RecordedLine["json"] {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The event on a line, when it has all that the page shows of its type; more may be wrong with it. */
export function eventOn({ seq, json }: RecordedLine): RunEvent | undefined {
  return isEvent(json) ? { ...json, seq } : undefined;
}

type Test = (value: unknown) => boolean;

const text: Test = (value) => typeof value === "string";
const number: Test = (value) => typeof value === "number";
const time: Test = (value) =>
  typeof value === "string" && /^\d{1,19}$/.test(value);
const orNull = (test: Test): Test => (value) => value === null || test(value);
const orLeftOut = (test: Test): Test => (value) =>
  value === undefined || test(value);
const list = (test: Test): Test => (value) =>
  Array.isArray(value) && value.every(test);
const shape = (keys: Readonly<Record<string, Test>>): Test => (value) =>
  isObject(value) &&
  Object.entries(keys).every(([key, test]) => test(value[key]));

const error = orNull(
  shape({ kind: text, type: text, exception_class: text, message: text }),
);

/** What the page shows of each event, beside its time and its step. */
const SHAPES: Readonly<Record<RunEvent["type"], Test>> = {
  run_started: shape({
    run_id: text,
    task: shape({ id: text, question: text, sha256: text, text }),
    policy: shape({ version: text, sha256: text, text }),
    llm: shape({ execution_path: text, provider: text, model: text }),
    corpus: shape({ sha256: text, documents: number }),
    tools: list(shape({ name: text })),
  }),
  step_started: shape({}),
  llm_completed: shape({
    started_at: time,
    answer: orNull(text),
    calls: list(shape({ id: text, tool: text, args_json: text })),
    usage: orNull(shape({ input_tokens: number, output_tokens: number })),
    finish_reason: orNull(text),
    raw: orNull(text),
    error,
  }),
  tools_changed: shape({
    tools: list(shape({ name: text })),
    removed: list(text),
  }),
  call_proposed: shape({ call_id: text, tool: text, args_json: text }),
  policy_checked: shape({
    started_at: time,
    call_id: orNull(text),
    tool: orNull(text),
    decision: (value) =>
      value === "allow" || value === "deny" || value === "escalate",
    rule_id: orNull(text),
    reason: orNull(text),
    metadata: shape({}),
    facts: orNull(
      shape({ paths: list(shape({ path: text, resolved: text })) }),
    ),
    asked: orLeftOut(list(shape({ clause: text, reason: text }))),
  }),
  approval_resolved: shape({
    call_id: text,
    approver: text,
    verdict: text,
    bound_to: text,
  }),
  tool_started: shape({ call_id: text, tool: text, idempotency_key: text }),
  attempt_finished: shape({
    started_at: time,
    call_id: orNull(text),
    outcome: text,
    backoff_ms: number,
    error,
  }),
  tool_finished: shape({
    call_id: text,
    tool: text,
    redirect: orNull(shape({})),
    error,
  }),
  step_finished: shape({ failure_mode: orNull(text) }),
  run_finished: shape({
    terminal_reason: text,
    answer: orNull(text),
    reason: orLeftOut(text),
    totals: (value) =>
      isObject(value) && number(value.steps) &&
      Object.values(value).every((each) =>
        each === null || number(each) || text(each)
      ),
  }),
};

const TESTS: ReadonlyMap<unknown, Test> = new Map(Object.entries(SHAPES));
const HEAD = shape({ ts: time, step: number, call: orLeftOut(number) });

function isEvent(json: unknown): json is RunEvent {
  return isObject(json) && HEAD(json) && TESTS.get(json.type)?.(json) === true;
}
