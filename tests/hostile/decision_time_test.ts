import { assert } from "@std/assert";
import { networkFor } from "../../cli/machine/network.ts";
import { readToolDefinitions } from "../../cli/input/tool_definitions.ts";
import { join } from "../../deps.ts";
import type { RawCall } from "../../policy/gate.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import { lacks } from "../permissions.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { clocked, type Measure, timesAsLong } from "../times_as_long.ts";
import { HOSTILE_CASES } from "./cases.ts";
import { FAMILIES } from "./families.ts";
import { layFixture } from "./fixture.ts";
import { gateOpener } from "./gates.ts";
import { HEAVY_ARGUMENTS, HEAVY_NAMES } from "./heavy_inputs.ts";
import { policyWith } from "./policy.ts";
import { percentile } from "./percentile.ts";
import { decisionTimes } from "./trial.ts";

const disk = { ignore: lacks("read", "write", "run") };

const CASES = join(PROJECT, "tests/hostile/cases.json");

/**
 * How many times as long as a unit the median decision may take. The unit is
 * what a decision is mostly made of: reading a short text as JSON, and asking
 * the disk of what kind a file is.
 */
const MEDIANS = [
  {
    what: "no path",
    touchesDisk: false,
    unit: "reading 256 bytes of JSON ten times",
    run: () => {
      for (let time = 0; time < 10; time++) JSON.parse(SHORT);
    },
    limit: 6,
  },
  {
    what: "a path",
    touchesDisk: true,
    unit: "asking the disk of a file twenty times",
    run: () => {
      for (let time = 0; time < 20; time++) Deno.lstatSync(CASES);
    },
    limit: 3,
  },
];

/** The median of many goes, as the decisions are measured. */
function median(run: () => void): Measure {
  return () => {
    const times = Array.from({ length: 200 }, () => {
      const start = performance.now();
      run();
      return performance.now() - start;
    });
    return percentile(times, 0.5);
  };
}

const SHORT = JSON.stringify({ path: "a/b.md", text: "line\n".repeat(38) });

for (const { what, touchesDisk, unit, run, limit } of MEDIANS) {
  Deno.test(
    `the median decision on a call with ${what} takes at most ${limit} times as long as ${unit}`,
    disk,
    async () => {
      using fixture = layFixture();
      const trials = HOSTILE_CASES.flatMap((hostile) => {
        const family = FAMILIES.get(hostile.family);
        if ((family?.disk ?? false) !== touchesDisk) return [];
        return family?.trial?.(hostile, fixture) ?? [];
      });
      const ratio = await timesAsLong({
        work: () => percentile(trials.flatMap(decisionTimes), 0.5) / 1000,
        unit: median(run),
        limit,
      });
      assert(ratio <= limit, `${ratio} times as long`);
    },
  );
}

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

/** Reads 64 KiB of small objects as JSON, five times. */
const LONG = HEAVY_ARGUMENTS["many small objects"] ?? "";
const READINGS = clocked(() => {
  for (let time = 0; time < 5; time++) JSON.parse(LONG);
});

/** What is linear stays below this by far, what is quadratic over 64 KiB above. */
const LIMIT = 8;

/** Fails where one of these decisions takes longer than reading 64 KiB as JSON 40 times. */
async function assertQuick(decisions: readonly (() => number)[]) {
  const least = decisions.map(() => Infinity);
  const ratio = await timesAsLong({
    // The least of each, since no busy machine is quiet for all in one round.
    // Each is made once, and whichever took longest once more in each round.
    work() {
      const longest = Math.max(...least);
      for (const [at, decide] of decisions.entries()) {
        if (least[at] !== longest) continue;
        least[at] = Math.min(longest, decide());
      }
      return Math.max(...least);
    },
    unit: READINGS,
    limit: LIMIT,
  });
  assert(ratio <= LIMIT, `${ratio * 5} readings`);
}

for (const [what, args_json] of Object.entries(HEAVY_ARGUMENTS)) {
  Deno.test(
    `no tool's gate takes longer than reading 64 KiB of JSON 40 times over ${what}`,
    disk,
    async () => {
      using folder = temporaryFolder();
      Deno.writeTextFileSync(join(folder.path, "in.md"), "inside");
      const { names, time } = judge(folder.path);
      await assertQuick(
        [...names, "no such tool"].map((tool) => () =>
          time({ tool, args_json })
        ),
      );
    },
  );
}

for (const [what, tool] of Object.entries(HEAVY_NAMES)) {
  Deno.test(
    `no gate takes longer than reading 64 KiB of JSON 40 times over ${what}`,
    disk,
    async () => {
      using folder = temporaryFolder();
      const { time } = judge(folder.path);
      await assertQuick([() => time({ tool, args_json: "{}" })]);
    },
  );
}
