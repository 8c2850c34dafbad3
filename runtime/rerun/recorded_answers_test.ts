import { assertEquals, assertThrows } from "@std/assert";
import { Redirect } from "../../tools/redirect.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
  RecordedFacts,
  RunEvent,
  ToolFinished,
} from "../record/event.ts";
import {
  addressesOf,
  approvalOf,
  outcomeOf,
  outputOf,
  pathFactsOf,
  readingsOf,
  validationOf,
} from "./recorded_answers.ts";
import { noAnswerError } from "../llm/no_answer.ts";
import { RecordedFailure } from "../attempt/recorded_failure.ts";

const HEAD = { v: 1, seq: 5, ts: "9", step: 1 } as const;
const FAILURE = {
  kind: "unhandled",
  type: "t",
  exception_class: "E",
  message: "m",
} as const;

const COMPLETED: LlmCompleted = {
  ...HEAD,
  type: "llm_completed",
  started_at: "8",
  answer: "done",
  calls: [],
  usage: null,
  finish_reason: null,
  raw: null,
  error: null,
};

const SUCCESS: AttemptFinished = {
  ...HEAD,
  type: "attempt_finished",
  started_at: "8",
  call_id: "1",
  attempt: 1,
  outcome: "success",
  backoff_ms: 0,
  error: null,
};

const RECEIPT: ToolFinished = {
  ...HEAD,
  type: "tool_finished",
  call_id: "1",
  tool: "echo",
  result: { text: "hi" },
  redirect: null,
  error: null,
};

const CHECKED: PolicyChecked = {
  ...HEAD,
  type: "policy_checked",
  started_at: "8",
  call_id: "1",
  tool: "echo",
  decision: "allow",
  rule_id: null,
  reason: null,
  metadata: {},
  call_sha256: null,
  facts: {
    args_error: null,
    paths: [{
      path: "a",
      resolved: "<sandbox>/a",
      inside: true,
      via_link: true,
      dotdot_after_link: false,
      special: false,
      hard_linked: false,
    }],
    hosts: [{ host: "h", addresses: [{ address: "1.1.1.1", range: "r" }] }],
  },
};

const STEP: RunEvent = { ...HEAD, type: "step_started" };

Deno.test("readingsOf() has when an event began and when it was recorded", () => {
  assertEquals(readingsOf(SUCCESS, undefined), [8n, 9n]);
  assertEquals(readingsOf(STEP, undefined), [9n]);
  // The first try of the model has the reading with which its answer began.
  assertEquals(readingsOf(COMPLETED, SUCCESS), [9n]);
});

Deno.test("outputOf() has what the model gave back", () => {
  assertEquals(outputOf(COMPLETED), {
    answer: "done",
    usage: undefined,
    finish_reason: undefined,
    raw: undefined,
  });
  const calls = [{ id: "1", tool: "echo", args_json: "{}" }];
  const usage = { input_tokens: 1, output_tokens: 2 };
  assertEquals(
    outputOf({
      ...COMPLETED,
      answer: null,
      calls,
      usage,
      finish_reason: "stop",
      raw: "r",
    }),
    { calls, usage, finish_reason: "stop", raw: "r" },
  );
});

Deno.test("outputOf() fails as the model did, with what it wrote", () => {
  const failed = { ...COMPLETED, answer: null, raw: "r", error: FAILURE };
  const { error, output, lost } = assertThrows(
    () => outputOf(failed),
    RecordedFailure,
    "m",
  );
  assertEquals([error, output.raw, lost], [FAILURE, "r", false]);
});

Deno.test("outputOf() has again why a model gave no answer, with its usage", () => {
  const usage = { input_tokens: 1, output_tokens: 2 };
  const error = noAnswerError("length", "max_tokens");
  assertEquals(
    outputOf({
      ...COMPLETED,
      answer: null,
      usage,
      finish_reason: "max_tokens",
      error,
    }),
    {
      no_answer: "length",
      usage,
      finish_reason: "max_tokens",
      raw: undefined,
    },
  );
});

