import config from "../deno.json" with { type: "json" };
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { differences } from "../evidence/recording/differences.ts";
import { withoutVolatile } from "../evidence/recording/manifest.ts";
import { regenerate } from "../evidence/recording/regenerate.ts";
import { readArtifacts } from "../evidence/store/run_directory.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import taskText from "../tasks/canonical.yaml" with { type: "text" };
import { loadTask } from "../tasks/task.ts";
import { validateTraceText } from "../trace/validate/validate.ts";
import { CANONICAL_RUN as RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const ARTIFACTS = [
  "manifest.json",
  "run_report.md",
  "state.jsonl",
  "trace.json",
];

const reads = { ignore: lacks("read") };
const runs = { ignore: lacks("read", "write", "run") };

function committed(): ReadonlyMap<string, string> {
  return readArtifacts(join(PROJECT, "runs", RUN));
}

function text(name: string): string {
  return committed().get(name) ?? "";
}

/** Copies the committed run into an empty folder. */
function copyRun(folder: string): string {
  const run = join(folder, "runs", RUN);
  Deno.mkdirSync(run, { recursive: true });
  for (const [name, content] of committed()) {
    Deno.writeTextFileSync(join(run, name), content);
  }
  return run;
}

Deno.test(
  "the canonical run is the only one of its kind, with four artifacts",
  reads,
  () => {
    const names = [...Deno.readDirSync(join(PROJECT, "runs"))]
      .map(({ name }) => name).filter((name) => /^\d{4}-/.test(name));
    assertEquals(names, [RUN]);
    assertEquals([...committed().keys()].sort(), ARTIFACTS);
  },
);

Deno.test(
  "the canonical trace has 22 spans, all allowed, all successful",
  reads,
  () => {
    const trace = text("trace.json");
    const count = (pattern: RegExp) => [...trace.matchAll(pattern)].length;
    assertEquals(count(/"name":"agent_step"/g), 5);
    assertEquals(count(/"name":"llm_call"/g), 5);
    assertEquals(count(/"name":"policy_check"/g), 4);
    assertEquals(count(/"name":"tool_call"/g), 4);
    assertEquals(count(/"name":"retry_attempt"/g), 4);
    assertEquals(count(/"spanId":"[0-9a-f]{16}","(parentSpanId|name)"/g), 22);
    assertEquals(
      count(/agent\.policy\.decision","value":\{"stringValue":"allow"\}/g),
      4,
    );
    assertEquals(
      count(/agent\.retry\.outcome","value":\{"stringValue":"success"\}/g),
      4,
    );
    assertEquals(
      count(
        /agent\.terminal_reason","value":\{"stringValue":"final_answer"\}/g,
      ),
      1,
    );
    assertEquals(validateTraceText(trace), []);
  },
);

Deno.test(
  "the canonical agent searches, fetches, reads, summarises and answers",
  reads,
  () => {
    const events = text("state.jsonl").trimEnd().split("\n").map(
      parseLedgerLine,
    );
    const started = events.flatMap((event) =>
      event.type === "tool_started" ? [event.tool] : []
    );
    assertEquals(started, ["search", "fetch", "read", "summarize"]);
    const [search, fetched, , summary] = events.flatMap((event) =>
      event.type === "tool_finished" ? [JSON.stringify(event.result)] : []
    );
    assert(search?.includes('"hits":[{"id":"op-07"'), "op-07 is the best hit");
    assertStringIncludes(fetched ?? "", "lasted 56 minutes");
    assertStringIncludes(summary ?? "", '"sentences":3');
  },
);

Deno.test(
  "the canonical script summarises what the fetched report says",
  reads,
  () => {
    const calls = loadTask(taskText, "canonical").document.script
      .flatMap(({ calls = [] }) => calls);
    const given = JSON.stringify(
      calls.find(({ tool }) => tool === "summarize"),
    );
    const report = Deno.readTextFileSync(join(PROJECT, "corpus/v1/op-07.md"));
    const body = report.slice(report.indexOf("## Summary")).trimEnd();
    assertStringIncludes(given, JSON.stringify(body).slice(1, -1));
  },
);

Deno.test(
  "the committed ledger regenerates every artifact",
  reads,
  async () => {
    assertEquals(
      differences(
        await regenerate(text("state.jsonl"), config.version),
        committed(),
      ),
      [],
    );
  },
);

Deno.test("the committed ledger names no path of a machine", reads, () => {
  for (const content of committed().values()) {
    assertEquals(content.match(/\/(home|root|tmp|Users|var)\//), null);
  }
});

Deno.test({
  name:
    "canonical leaves the committed bytes in an empty folder of another user elsewhere",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const env = {
      TZ: "Pacific/Chatham",
      LANG: "tr_TR.UTF-8",
      LC_ALL: "tr_TR.UTF-8",
      HOME: folder.path,
      USER: "somebody",
      LOGNAME: "somebody",
      DENO_DIR: denoDirectory(),
    };
    const { code, stdout } = await program(["canonical"], {
      cwd: folder.path,
      env,
    });
    assertEquals(code, 0);
    assertStringIncludes(stdout, `runs/${RUN}: final_answer after 5 steps`);
    const run = readArtifacts(join(folder.path, "runs", RUN));
    assertEquals(differences(committed(), run), []);
    const left = [...Deno.readDirSync(join(folder.path, "runs"))]
      .map(({ name }) => name).sort();
    assertEquals(left, [".lock", RUN]);
  },
});

Deno.test({
  name:
    "canonical --check names file and line of one changed byte in any artifact",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const run = copyRun(folder.path);
    for (
      const { name, from, to, line } of [
        { name: "state.jsonl", from: '"step":2', to: '"step":3', line: 10 },
        { name: "trace.json", from: '"kind":1', to: '"kind":2', line: 3 },
        { name: "run_report.md", from: "5 steps", to: "6 steps", line: 3 },
        {
          name: "manifest.json",
          from: '"lines": 37',
          to: '"lines": 38',
          line: 31,
        },
      ]
    ) {
      const path = join(run, name);
      const content = Deno.readTextFileSync(path);
      assertStringIncludes(content, from);
      Deno.writeTextFileSync(path, content.replace(from, to));
      const { code, stderr } = await warmProgram(["canonical", "--check"], {
        cwd: folder.path,
      });
      assertEquals(code, 2);
      assertStringIncludes(stderr, `runs/${RUN}/${name}:${line}: expected `);
      Deno.writeTextFileSync(path, content);
    }
  },
});

Deno.test({
  name: "canonical --check names the line of a byte that makes a file no text",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const path = join(copyRun(folder.path), "run_report.md");
    const bytes = Deno.readFileSync(path);
    bytes[40] = 0xff;
    Deno.writeFileSync(path, bytes);
    const { code, stderr } = await warmProgram(["canonical", "--check"], {
      cwd: folder.path,
    });
    assertEquals(code, 2);
    assertStringIncludes(stderr, `runs/${RUN}/run_report.md:3: expected `);
  },
});

Deno.test({
  name: "canonical --check finds an extra file, a missing one and a stale run",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const run = copyRun(folder.path);
    const check = () =>
      warmProgram(["canonical", "--check"], { cwd: folder.path });

    Deno.writeTextFileSync(join(run, "notes.txt"), "");
    const extra = await check();
    assertEquals(extra.code, 2);
    assertStringIncludes(
      extra.stderr,
      `runs/${RUN}/notes.txt: not expected here`,
    );
    Deno.removeSync(join(run, "notes.txt"));

    Deno.removeSync(join(run, "trace.json"));
    const missing = await check();
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.stderr, `runs/${RUN}/trace.json: missing`);
    Deno.writeTextFileSync(join(run, "trace.json"), text("trace.json"));

    const stale = join(folder.path, "runs", "2026-01-01_00000000_0");
    Deno.mkdirSync(stale);
    const foreign = await check();
    assertEquals(
      foreign.code,
      0,
      "a folder of something else is not a canonical run",
    );
    Deno.writeTextFileSync(join(stale, "state.jsonl"), text("state.jsonl"));
    const other = await check();
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, "2026-01-01_00000000_0: stale");
    const emitted = await warmProgram(["canonical"], { cwd: folder.path });
    assertStringIncludes(emitted.stderr, "removed runs/2026-01-01_00000000_0");
    assertEquals((await check()).code, 0);
  },
});

