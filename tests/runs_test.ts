/**
 * `runs`: an archive of the committed runs, of copies, of runs that broke off or wait,
 * and of runs that somebody changed.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import type { RunSummary } from "../evidence/archive/run_summary.ts";
import type { ArchiveTotals } from "../evidence/archive/archive_totals.ts";
import { hasNoChromium, openFile, startChromium } from "./browser/chromium.ts";
import { HOSTILE_TEXTS, obeyed } from "./hostile/terminal_texts.ts";
import { committedRuns } from "./page_runs.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder } from "./program.ts";
import { said } from "./said.ts";

const disk = { ignore: lacks("read", "write") };

interface Archive {
  readonly runs: readonly RunSummary[];
  readonly totals: ArchiveTotals;
  readonly unreadable: readonly { run: string; error: string }[];
}

/** Runs one command line for a pipe. */
async function piped(...args: readonly string[]) {
  const { code, data, notes } = await said(args, { isTerminal: false });
  return { code, stdout: data.join("\n"), stderr: notes.join("\n") };
}

async function archive(
  ...args: readonly string[]
): Promise<Archive & { readonly code: number }> {
  const { code, stdout } = await piped("runs", ...args, "--json");
  return { code, ...JSON.parse(stdout) };
}

const RUNS = join(PROJECT, "runs");
const run = (name: string) => join(RUNS, name);

/** Copies the artifacts of a run; returns the place of the copy. */
function copied(from: string, to: string): string {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isFile } of Deno.readDirSync(from)) {
    if (isFile) Deno.copyFileSync(join(from, name), join(to, name));
  }
  return to;
}

function counted(counts: readonly { name: string; count: number }[]) {
  return Object.fromEntries(counts.map(({ name, count }) => [name, count]));
}

Deno.test(
  "runs lists every committed run in order, and each verifies",
  disk,
  async () => {
    const { code, runs, totals, unreadable } = await archive(RUNS);
    assertEquals([code, unreadable], [0, []]);
    assertEquals(runs.map((each) => each.run).toSorted(), committedRuns());
    const begun = runs.map(({ started }) => started);
    assertEquals(begun, begun.toSorted());
    assertEquals(counted(totals.by_check), { verified: runs.length });
    assertEquals(totals.runs, runs.length);
  },
);

Deno.test("runs counts as the totals on record do", disk, async () => {
  for (const each of (await archive(RUNS)).runs) {
    const { totals, terminal_reason } = lastEvent(each.run);
    const denials = each.denials.reduce((sum, { count }) => sum + count, 0);
    assertEquals(
      [each.end, each.steps, each.tool_calls, each.tokens, denials],
      [
        terminal_reason,
        totals.steps,
        totals.tool_calls,
        totals.tokens,
        totals.denials,
      ],
      each.run,
    );
  }
});

function lastEvent(folder: string) {
  const lines = Deno.readTextFileSync(join(folder, "state.jsonl")).trimEnd();
  return JSON.parse(lines.slice(lines.lastIndexOf("\n") + 1));
}

Deno.test(
  "runs names clause, approver and cost where a run has them",
  disk,
  async () => {
    const { runs, totals } = await archive(run("policy_gates"));
    const named = (name: string) =>
      runs.find((each) => each.run.endsWith(`/${name}`));
    assertEquals(named("pg7_call_limit")?.denials, [
      { rule: "call_limit", clause: "two-notes", tool: "write", count: 1 },
    ]);
    assertEquals(named("pg8_flow_escalate")?.answers, [
      { by: "none", verdict: "rejected", tool: "write" },
    ]);
    assertEquals(named("pg3_loop_budget_cost")?.cost, "0.0002005 EUR");
    assertEquals(totals.costs, ["0.0002005 EUR"]);
    assertEquals(totals.without_cost, runs.length - 1);
    assertEquals(counted(totals.denials_by_clause)["two-notes"], 1);
  },
);

