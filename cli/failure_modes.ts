import { FAILURE_MODE_TRIGGERS } from "../tasks/suites.ts";
import type { Command } from "./command/command.ts";
import { scenarioSuite } from "./scenario/scenario_suite.ts";

/** `failure-modes`: the scenarios that trigger each failure mode. */
export const failureModes: Command = scenarioSuite({
  name: "failure-modes",
  folder: "failure_modes",
  what: "failure-mode",
  fixtures: FAILURE_MODE_TRIGGERS,
});
