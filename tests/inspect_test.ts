import { assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { POLICY_VERSION } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const GATE = "runs/policy_gates/pg1_off_allowlist_url";

/** Runs `inspect` where it may read, and nothing else. */
function inspect(cwd: string, ...args: readonly string[]) {
  return warmProgram(["inspect", ...args], {
    cwd,
    permissions: ["--allow-read=."],
  });
}

/** A folder with one run that has a ledger. */
function folderWith(ledger: string) {
  const folder = temporaryFolder();
  Deno.mkdirSync(join(folder.path, "run"));
  Deno.writeTextFileSync(join(folder.path, "run/state.jsonl"), ledger);
  return folder;
}

function ledger(): string {
  return Deno.readTextFileSync(join(PROJECT, GATE, "state.jsonl"));
}

Deno.test("inspect prints a run step by step", runs, async () => {
  const { code, stdout, stderr } = await inspect(PROJECT, GATE);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `       0 ms       run       pg1_off_allowlist_url: What does the vendor say about the gateway outage? [policy ${POLICY_VERSION}, scripted/pg1_off_allowlist_url]
       3 ms    1  model     proposes fetch, 180 + 22 tokens (1 ms)
       6 ms    1  deny      fetch by url_allowlist: the host "vendor.example" is not listed (1 ms)
       7 ms    1  step      done (6 ms)
       8 ms    1  end       policy_denial_terminal after 1 step, 202 tokens
`,
  );
});

Deno.test("inspect --json prints an object an entry", runs, async () => {
  const { code, stdout } = await inspect(PROJECT, GATE, "--json");
  assertEquals(code, 0);
  const entries = stdout.split("\n").slice(0, -1)
    .map((line) => JSON.parse(line));
  assertEquals(entries.map(({ seq }) => seq), [0, 2, 4, 5, 6]);
  assertEquals(entries[2], {
    seq: 4,
    at_ms: 6,
    took_ms: 1,
    step: 1,
    what: "deny",
    text:
      'fetch by url_allowlist: the host "vendor.example" is not listed (1 ms)',
  });
});

Deno.test(
  "inspect prints a run that broke off as far as it got",
  runs,
  async () => {
    using folder = folderWith(ledger().slice(0, -10));
    const { code, stdout } = await inspect(folder.path, "run");
    assertEquals(code, 0);
    assertEquals(stdout.split("\n").length - 1, 4);
  },
);

Deno.test(
  "inspect keeps hostile text, a megabyte of it, on its line",
  runs,
  async () => {
    const hostile = "x\u001b[2J\r\n\u202e\u2028\u009b".repeat(100_000);
    using folder = folderWith(forgedLedger(ledger(), (event) => {
      switch (event.type) {
        case "run_started":
          return {
            ...event,
            run_id: hostile,
            task: { ...event.task, question: hostile },
          };
        case "llm_completed":
          return {
            ...event,
            calls: event.calls.map((call) => ({ ...call, tool: hostile })),
          };
        case "policy_checked":
          return { ...event, tool: hostile, reason: hostile };
        default:
          return event;
      }
    }));
    const { code, stdout } = await inspect(folder.path, "run");
    assertEquals(code, 0);
    const lines = stdout.split("\n").slice(0, -1);
    assertEquals(lines.length, 5);
    for (const line of lines) {
      assertEquals(/\p{C}|\u2028/u.test(line), false);
      assertEquals(line.length < 500, true);
    }
  },
);

Deno.test("inspect says on one line what it cannot read", runs, async () => {
  using folder = folderWith(ledger().replace('"step":1', '"step":7'));
  const tampered = await inspect(folder.path, "run");
  assertEquals([tampered.code, tampered.stdout, tampered.stderr], [
    1,
    "",
    "run/state.jsonl:2: the line is not as it was sealed: its hashes or the form of its JSON differ\n",
  ]);
  const none = await inspect(folder.path, "none");
  assertEquals([none.code, none.stdout, none.stderr], [
    1,
    "",
    "none: there is no such directory\n",
  ]);
  using empty = folderWith("");
  const nothing = await inspect(empty.path, "run");
  assertEquals([nothing.code, nothing.stderr], [
    1,
    "run/state.jsonl: it has no complete line, so nothing is on record\n",
  ]);
  const usage = await inspect(PROJECT, "a", "b", "--follow");
  assertEquals(usage.code, 1);
  assertMatch(
    usage.stderr,
    /^--follow is for one run: name one; see inspect --help\n$/,
  );
});

Deno.test("inspect prints incidents of the process, too", runs, async () => {
  using folder = folderWith(ledger());
  const line = '{"v":1,"type":"spans_unsent","count":3,"reason":"\\u001b[2J"}';
  Deno.writeTextFileSync(
    join(folder.path, "run/incidents.jsonl"),
    `${line}\n`,
  );
  const { code, stdout } = await inspect(folder.path, "run");
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").at(-2), `incident  ${line}`);
  const json = await inspect(folder.path, "run", "--json");
  assertEquals(json.stdout.split("\n").at(-2), line);
});

Deno.test(
  "inspect prints all runs below a folder, each after its name, and goes on after one that cannot be read",
  runs,
  async () => {
    using folder = temporaryFolder();
    const gates = join(folder.path, "gates");
    for (const name of ["a", "b", "c"]) {
      Deno.mkdirSync(join(gates, name), { recursive: true });
      Deno.writeTextFileSync(
        join(gates, name, "state.jsonl"),
        name === "b" ? ledger().replace('"step":1', '"step":7') : ledger(),
      );
    }
    const { code, stdout, stderr } = await inspect(folder.path, "gates");
    assertEquals(code, 1);
    assertMatch(stderr, /gates\/b\/state\.jsonl:\d+: /);
    const one = await inspect(folder.path, "gates/a");
    assertEquals(stdout, `gates/a:\n${one.stdout}gates/c:\n${one.stdout}`);
    const json = await inspect(folder.path, "gates", "--json");
    const names = json.stdout.trimEnd().split("\n")
      .map((line) => JSON.parse(line).run);
    assertEquals([...new Set(names)], ["gates/a", "gates/c"]);
  },
);