const FILTERED = [
  { args: ["--rule", "tool_pin"], names: ["pg9_tool_pin"] },
  { args: ["--terminal", "failure_mode_terminal"], names: ["pg5_arg_schema"] },
  { args: ["--tool", "read"], names: ["pg8_flow_deny", "pg9_tool_pin"] },
  { args: ["--since", "2026-01-02"], names: [] },
  { args: ["--until", "2026-01-01T00:00:00Z"], names: [] },
  {
    args: ["--until", "2026-01-01T02:00:01+02:00", "--rule", "flow"],
    names: ["pg8_flow_deny", "pg8_flow_escalate"],
  },
];

for (const { args, names } of FILTERED) {
  Deno.test(`runs ${args.join(" ")} lists those alone`, disk, async () => {
    const { runs, totals } = await archive(run("policy_gates"), ...args);
    const found = runs.map((each) => each.run.replace(/.*\//, ""));
    assert(names.every((name) => found.includes(name)), found.join());
    assertEquals(totals.runs, runs.length);
    if (names.length === 0) assertEquals(found, []);
    for (const each of runs) {
      if (args.includes("--rule")) {
        assert(each.denials.some(({ rule }) => rule === args.at(-1)));
      }
      if (args.includes("--tool")) assert(each.tools.includes("read"));
      if (args.includes("--terminal")) assertEquals(each.end, args[1]);
    }
  });
}

Deno.test(
  "runs shows what was changed, what broke off, what waits and what cannot be read",
  disk,
  async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const canonical = committedRuns()[0] ?? "";
    const changed = copied(canonical, at("changed"));
    Deno.writeTextFileSync(join(changed, "run_report.md"), "All fine.\n");
    const torn = copied(canonical, at("torn"));
    const state = Deno.readTextFileSync(join(torn, "state.jsonl"));
    for (const name of ["manifest.json", "run_report.md", "trace.json"]) {
      Deno.removeSync(join(torn, name));
    }
    Deno.writeTextFileSync(
      join(torn, "state.jsonl"),
      state.split("\n").slice(0, 3).join("\n") + "\n",
    );
    const broken = copied(canonical, at("broken"));
    Deno.writeTextFileSync(
      join(broken, "state.jsonl"),
      state.replace('"step":1', '"step":2'),
    );
    Deno.writeTextFileSync(at("asking.yaml"), ASKING);
    Deno.writeTextFileSync(at("policy.yaml"), ASKING_POLICY);
    await piped(
      "run",
      at("asking.yaml"),
      "--approve",
      "file",
      "--out",
      at("waits"),
    );
    const found = await archive(folder.path);
    assertEquals(found.code, 1);
    assertEquals(found.unreadable.map((each) => each.run), [broken]);
    const seen = Object.fromEntries(
      found.runs.map(({ run, end, check, findings }) => [
        run.slice(folder.path.length + 1),
        [end, check, ...findings],
      ]),
    );
    assertEquals(seen, {
      changed: ["final_answer", "findings", "differs"],
      torn: ["unfinished", "unfinished", "run_unfinished"],
      waits: ["waiting", "waiting", "run_unfinished"],
    });
    const unchecked = await archive(changed, "--no-verify");
    assertEquals(unchecked.runs.map(({ check }) => check), ["unchecked"]);
  },
);

const ASKING = `id: asking
question: What now?
policy: policy.yaml
script:
  - calls: [{ tool: write, args: { path: a.md, content: x } }]
  - answer: done
`;

const ASKING_POLICY = `version: 1
on_deny: terminate
tool_registry: { allowed: [write], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 5 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 }
escalate: [{ tools: [write], reason: it is kept }]
`;

Deno.test(
  "runs points at copies, other records of a run, missing numbers and empty days",
  disk,
  async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const one = run("policy_gates/pg5_arg_schema");
    copied(one, at("out"));
    copied(one, at("out_2"));
    copied(run("policy_gates/pg7_call_limit"), at("out_5"));
    // Another record of the same run: of an earlier version of the program.
    copied(
      join(PROJECT, "tests/records/v1/policy_gates/pg5_arg_schema"),
      at("old"),
    );
    copied(
      committedRuns().find((each) => /\/\d{4}-/.test(each)) ?? "",
      at("2026-11-22_f09c7907_7"),
    );
    const { totals } = await archive(folder.path);
    const found = totals.doubtful.map(({ kind, what, runs }) => [
      kind,
      what,
      ...runs.map((each) => each.slice(folder.path.length + 1)),
    ]);
    assertEquals(found, [
      ["duplicate", "the same record 2 times", "out", "out_2"],
      ["duplicate", "2 records of run pg5_arg_schema", "old", "out"],
      ["gap", "2 numbers missing in a series of folders", "out_2", "out_5"],
      [
        "gap",
        "324 days without a run, from 2026-01-02 to 2026-11-21",
        "out_5",
        "2026-11-22_f09c7907_7",
      ],
    ]);
  },
);