Deno.test("outcomeOf() a success is what its receipt has", () => {
  assertEquals(outcomeOf(SUCCESS, RECEIPT), { value: { text: "hi" } });
  assertEquals(outcomeOf(SUCCESS, { ...RECEIPT, result: null }), {
    value: null,
  });
  const redirect = { url: "https://fixtures.local/b" };
  assertEquals(
    outcomeOf(SUCCESS, { ...RECEIPT, result: null, redirect }),
    { value: new Redirect(redirect) },
  );
});

Deno.test("outcomeOf() a success without a receipt is not known", () => {
  assertEquals(outcomeOf(SUCCESS, undefined), undefined);
  assertEquals(outcomeOf(SUCCESS, STEP), undefined);
  assertEquals(
    outcomeOf({ ...SUCCESS, outcome: "exhausted" }, RECEIPT),
    undefined,
  );
});

Deno.test("outcomeOf() a success whose receipt is an error was lost", () => {
  const error = assertThrows(
    () => outcomeOf(SUCCESS, { ...RECEIPT, error: FAILURE }),
    RecordedFailure,
  );
  assertEquals([error.error, error.lost], [FAILURE, true]);
});

Deno.test("outcomeOf() a failure fails as it did", () => {
  const error = assertThrows(
    () =>
      outcomeOf({ ...SUCCESS, outcome: "exhausted", error: FAILURE }, RECEIPT),
    RecordedFailure,
  );
  assertEquals([error.error, error.lost], [FAILURE, false]);
});

Deno.test("pathFactsOf() has what was looked up, by how it is spelled", () => {
  assertEquals(pathFactsOf(CHECKED, "a"), {
    resolved: "<sandbox>/a",
    inside: true,
    viaLink: true,
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  });
  assertEquals(pathFactsOf(CHECKED, "./a"), undefined);
  assertEquals(pathFactsOf({ ...CHECKED, facts: null }, "a"), undefined);
  assertEquals(pathFactsOf(STEP, "a"), undefined);
  assertEquals(pathFactsOf(undefined, "a"), undefined);
});

Deno.test("addressesOf() has what a host stood for", () => {
  assertEquals(addressesOf(CHECKED, "h"), [{ address: "1.1.1.1", range: "r" }]);
  assertEquals(addressesOf(CHECKED, "__proto__"), undefined);
  assertEquals(addressesOf({ ...CHECKED, facts: null }, "h"), undefined);
  assertEquals(addressesOf(STEP, "h"), undefined);
});

Deno.test("approvalOf() is a rejection without an approver unless a person answered", () => {
  assertEquals(
    approvalOf({
      ...HEAD,
      type: "approval_resolved",
      call_id: "1",
      approver: "ada",
      verdict: "approved",
      bound_to: "",
    }),
    { approver: "ada", verdict: "approved" },
  );
  const nobody = { approver: "none", verdict: "rejected" } as const;
  assertEquals(approvalOf(STEP), nobody);
  assertEquals(approvalOf(undefined), nobody);
});

Deno.test("validationOf() arguments is what was proposed, the copy that is on record, or what was wrong", () => {
  const parsed = { text: "raw" };
  const checked = (facts: Partial<RecordedFacts>): PolicyChecked => ({
    ...CHECKED,
    facts: { args_error: null, paths: [], hosts: [], ...facts },
  });
  assertEquals(validationOf(checked({}), parsed), { value: parsed });
  assertEquals(validationOf(undefined, parsed), { value: parsed });
  assertEquals(validationOf(checked({ args: { text: "hi" } }), parsed), {
    value: { text: "hi" },
  });
  assertEquals(validationOf(checked({ args: null }), parsed), { value: null });
  const wrong = (path: string) =>
    checked({ args_error: { reason: "no", path } });
  assertEquals(validationOf(wrong("a[0].b"), parsed), {
    issues: [{ message: "no", path: ["a[0].b"] }],
  });
  assertEquals(validationOf(wrong(""), parsed), {
    issues: [{ message: "no", path: [] }],
  });
});
