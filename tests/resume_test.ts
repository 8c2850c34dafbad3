import { assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import { besideProgress } from "./beside_progress.ts";
import { forgedLedger } from "./forged_ledger.ts";
import type { RunStarted } from "../runtime/record/event.ts";
import { lacks } from "./permissions.ts";
import {
  program,
  PROJECT,
  started,
  temporaryFolder,
  warmProgram,
} from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };
const net = { ignore: lacks("read", "write", "run", "net") };

const ARTIFACTS = ["state.jsonl", "trace.json", "run_report.md"];

const TASK = `id: mine
question: What is there?
script:
  - calls:
      - tool: search
        args: { query: there }
      - tool: write
        args: { path: note.md, content: Something. }
  - answer: Something.
`;

/** A folder with a whole run of a small task over two documents. */
async function folderWithRun() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  Deno.mkdirSync(path("corpus"));
  Deno.writeTextFileSync(path("corpus/a.md"), "# A\n\nThere is tea.\n");
  Deno.writeTextFileSync(path("corpus/b.md"), "# B\n\nThere is milk.\n");
  Deno.writeTextFileSync(path("task.yaml"), TASK);
  const run = (...args: readonly string[]) =>
    warmProgram(args, { cwd: folder.path });
  const made = await run(
    "run",
    "task.yaml",
    "--corpus",
    "corpus",
    "--out",
    "out",
  );
  assertEquals(made.code, 0, made.stderr);
  const ledger = Deno.readTextFileSync(path("out/state.jsonl"));
  return {
    path,
    run,
    ledger,
    artifacts: () =>
      ARTIFACTS.map((name) => Deno.readTextFileSync(path(join("out", name)))),
    /** Leaves the run as if it had broken off with this ledger, before it wrote its note. */
    breakOff(text: string) {
      for (
        const name of [
          "manifest.json",
          "trace.json",
          "run_report.md",
          "sandbox/note.md",
        ]
      ) {
        Deno.removeSync(path(join("out", name)));
      }
      Deno.writeTextFileSync(path("out/state.jsonl"), text);
    },
    incidents: () =>
      Deno.readTextFileSync(path("out/incidents.jsonl")).split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** The first lines of a ledger, up to the first one of a type. */
function until(ledger: string, type: string): string {
  const lines = ledger.split("\n");
  const index = lines.findIndex((line) => line.includes(`"type":"${type}"`));
  return lines.slice(0, index + 1).map((line) => `${line}\n`).join("");
}

Deno.test(
  "resume ends like the undisturbed run, and keeps the torn line",
  runs,
  async () => {
    using folder = await folderWithRun();
    const whole = folder.artifacts();
    const sound = until(folder.ledger, "tool_finished");
    const torn = folder.ledger.slice(sound.length, sound.length + 30);
    folder.breakOff(sound + torn);
    const { code, stdout, stderr } = await folder.run("resume", "out");
    assertEquals([code, besideProgress(stderr)], [0, ""]);
    assertEquals(
      stdout,
      "out: final_answer after 2 steps: 2 tool calls, 2 policy checks (0 denied), 2 attempts\n\nSomething.\n",
    );
    assertEquals(folder.artifacts(), whole);
    const [first, second, ...others] = folder.incidents();
    assertEquals(Object.keys(first), [
      "v",
      "timestamp",
      "type",
      "bytes",
      "base64",
    ]);
    assertEquals([first.v, first.type, first.bytes], [1, "torn_line", 30]);
    assertEquals(
      new TextDecoder().decode(Uint8Array.fromBase64(first.base64)),
      torn,
    );
    assertMatch(first.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { timestamp: _timestamp, ...rest } = second;
    assertEquals(rest, { v: 1, type: "resumed", events: 8 });
    assertEquals(others, []);
  },
);

Deno.test(
  "resume says what it sends again, and prints JSON",
  runs,
  async () => {
    using folder = await folderWithRun();
    folder.breakOff(until(folder.ledger, "tool_started"));
    const { code, stdout } = await folder.run("resume", "out", "--json");
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout).terminal_reason, "final_answer");
    assertEquals(
      folder.incidents().map(({ type, events, seq }) => [type, events ?? seq]),
      [["resumed", 6], ["sent_again", 5]],
    );
  },
);

Deno.test(
  "resume of a run that only lacks its manifest runs nothing",
  runs,
  async () => {
    using folder = await folderWithRun();
    const whole = folder.artifacts();
    folder.breakOff(folder.ledger);
    const { code } = await folder.run("resume", "out");
    assertEquals(code, 0);
    assertEquals(folder.artifacts(), whole);
    assertEquals(
      [...Deno.readDirSync(folder.path("out/sandbox"))].map(({ name }) => name),
      ["corpus"],
    );
  },
);

Deno.test("resume wants the documents of then", runs, async () => {
  using folder = await folderWithRun();
  const whole = folder.artifacts();
  folder.breakOff(until(folder.ledger, "step_started"));
  Deno.writeTextFileSync(folder.path("out/sandbox/corpus/a.md"), "Changed.");
  const ledger = Deno.readTextFileSync(folder.path("out/state.jsonl"));
  const { code, stderr } = await folder.run("resume", "out");
  assertEquals([code, stderr], [
    1,
    "out/sandbox/corpus: these are not the documents of the run; name the folder that it was made of with --corpus\n",
  ]);
  assertEquals(
    Deno.readTextFileSync(folder.path("out/state.jsonl")),
    ledger,
  );
  const again = await folder.run("resume", "out", "--corpus", "corpus");
  assertEquals(again.code, 0, again.stderr);
  assertEquals(folder.artifacts(), whole);
});