Deno.test(
  "runs --csv has a line a run, and no cell is a formula",
  disk,
  async () => {
    const { stdout } = await piped("runs", RUNS, "--csv");
    const [heads = "", ...lines] = stdout.split("\n");
    assertEquals(lines.length, committedRuns().length);
    for (const line of lines) {
      const cells = [...line.matchAll(/"((?:[^"]|"")*)"(,|$)/g)];
      assertEquals(cells.length, heads.split(",").length, line);
      assert(cells.every(([, cell = ""]) => !/^[=+\-@]/.test(cell)), line);
    }
  },
);

for (
  const { args, message } of [
    {
      args: ["--rule", "url_allow_list"],
      message: 'did you mean "url_allowlist"?',
    },
    { args: ["--terminal", "done"], message: "expected final_answer" },
    { args: ["--since", "yesterday"], message: "expected a day such as" },
    { args: ["--since", "2026-02-30"], message: "expected a day such as" },
    { args: ["--json", "--csv"], message: "--json and --csv at once" },
  ]
) {
  Deno.test(`runs refuses ${args.join(" ")}`, disk, async () => {
    const { code, stderr } = await piped("runs", RUNS, ...args);
    assertEquals(code, 1);
    assertStringIncludes(stderr, message);
  });
}

Deno.test(
  "runs --html refuses a place inside a run, and a file that is no page",
  disk,
  async () => {
    using folder = temporaryFolder();
    const here = copied(
      run("policy_gates/pg5_arg_schema"),
      join(folder.path, "a"),
    );
    for (const place of [here, join(here, "pages")]) {
      const { code, stderr } = await piped("runs", here, "--html", place);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "outside the run with --html");
    }
    Deno.mkdirSync(join(folder.path, "pages"));
    Deno.writeTextFileSync(join(folder.path, "pages/index.html"), "notes");
    const { code, stderr } = await piped(
      "runs",
      here,
      "--html",
      join(folder.path, "pages"),
    );
    assertEquals(code, 1);
    assertStringIncludes(stderr, "something else than a report is there");
  },
);

Deno.test({
  name:
    "the pages of runs --html open in a browser: the index links reports that check themselves, and hostile texts stay text",
  ignore: lacks("read", "write", "run", "env", "sys") || hasNoChromium(),
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    using folder = temporaryFolder();
    const hostile = HOSTILE_TEXTS.map(({ text }) => text)
      .filter((text) => text.length < 60 && !/[\0/]/.test(text))
      .concat("<img src=x onerror=alert(1)>", "'\"><svg onload=alert(1)>");
    for (const [index, text] of hostile.entries()) {
      if (!text.isWellFormed()) continue;
      copied(
        run("policy_gates/pg5_arg_schema"),
        join(folder.path, "all", `${index} ${text}`),
      );
    }
    const pages = join(folder.path, "pages");
    const made = await piped("runs", join(folder.path, "all"), "--html", pages);
    assertEquals([made.code, made.stderr], [0, ""]);
    await using browser = await startChromium();
    const { page, said: complaints, requests } = await openFile(
      browser,
      join(pages, "index.html"),
      {},
    );
    const names = await page.locator("td a").allTextContents();
    assertEquals(
      names.length,
      hostile.filter((each) => each.isWellFormed()).length,
    );
    assertEquals(names.flatMap(obeyed), []);
    assertEquals(await page.locator("img, svg, script").count(), 0);
    await page.locator("td a").first().click();
    await page.locator("#verdict.ok").waitFor({ timeout: 60_000 });
    assertEquals(complaints, []);
    // Only the report that was clicked on.
    assertEquals(requests, [page.url()]);
    assert(page.url().startsWith(`file://${pages}/`));
    await page.close();
  },
});
