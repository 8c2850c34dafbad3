import { assert } from "@std/assert";
import { networkFor } from "../../cli/network.ts";
import { readToolDefinitions } from "../../cli/json_schema_tools.ts";
import { join } from "../../deps.ts";
import type { RawCall } from "../../policy/gate.ts";
import { directorySandbox } from "../../tools/directory_sandbox.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { lacks } from "../permissions.ts";
import { temporaryFolder } from "../program.ts";
import { HOSTILE_CASES } from "./cases.ts";
import { FAMILIES } from "./families.ts";
import { layFixture } from "./fixture.ts";
import { gateOpener } from "./gates.ts";
import { HEAVY_ARGUMENTS, HEAVY_NAMES } from "./heavy_inputs.ts";
import { policyWith } from "./policy.ts";
import { percentile } from "./percentile.ts";
import { decisionTimes } from "./trial.ts";

const disk = { ignore: lacks("read", "write", "run") };

/** Whatever else the machine does only ever adds, so the best of some rounds counts. */
const ROUNDS = 60;

/** How often the promised time is allowed: once where all is tried, else thrice, for a busy machine. */
const LENIENCE = Deno.args.includes("--full") ? 1 : 3;

/** The least of what `measure` returns, unless one is within the limit before. */
function best(measure: () => number, limit: number): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS && least > limit; round++) {
    least = Math.min(least, measure());
  }
  return least;
}

for (
  const { what, touchesDisk, limitMicros } of [
    { what: "no path", touchesDisk: false, limitMicros: 15 },
    { what: "a path", touchesDisk: true, limitMicros: 120 },
  ]
) {
  Deno.test(
    `the median decision on a call with ${what} takes at most ${limitMicros} µs`,
    disk,
    () => {
      using fixture = layFixture();
      const trials = HOSTILE_CASES.flatMap((hostile) => {
        const family = FAMILIES.get(hostile.family);
        if ((family?.disk ?? false) !== touchesDisk) return [];
        return family?.trial?.(hostile, fixture) ?? [];
      });
      const median = best(
        () => percentile(trials.flatMap(decisionTimes), 0.5),
        limitMicros * LENIENCE,
      );
      assert(median <= limitMicros * LENIENCE, `${median} µs`);
    },
  );
}

const LIMIT_MS = 5 * LENIENCE;

/** Tools of somebody else: lists of what is touched, and items that are unique. */
const FOREIGN = [
  {
    name: "open",
    input_schema: {
      type: "object",
      properties: {
        path: {},
        url: {},
        unique: { type: "array", uniqueItems: true },
      },
      additionalProperties: true,
    },
    effects: { reads: ["path"], fetches: ["url"] },
  },
  {
    name: "collect",
    input_schema: {
      type: "object",
      properties: {
        paths: { type: "array", items: { type: "string" } },
        urls: { type: "array", items: { type: "string" } },
      },
    },
    effects: { reads: ["paths"], fetches: ["urls"] },
  },
];

/** Judges calls with the five tools and some of somebody else. */
function judge(directory: string) {
  const sandbox = directorySandbox(directory);
  const tools = toolRegistry<ToolDefinition>([
    ...standardTools({
      documents: [],
      fetch: networkFor(false).fetch,
      sandbox,
    }),
    ...readToolDefinitions(JSON.stringify(FOREIGN), "tools.json").tools
      .values(),
  ]);
  const names = [...tools.keys()];
  const open = gateOpener({
    policy: policyWith({ tool_registry: { allowed: names } }).document,
    tools,
    inspect: sandbox.inspect,
  });
  return {
    names,
    /** The time of one decision, in milliseconds. */
    time(call: RawCall): number {
      const [micros = Infinity] = decisionTimes({ open, calls: [call] });
      return micros / 1000;
    },
  };
}

for (const [what, args_json] of Object.entries(HEAVY_ARGUMENTS)) {
  Deno.test(
    `no tool's gate takes more than ${LIMIT_MS} ms over ${what}`,
    disk,
    () => {
      using folder = temporaryFolder();
      Deno.writeTextFileSync(join(folder.path, "in.md"), "inside");
      const { names, time } = judge(folder.path);
      for (const tool of [...names, "no such tool"]) {
        const ms = best(() => time({ tool, args_json }), LIMIT_MS);
        assert(ms <= LIMIT_MS, `${tool}: ${ms} ms`);
      }
    },
  );
}

for (const [what, tool] of Object.entries(HEAVY_NAMES)) {
  Deno.test(`no gate takes more than ${LIMIT_MS} ms over ${what}`, disk, () => {
    using folder = temporaryFolder();
    const { time } = judge(folder.path);
    const ms = best(() => time({ tool, args_json: "{}" }), LIMIT_MS);
    assert(ms <= LIMIT_MS, `${ms} ms`);
  });
}
