/**
 * Records as the program makes them: of the kinds of runs that there are, to be
 * verified as they are and to be forged.
 *
 * @module
 */
import { join, z } from "../../deps.ts";
import { type Artifacts, memorySink } from "../../evidence/artifacts.ts";
import { recordRun } from "../../evidence/recording/record_run.ts";
import { readArtifacts } from "../../evidence/store/run_directory.ts";
import { governedLoop } from "../../runtime/loop.ts";
import { resume } from "../../cli/resume.ts";
import { run } from "../../cli/run.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { Tool } from "../../tools/tool.ts";
import { recorded, VOLATILE } from "../forgery.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { ASKED, inTurn, type Rehearsal, stage } from "../rehearsal.ts";
import { REHEARSALS } from "../rehearsals.ts";
import { call, layRuns } from "./laid_runs.ts";

const ADA = { approver: "ada", verdict: "approved" } as const;

const FETCHED: Rehearsal = {
  script: [
    { calls: [{ tool: "work", args: { url: "https://fixtures.local/a" } }] },
    { answer: "done" },
  ],
  policy: {
    escalate: [...ASKED, { tools: ["work"], reason: "twice is better" }],
  },
  approver: inTurn(ADA),
  resolve: () => Promise.resolve([{ address: "8.8.8.8", range: "unicast" }]),
};

const REJECTED: Rehearsal = {
  ...FETCHED,
  approver: inTurn({ approver: "ada", verdict: "rejected" }),
};

/** A tool that takes two seconds by the clock of the run, in two steps. */
const UNHURRIED: Rehearsal = {
  workWith: (clock) => async () => {
    await clock.sleep(2000);
    return null;
  },
  script: [
    { calls: [{ tool: "work", args: { text: "go" } }] },
    { answer: "done" },
  ],
};

const DENIED_TWICE: Rehearsal = {
  policy: { on_deny: "continue" },
  script: [
    {
      calls: [{ tool: "rm", args: {} }, { tool: "rm", args: { text: "all" } }],
    },
    { answer: "done" },
  ],
};

/** What a model and a person may say, however odd it looks. */
const ODD =
  "<script> | `none` \u001b[2J \u202e ![x](https://evil.example/x)\n# 🤷";

const ODD_TEXTS: Rehearsal = {
  script: [
    { calls: [{ tool: "echo", args: { text: ODD } }] },
    { calls: [{ tool: "work", args: { text: ODD } }] },
    { answer: ODD },
  ],
  work: () => Promise.resolve({ [ODD]: [ODD, -0, 1e300, null] }),
  policy: { escalate: ASKED },
  approver: inTurn({ approver: "Zoë O’Neill-王 3", verdict: "approved" }),
};

/** A tool whose validator adds what was left out, so that other arguments run than were proposed. */
async function filledIn(): Promise<Artifacts> {
  const { spec, world, signal } = stage({
    script: [{ calls: [{ tool: "page", args: {} }] }, { answer: "done" }],
    policy: { tool_registry: { allowed: ["page"], denied: [] } },
  });
  const page: Tool<{ readonly url: string }> = {
    name: "page",
    description: "Reads a page, the first one when none is named",
    effects: { fetches: ["url"] },
    args: standardSchema(z.strictObject({
      url: z._default(z.string(), "https://fixtures.local/first"),
    })),
    run: () => Promise.resolve("here"),
    idempotent: true,
  };
  const sink = memorySink();
  const events = governedLoop(
    { ...spec, tools: toolRegistry([page]) },
    { ...world(1_000_000n), signal },
  );
  await recordRun(events, sink, {
    programVersion: "0.0.0",
    volatile: () => VOLATILE,
  });
  return sink.artifacts;
}

