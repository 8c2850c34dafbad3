import { POLICY_GATES } from "../tasks/suites.ts";
import type { Command } from "./command/command.ts";
import { scenarioSuite } from "./scenario/scenario_suite.ts";

/** `policy-gates`: the scenarios that the policy denies. */
export const policyGates: Command = scenarioSuite({
  name: "policy-gates",
  folder: "policy_gates",
  what: "policy-gate",
  fixtures: POLICY_GATES,
});
