import fc from "fast-check";
import { toolRegistry } from "../../tools/registry.ts";
import { gateOpener, noPaths } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { recordedTool } from "../hostile/recorded_tool.ts";
import { property } from "./property.ts";

/** Names that somebody may take for each other. */
const NAMES = [
  "read",
  "Read",
  "READ",
  "read ",
  " read",
  "read\u200b",
  "ｒead",
  "re\u0430d",
  "read.file",
  "functions.read",
  "read;write",
  "*",
  ".*",
  "rea*",
  "read*",
  "read.*",
  "",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "write",
];

const name = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);

/** A name that is called, and lists of names that nearly all have to do with it. */
const lists = fc.uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain((some) =>
    fc.record({
      called: fc.constantFrom(...some),
      registered: fc.subarray(some),
      allowed: fc.subarray(some),
      denied: fc.subarray(some),
    })
  );
const base = policyWith({}).document;

/** Whether an entry names a tool: itself, or with a star after three characters or more. */
function names(entry: string, tool: string): boolean {
  return entry === tool ||
    (/^[^]{3,}\*$/u.test(entry) && tool.startsWith(entry.slice(0, -1)));
}

export const REGISTRY_PROPERTIES = [
  property(
    "a tool is allowed by its exact name, or by how it begins, alone",
    fc.property(
      lists,
      ({ called: name, registered, allowed, denied }) => {
        const gate = gateOpener({
          policy: { ...base, tool_registry: { allowed, denied } },
          tools: toolRegistry(registered.map((each) => recordedTool(each))),
          inspect: noPaths,
        })();
        const call = { tool: name, args_json: "{}" };
        const { effect, rule } = gate.judge(gate.propose(call));
        const isListed = registered.some((each) => each === name) &&
          allowed.some((each) => each !== "*" && names(each, name)) &&
          !denied.some((each) => each === "*" || names(each, name));
        return isListed
          ? effect === "allow"
          : effect === "deny" && rule === "tool_registry";
      },
    ),
  ),
];
