import { assertEquals } from "@std/assert";
import { FAILURE_MODES, failureMode, type StepFacts } from "./failure.ts";

const NOTHING: StepFacts = {
  attempts: [],
  denials: [],
  reported: 0,
  unhandled: 0,
};

Deno.test("FAILURE_MODES is in this order and ends runs in these ways", () => {
  assertEquals(
    FAILURE_MODES.map(({ code, id, ends }) => [code, id, ends]),
    [
      ["F2", "retry_exhaustion", "failure_mode_terminal"],
      ["F5", "catalogued_unhandled", "failure_mode_terminal"],
      ["F3", "schema_mismatch", "failure_mode_terminal"],
      ["F4", "cycle_detection", "policy_denial_terminal"],
      ["F1", "tool_call_failure", null],
    ],
  );
});

Deno.test("FAILURE_MODES says of each mode in one sentence what it means", () => {
  for (const { meaning } of FAILURE_MODES) {
    assertEquals(/^[A-Z][^\n.|]+$/.test(meaning), true, meaning);
  }
});

const STEPS: readonly {
  readonly name: string;
  readonly step: Partial<StepFacts>;
  readonly want: string | undefined;
}[] = [
  { name: "a step in which nothing happened", step: {}, want: undefined },
  {
    name: "an attempt that succeeded",
    step: { attempts: ["success"] },
    want: undefined,
  },
  {
    name: "an attempt that cannot be tried again",
    step: { attempts: ["non_retryable"] },
    want: undefined,
  },
  {
    name: "a success after a failure",
    step: { attempts: ["transient_failure", "success"] },
    want: "tool_call_failure",
  },
  {
    name: "a failure that the model was told",
    step: { attempts: ["non_retryable"], reported: 1 },
    want: "tool_call_failure",
  },
  {
    name: "the last of all attempts",
    step: { attempts: ["transient_failure", "exhausted"] },
    want: "retry_exhaustion",
  },
  {
    name: "arguments that do not fit",
    step: { denials: ["arg_schema"] },
    want: "schema_mismatch",
  },
  {
    name: "the same call again",
    step: { denials: ["cycle_detection"] },
    want: "cycle_detection",
  },
  {
    name: "an undeclared failure",
    step: { unhandled: 1 },
    want: "catalogued_unhandled",
  },
  {
    name: "a forbidden tool",
    step: { denials: ["tool_registry"] },
    want: undefined,
  },
  {
    name: "a forbidden host",
    step: { denials: ["url_allowlist"] },
    want: undefined,
  },
  {
    name: "a forbidden path",
    step: { denials: ["sandbox_path"] },
    want: undefined,
  },
  {
    name: "a used-up budget",
    step: { denials: ["loop_budget"] },
    want: undefined,
  },
  {
    name: "a survived denial before all attempts fail",
    step: { denials: ["arg_schema"], attempts: ["exhausted"] },
    want: "retry_exhaustion",
  },
  {
    name: "two survived denials before an undeclared failure",
    step: { denials: ["cycle_detection", "arg_schema"], unhandled: 1 },
    want: "catalogued_unhandled",
  },
  {
    name: "two survived denials",
    step: { denials: ["cycle_detection", "arg_schema"] },
    want: "schema_mismatch",
  },
  {
    name: "a survived failure before the same call again",
    step: { denials: ["cycle_detection"], reported: 1 },
    want: "cycle_detection",
  },
  {
    name: "a survived failure before an undeclared failure",
    step: { attempts: ["transient_failure", "success"], unhandled: 1 },
    want: "catalogued_unhandled",
  },
];

for (const { name, step, want } of STEPS) {
  Deno.test(`failureMode() calls ${name} ${want ?? "no failure"}`, () => {
    assertEquals(failureMode({ ...NOTHING, ...step })?.id, want);
  });
}

Deno.test("failureMode() can give every mode of the catalogue", () => {
  const given = new Set(STEPS.map(({ want }) => want));
  for (const { id } of FAILURE_MODES) assertEquals(given.has(id), true, id);
});
