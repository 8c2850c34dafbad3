import fc from "fast-check";
import type { CycleLimits } from "../../policy/document/document.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { gateOpener, noPaths } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { recordedTool } from "../hostile/recorded_tool.ts";
import { property } from "./property.ts";

const TOOL = "tool";
const base =
  policyWith({ tool_registry: { allowed: [TOOL], denied: [] } }).document;
const tools = toolRegistry([recordedTool(TOOL)]);

const limits = fc.record({
  max_repeats: fc.integer({ min: 1, max: 4 }),
  max_period: fc.integer({ min: 2, max: 6 }),
});

/** Calls, many of which are the same, and some of which rotate. */
const calls = fc.oneof(
  fc.array(fc.nat({ max: 3 }), { maxLength: 40 }),
  fc.tuple(
    fc.array(fc.nat({ max: 9 }), { maxLength: 6 }),
    fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 7 }),
    fc.integer({ min: 1, max: 6 }),
  ).map(([before, round, times]) => [
    ...before,
    ...Array.from({ length: times }, () => round).flat(),
  ]),
);

/** Reads the limits word for word, over all calls so far. */
function isCycle(
  calls: readonly number[],
  { max_repeats, max_period }: CycleLimits,
): boolean {
  const last = calls.at(-1);
  if (calls.filter((each) => each === last).length > max_repeats) return true;
  if (max_repeats === 1) return false;
  for (let period = 2; period <= max_period; period++) {
    const group = calls.slice(-period);
    if (group.length < period || group.every((each) => each === last)) continue;
    const rounds = Array.from({ length: max_repeats }, () => group).flat();
    if (calls.slice(-rounds.length).join() === rounds.join()) return true;
  }
  return false;
}

export const CYCLE_PROPERTIES = [
  property(
    "a call is a cycle exactly when a plain reading finds one",
    fc.property(calls, limits, (calls, cycle_detection) => {
      const gate = gateOpener({
        policy: { ...base, cycle_detection },
        tools,
        inspect: noPaths,
      })();
      return calls.every((call, index) => {
        const args_json = JSON.stringify({ call });
        const { rule } = gate.judge(gate.propose({ tool: TOOL, args_json }));
        return (rule === "cycle_detection") ===
          isCycle(calls.slice(0, index + 1), cycle_detection);
      });
    }),
  ),
];