/** A run whose tools have labels of their own, so that a sink is denied after a private text. */
async function labelled(): Promise<Artifacts> {
  const { spec, world, signal } = stage({
    script: [
      { calls: [{ tool: "echo", args: { text: "hi" } }] },
      { calls: [{ tool: "work", args: { text: "go" } }] },
      { answer: "done" },
    ],
    policy: {
      on_deny: "continue",
      flow: [{
        after: ["private"],
        before: "sink",
        effect: "deny",
        reason: "it may carry private text out",
      }],
    },
  });
  const labels = { echo: ["private"], work: ["sink"] } as const;
  const tools = toolRegistry(
    [...spec.tools.values()].map((tool) => ({
      ...tool,
      labels: tool.name === "echo" ? labels.echo : labels.work,
    })),
  );
  const sink = memorySink();
  await recordRun(
    governedLoop({ ...spec, tools }, { ...world(1_000_000n), signal }),
    sink,
    { programVersion: "0.0.0", volatile: () => VOLATILE },
  );
  return sink.artifacts;
}

const ARTIFACTS = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
];

/** The four artifacts of a run directory, without what stands beside them. */
function fourOf(path: string): Artifacts {
  return new Map(
    [...readArtifacts(path)].filter(([name]) => ARTIFACTS.includes(name)),
  );
}

/** A run of real files that waited for a person and was resumed. */
async function written(): Promise<Artifacts> {
  using runs = await layRuns();
  return fourOf(runs.path("finished"));
}

/** A run whose process ended after an intent, so that the call was sent again. */
async function resumed(): Promise<Artifacts> {
  using folder = temporaryFolder();
  const task = join(folder.path, "task.yaml");
  const out = join(folder.path, "run");
  Deno.writeTextFileSync(task, WRITING);
  await call(run, [task, "--out", out]);
  const ledger = join(out, "state.jsonl");
  const lines = Deno.readTextFileSync(ledger).split("\n");
  const intent = lines.findIndex((line) => line.includes('"tool_started"'));
  const cut = lines.slice(0, intent + 1).map((line) => `${line}\n`).join("");
  for (const name of ARTIFACTS) Deno.removeSync(join(out, name));
  Deno.writeTextFileSync(ledger, `${cut}{"v":1,"torn`);
  const { code, said } = await call(resume, [out]);
  if (code !== 0) throw new Error(said);
  return fourOf(out);
}

const WRITING = `id: note
question: Write a note, please.
script:
  - calls:
      - { tool: write, args: { path: drafts/a.md, content: "One." } }
  - answer: Done.
`;

/** A record of the first version of the format. */
function frozen(name: string) {
  return () => Promise.resolve(fourOf(join(PROJECT, "tests/records/v1", name)));
}

const FROZEN = [
  "2026-11-22_f09c7907_0",
  "policy_gates/pg1_off_allowlist_url",
  "policy_gates/pg2_sandbox_escape",
  "policy_gates/pg3_loop_budget_tokens",
  "policy_gates/pg5_arg_schema",
  "failure_modes/catalogued_unhandled",
  "failure_modes/cycle_detection",
  "failure_modes/retry_exhaustion",
] as const;

/** Sound records by name; each is made when it is asked for. */
export const SOUND_RECORDS: ReadonlyMap<string, () => Promise<Artifacts>> =
  new Map([
    ...Object.entries(REHEARSALS)
      // Rules that stand in no policy cannot decide again.
      .filter(([, make]) => (make().rules ?? []).length === 0)
      .map(([name, make]) => [name, () => recorded(make())] as const),
    ["approved_fetch", () => recorded(FETCHED)],
    ["rejected_fetch", () => recorded(REJECTED)],
    ["unhurried", () => recorded(UNHURRIED)],
    ["denied_twice", () => recorded(DENIED_TWICE)],
    ["odd_texts", () => recorded(ODD_TEXTS)],
    ["filled_in", filledIn],
    ["labelled", labelled],
    ["written", written],
    ["resumed", resumed],
    ...FROZEN.map((name) => [name, frozen(name)] as const),
  ]);