/** The first line with other values; one that states the program's version is of version 1. */
function changed(event: RunStarted, change: Partial<RunStarted>): RunStarted {
  const { runtime_version } = change;
  if (runtime_version === undefined) return { ...event, ...change };
  const { v: _, seq, ts, step, type, run_id, ...rest } = event;
  return { v: 1, seq, ts, step, type, run_id, runtime_version, ...rest };
}

/** Records that cannot be gone on with. */
for (
  const { name, change, stderr } of [
    {
      name: "of another version",
      change: { runtime_version: "0.0.9" },
      stderr:
        "out/state.jsonl:1: the run was made by version 0.0.9; this is 0.1.0\n",
    },
    {
      name: "of a live model",
      change: {
        llm: {
          execution_path: "hosted",
          provider: "p",
          model: "m",
          script_sha256: null,
        },
      },
      stderr:
        "out/state.jsonl:1: the run was begun with p/m (hosted); name it with --llm\n",
    },
    {
      name: "of another seed than its task's",
      change: { seed: 8 },
      stderr:
        "out/state.jsonl:1: the run does not reach this event again, so it cannot be resumed\n",
    },
  ] as const
) {
  Deno.test(
    `resume refuses a record ${name}, and leaves it alone`,
    runs,
    async () => {
      using folder = await folderWithRun();
      const forged = forgedLedger(
        until(folder.ledger, "tool_started"),
        (event) =>
          event.type === "run_started" ? changed(event, change) : event,
      );
      folder.breakOff(forged);
      const ended = await folder.run("resume", "out");
      assertEquals([ended.code, ended.stderr], [1, stderr]);
      assertEquals(
        Deno.readTextFileSync(folder.path("out/state.jsonl")),
        forged,
      );
    },
  );
}

for (const option of ["base-url", "api-key-env", "model-seed", "record"]) {
  Deno.test(`resume refuses --${option} without --llm`, runs, async () => {
    using folder = await folderWithRun();
    folder.breakOff(until(folder.ledger, "tool_started"));
    const ended = await folder.run("resume", "out", `--${option}`, "7");
    assertEquals([ended.code, ended.stderr], [
      1,
      `Cannot use --${option} without --llm: no model is asked; see resume --help\n`,
    ]);
  });
}

/** A server that does not answer before it is told to; it tells of each request. */
function waitingServer() {
  const answered = Promise.withResolvers<Response>();
  const requests: (() => void)[] = [];
  let count = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async () => {
      requests[count++]?.();
      return (await answered.promise).clone();
    },
  );
  return {
    port: server.addr.port,
    /** Resolves with the next request that was not returned yet. */
    request() {
      const { promise, resolve } = Promise.withResolvers<void>();
      requests.push(resolve);
      return promise;
    },
    answer: () => answered.resolve(new Response("tea")),
    count: () => count,
    close: () => server.shutdown(),
  };
}

Deno.test(
  "of two that resume a run at once, one is told, and the effect is sent once more",
  net,
  async () => {
    using folder = temporaryFolder();
    const cwd = folder.path;
    const server = waitingServer();
    try {
      const host = `http://127.0.0.1:${server.port}`;
      Deno.writeTextFileSync(
        join(cwd, "task.yaml"),
        `id: tea
question: What is there?
script:
  - calls: [{ tool: fetch, args: { url: "${host}/" } }]
  - answer: Tea.
`,
      );
      Deno.writeTextFileSync(
        join(cwd, "policy.yaml"),
        Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
          .replace("- fixtures.local", `- ${host}`),
      );
      const permissions = [
        "--allow-read",
        "--allow-write",
        "--allow-net=127.0.0.1",
      ];
      const first = server.request();
      const child = started(
        ["run", "task.yaml", "--policy", "policy.yaml", "--out", "out"],
        { cwd, permissions },
      );
      await first;
      // Meanwhile, no other process may.
      const early = await program(["resume", "out"], { cwd, permissions });
      assertEquals([early.code, early.stderr], [
        1,
        "out: another process is writing it\n",
      ]);
      child.kill("SIGKILL");
      await child.output();

      const second = server.request();
      const resumed = program(["resume", "out"], { cwd, permissions });
      await second;
      const late = await program(["resume", "out"], { cwd, permissions });
      assertEquals([late.code, late.stderr], [
        1,
        "out: another process is writing it\n",
      ]);
      server.answer();
      const { code, stdout, stderr } = await resumed;
      assertEquals([code, besideProgress(stderr)], [0, ""]);
      assertMatch(stdout, /^out: final_answer after 2 steps/);
      assertEquals(server.count(), 2);
      assertEquals(
        Deno.readTextFileSync(join(cwd, "out/incidents.jsonl"))
          .split("\n").slice(0, -1)
          .map((line) => JSON.parse(line).type),
        ["resumed", "sent_again"],
      );
    } finally {
      server.answer();
      await server.close();
    }
  },
);