Deno.test({
  name: "canonical leaves the run of another task alone, whatever its name",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const other = join(folder.path, "runs", "2026-01-31_00000000_0");
    Deno.mkdirSync(other, { recursive: true });
    const ledger = Deno.readTextFileSync(
      join(PROJECT, "runs/failure_modes/retry_exhaustion/state.jsonl"),
    );
    Deno.writeTextFileSync(join(other, "state.jsonl"), ledger);
    const { code, stderr } = await warmProgram(["canonical"], {
      cwd: folder.path,
    });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(Deno.readTextFileSync(join(other, "state.jsonl")), ledger);
  },
});

Deno.test({
  name:
    "a suite finds a run that no scenario makes, and a full emission removes it",
  ...runs,
  async fn() {
    using folder = temporaryFolder();
    const suite = (...args: readonly string[]) =>
      warmProgram(["failure-modes", ...args], { cwd: folder.path });
    assertEquals((await suite()).code, 0);
    const stale = join(folder.path, "runs/failure_modes/f9_old");
    Deno.mkdirSync(stale);
    const check = await suite("--check");
    assertEquals(check.code, 2);
    assertStringIncludes(check.stderr, "runs/failure_modes/f9_old: stale");
    assertEquals((await suite("--scenario", "retry_exhaustion")).stderr, "");
    const emitted = await suite();
    assertStringIncludes(emitted.stderr, "removed runs/failure_modes/f9_old");
    assertEquals((await suite("--check")).code, 0);
  },
});

Deno.test(
  "another version of the program changes the manifest alone",
  reads,
  async () => {
    const released = await regenerate(text("state.jsonl"), "99.0.0");
    assertEquals(differences(released, committed()), [{
      name: "manifest.json",
      line: 7,
      expected: '    "version": "99.0.0",',
      found: `    "version": "${config.version}",`,
    }]);
  },
);

Deno.test("the manifest has exactly three volatile values", reads, () => {
  const manifest = text("manifest.json");
  const blank = withoutVolatile(manifest).split("\n");
  const changed = manifest.split("\n").filter((line, at) => line !== blank[at])
    .map((line) => line.trim().split(":")[0]);
  assertEquals(
    changed.filter((key) => key !== '"git_sha"'),
    ['"timestamp"', '"wall_clock_seconds"'],
  );
  assertStringIncludes(blank.join("\n"), '"git_sha": null');
});

/** Where modules are cached, so that another HOME does not mean another download. */
function denoDirectory(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).outputSync();
  const info: { readonly denoDir: string } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return info.denoDir;
}
