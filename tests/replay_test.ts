import { assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { redecide } from "../evidence/replay/redecide.ts";
import { replay } from "../evidence/replay/replay.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { FAILURE_MODE_TRIGGERS, POLICY_GATES } from "../tasks/suites.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { CANONICAL_RUN as CANONICAL, POLICY_VERSION } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const reads = { ignore: lacks("read") };
const runs = { ignore: lacks("read", "write", "run") };

/** The committed runs. */
const RUNS = [
  CANONICAL,
  ...FAILURE_MODE_TRIGGERS.map(({ id }) => `failure_modes/${id}`),
  ...POLICY_GATES.map(({ id }) => `policy_gates/${id}`),
].toSorted();

function ledgerOf(run: string): string {
  return Deno.readTextFileSync(join(PROJECT, "runs", run, "state.jsonl"));
}

function eventsOf(run: string) {
  return readLedger(new TextEncoder().encode(ledgerOf(run))).events;
}

for (const run of RUNS) {
  Deno.test(`the committed run ${run} is the same again`, reads, async () => {
    assertEquals(await replay(eventsOf(run)), undefined);
  });

  Deno.test(
    `the committed run ${run}, broken off anywhere, is the same as far as it goes`,
    reads,
    async () => {
      const events = eventsOf(run);
      for (let length = 1; length < events.length; length++) {
        const divergence = await replay(events.slice(0, length));
        assertEquals(divergence, undefined, `after ${length} events`);
      }
    },
  );

  Deno.test(
    `no decision of the committed run ${run} changes under its own policy`,
    reads,
    () => {
      const events = eventsOf(run);
      const [started] = events;
      if (started?.type !== "run_started") throw new Error("There is no start");
      const policy = loadPolicy(started.policy.text, run);
      assertEquals(redecide(events, policy).flips, []);
    },
  );
}

/** A folder with copies of committed runs, changed. */
function folderOf(ledgers: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(ledgers)) {
    Deno.mkdirSync(join(folder.path, name), { recursive: true });
    Deno.writeTextFileSync(join(folder.path, name, "state.jsonl"), text);
  }
  return {
    ...folder,
    write(name: string, text: string) {
      Deno.writeTextFileSync(join(folder.path, name), text);
    },
    // No permission but to read: nothing else can happen.
    replay: (...args: readonly string[]) =>
      warmProgram(["replay", ...args], {
        cwd: folder.path,
        permissions: ["--allow-read"],
      }),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const GATE = "policy_gates/pg1_off_allowlist_url";

Deno.test(
  "replay says of every run of a folder that it is the same",
  runs,
  async () => {
    const { code, stdout, stderr } = await warmProgram(["replay", "runs"], {
      cwd: PROJECT,
      permissions: ["--allow-read=."],
    });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(
      stdout.split("\n").slice(0, -1)
        .map((line) => line.replace(/: \d+ events, the same again$/, "")),
      RUNS.map((run) => `runs/${run}`),
    );
  },
);

Deno.test(
  "replay takes several runs, in order, and prints JSON",
  runs,
  async () => {
    using folder = folderOf({ a: ledgerOf(GATE), b: ledgerOf(CANONICAL) });
    const { code, stdout } = await folder.replay("b", "a", "--json");
    assertEquals(code, 0);
    assertEquals(
      stdout,
      '{"run":"b","events":37,"same":true}\n{"run":"a","events":7,"same":true}\n',
    );
  },
);

Deno.test(
  "replay does not look into what belongs to a run, and not behind links",
  runs,
  async () => {
    using folder = folderOf({
      "sandbox/one": ledgerOf(GATE),
      "sandbox/one/sandbox": "no ledger",
    });
    Deno.symlinkSync(join(PROJECT, "runs"), join(folder.path, "sandbox/link"));
    const { code, stdout, stderr } = await folder.replay("sandbox");
    assertEquals([code, stdout, stderr], [
      0,
      "sandbox/one: 7 events, the same again\n",
      "sandbox/link: passed over: it is a link, and links are not followed\n",
    ]);
  },
);

Deno.test("replay says where a run does something else", runs, async () => {
  const forged = forgedLedger(
    ledgerOf(GATE),
    (event) =>
      event.type === "policy_checked"
        ? { ...event, reason: "the moon is full" }
        : event,
  );
  using folder = folderOf({ forged });
  const { code, stdout } = await folder.replay("forged");
  assertEquals([code, stdout], [
    2,
    `forged/state.jsonl:5: another policy_checked
  path:     reason
  expected: "the moon is full"
  got:      "the host \\"vendor.example\\" is not listed"
`,
  ]);
  const json = await folder.replay("forged", "--json");
  assertEquals(json.code, 2);
  assertEquals(JSON.parse(json.stdout), {
    run: "forged",
    events: 7,
    same: false,
    seq: 4,
    path: "reason",
    expected: "the moon is full",
    found: 'the host "vendor.example" is not listed',
  });
});

/** A ledger that fits together, and says of its run that it ended otherwise. */
function otherEnding(): string {
  return forgedLedger(
    ledgerOf(GATE),
    (event) =>
      event.type === "run_finished"
        ? { ...event, terminal_reason: "cancelled" }
        : event,
  );
}

Deno.test(
  "replay exits with 2 when one of several runs differs",
  runs,
  async () => {
    const forged = otherEnding();
    using folder = folderOf({ a: forged, b: ledgerOf(GATE) });
    const { code, stdout } = await folder.replay(".");
    assertEquals(code, 2);
    assertMatch(stdout, /^a\/state\.jsonl:\d+: /);
    assertMatch(stdout, /\nb: 7 events, the same again\n$/);
  },
);

for (
  const { what, args, said } of [
    { what: "goes on behind", args: [], said: ["b", "d", ""] },
    {
      what: "judges again behind",
      args: ["--policy", "policy.yaml"],
      said: ["2 runs, 2 decisions", ""],
    },
  ]
) {
  Deno.test(`replay ${what} records that cannot be read`, runs, async () => {
    using folder = folderOf({
      a: ledgerOf(GATE).replace("vendor.example", "good.example"),
      b: ledgerOf(GATE),
      c: "",
      d: ledgerOf(GATE),
    });
    folder.write(
      "policy.yaml",
      Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml")),
    );
    const { code, stdout, stderr } = await folder.replay(".", ...args);
    assertEquals(code, 1);
    assertEquals(stdout.split("\n").map((line) => line.split(":")[0]), said);
    assertEquals(
      stderr,
      `a/state.jsonl:1: the line is not as it was sealed: its hashes or the form of its JSON differ
c/state.jsonl: it has no complete line, so nothing is on record
`,
    );
  });
}

Deno.test(
  "a record that cannot be read outweighs one that differs",
  runs,
  async () => {
    const forged = otherEnding();
    using folder = folderOf({ a: forged, b: "", c: forged });
    const { code, stdout } = await folder.replay(".");
    assertEquals(code, 1);
    assertMatch(stdout, /^a\/state\.jsonl:\d+: /);
    assertMatch(stdout, /\nc\/state\.jsonl:\d+: /);
  },
);

Deno.test(
  "replay names another kind of event, and one that does not come",
  runs,
  async () => {
    const dropped = ledgerOf(GATE).split("\n").toSpliced(4, 1).join("\n");
    const forged = forgedLedger(dropped, (event, seq) => ({ ...event, seq }));
    const half = ledgerOf(GATE).split("\n").slice(0, 4).join("\n") + "\n" +
      ledgerOf(GATE).split("\n").at(-2) + "\n";
    using folder = folderOf({
      dropped: forged,
      half: forgedLedger(half, (event, seq) => ({ ...event, seq })),
    });
    assertEquals(
      (await folder.replay("dropped")).stdout,
      `dropped/state.jsonl:5: policy_checked instead of step_finished
  path:     type
  expected: "step_finished"
  got:      "policy_checked"
`,
    );
    const { code, stdout } = await folder.replay("half");
    assertEquals(code, 2);
    assertMatch(
      stdout,
      /^half\/state\.jsonl:5: no run_finished\n {2}path: {5}\(the event\)\n/,
    );
  },
);

/** Allows other hosts and fewer tools than the policy on record. */
function strict(): string {
  return Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace("- fixtures.local", "- vendor.example")
    .replace("[search, fetch, read, write, summarize]", "[search, fetch]");
}

/** Two runs, of which the policy `strict.yaml` would change four decisions. */
function strictFolder() {
  const folder = folderOf({ one: ledgerOf(CANONICAL), two: ledgerOf(GATE) });
  folder.write("strict.yaml", strict());
  return folder;
}

Deno.test(
  "replay --policy counts the decisions that would change, and lists them rule by rule",
  runs,
  async () => {
    using folder = strictFolder();
    const { code, stdout } = await folder.replay(
      ...[".", "--policy", "strict.yaml"],
    );
    const { version } = loadPolicy(strict(), "strict.yaml");
    assertEquals([code, stdout], [
      0,
      `2 runs, 5 decisions: 4 decisions would change under policy ${version}
by change
       3  allow → deny
       1  deny → allow
by rule
       2  tool_registry
       2  url_allowlist
by tool
       2  fetch
       1  read
       1  summarize

one/state.jsonl:21: step 3, read: allow → deny (tool_registry): the policy does not allow this tool: "read"
one/state.jsonl:29: step 4, summarize: allow → deny (tool_registry): the policy does not allow this tool: "summarize"
one/state.jsonl:13: step 2, fetch: allow → deny (url_allowlist): the host "fixtures.local" is not listed
two/state.jsonl:5: step 1, fetch: deny (url_allowlist) → allow
`,
    ]);
    const one = await folder.replay("two", "--policy", "strict.yaml");
    assertEquals(
      one.stdout,
      `1 run, 1 decision: 1 decision would change under policy ${version}
two/state.jsonl:5: step 1, fetch: deny (url_allowlist) → allow
`,
    );
  },
);

Deno.test(
  "replay --policy --json is one object for all runs",
  runs,
  async () => {
    using folder = strictFolder();
    const { code, stdout } = await folder.replay(
      ...["two", "two", "--policy=strict.yaml", "--json"],
    );
    assertEquals(code, 0);
    const flip = {
      run: "two",
      seq: 4,
      step: 1,
      tool: "fetch",
      call_id: "call_1_1",
      was: {
        decision: "deny",
        rule_id: "url_allowlist",
        clauses: [],
        reason: 'the host "vendor.example" is not listed',
      },
      is: { decision: "allow", rule_id: null, clauses: [], reason: null },
    };
    assertEquals(JSON.parse(stdout), {
      policy: loadPolicy(strict(), "strict.yaml").version,
      runs: 2,
      decisions: 2,
      totals: {
        by_change: [{ name: "deny → allow", flips: 2 }],
        by_rule: [{ name: "url_allowlist", flips: 2 }],
        by_clause: [],
        by_tool: [{ name: "fetch", flips: 2 }],
      },
      flips: [flip, flip],
    });
  },
);

Deno.test(
  "replay --policy --csv is a line for each decision",
  runs,
  async () => {
    using folder = strictFolder();
    folder.write(
      "clause.yaml",
      `${strict()}
require:
  - id: no-fetch
    tools: [fetch]
    that: [{ argument: url, starts_with: nowhere }]
    reason: "=HYPERLINK(1)"
`,
    );
    const { code, stdout } = await folder.replay(
      ...["one", "two", "--policy", "clause.yaml", "--csv"],
    );
    assertEquals([code, stdout], [
      0,
      `run,line,step,tool,call_id,was,was_rule,was_clauses,is,is_rule,is_clauses,reason
"one","13","2","fetch","call_2_1","allow","","","deny","url_allowlist","","the host ""fixtures.local"" is not listed"
"one","21","3","read","call_3_1","allow","","","deny","tool_registry","","the policy does not allow this tool: ""read"""
"one","29","4","summarize","call_4_1","allow","","","deny","tool_registry","","the policy does not allow this tool: ""summarize"""
`,
    ]);
    folder.write(
      "ask.yaml",
      `${Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))}
escalate:
  - { id: fetches, tools: [fetch], reason: "=HYPERLINK(1)" }
  - { tools: [fetch], reason: b }
`,
    );
    const asked = await folder.replay(
      ...["one", "--policy", "ask.yaml", "--csv", "--fail-on-flip"],
    );
    assertEquals([asked.code, asked.stdout.split("\n")[1]], [
      2,
      `"one","13","2","fetch","call_2_1","allow","","","escalate","approval","fetches escalate[1]","'=HYPERLINK(1); b"`,
    ]);
  },
);

Deno.test("replay --policy says when nothing would change", runs, async () => {
  const { code, stdout } = await warmProgram(
    [
      ...["replay", `runs/${CANONICAL}`, "--policy", "policy/v1.yaml"],
      "--fail-on-flip",
    ],
    { cwd: PROJECT, permissions: ["--allow-read=."] },
  );
  assertEquals([code, stdout], [
    0,
    `1 run, 4 decisions: no decision would change under policy ${POLICY_VERSION}\n`,
  ]);
});

Deno.test(
  "replay --fail-on-flip exits with 2 when a decision would change, and with 1 when a record cannot be read",
  runs,
  async () => {
    using folder = strictFolder();
    Deno.mkdirSync(join(folder.path, "bad"));
    folder.write("bad/state.jsonl", "{}\n");
    for (
      const [args, code] of [
        [["two"], 2],
        [["two", "--json"], 2],
        [["two", "--csv"], 2],
        [["two", "bad"], 1],
      ] as const
    ) {
      const ended = await folder.replay(
        ...args,
        ...["--policy", "strict.yaml", "--fail-on-flip"],
      );
      assertEquals(ended.code, code, args.join(" "));
    }
  },
);

Deno.test(
  "replay keeps what a model wrote, and what folders are named, on its line",
  runs,
  async () => {
    const hostile = "x\u001b[2J\n\u202ey";
    const forged = forgedLedger(ledgerOf(GATE), (event) => {
      if (event.type === "policy_checked") {
        const reason = null;
        return {
          ...event,
          tool: hostile,
          decision: "allow",
          rule_id: null,
          reason,
        };
      }
      return event.type === "llm_completed"
        ? {
          ...event,
          calls: event.calls.map((call) => ({ ...call, tool: hostile })),
        }
        : event;
    });
    using folder = folderOf({
      "good/a\u001b[2Jb": forged,
      "bad/a\u001b[2Jb": "{}\n",
    });
    const policy = join(PROJECT, "policy/v1.yaml");
    folder.write("policy.yaml", Deno.readTextFileSync(policy));
    for (
      const [args, lines] of [
        [["good"], 4],
        [["good", "--policy", "policy.yaml"], 2],
        [["good", "--policy", "policy.yaml", "--csv"], 2],
        [["good", "--policy", "policy.yaml", "--json"], 1],
        [["bad"], 1],
      ] as const
    ) {
      const { stdout, stderr } = await folder.replay(...args);
      const text = stdout + stderr;
      assertEquals(/[^\P{C}\n]/u.test(text), false, text);
      assertEquals(text.split("\n").length - 1, lines, text);
    }
  },
);

/** What cannot be replayed, and the one line that says so. */
const REFUSED: readonly {
  readonly name: string;
  readonly make: () => Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly stderr: string;
}[] = [
  {
    name: "a tampered ledger",
    make: () => ({
      a: ledgerOf(GATE).replace("vendor.example", "good.example"),
    }),
    args: ["a"],
    stderr:
      "a/state.jsonl:1: the line is not as it was sealed: its hashes or the form of its JSON differ",
  },
  {
    name: "a folder that is not there",
    make: () => ({}),
    args: ["none"],
    stderr: "none: there is no such directory",
  },
  {
    name: "a folder without a run",
    make: () => ({}),
    args: ["."],
    stderr: ".: there is no run in it: no state.jsonl",
  },
  {
    name: "a file",
    make: () => ({ a: ledgerOf(GATE) }),
    args: ["a/state.jsonl"],
    stderr: "a/state.jsonl: it is not a directory",
  },
  {
    name: "an empty ledger",
    make: () => ({ a: "" }),
    args: ["a"],
    stderr: "a/state.jsonl: it has no complete line, so nothing is on record",
  },
  {
    name: "a ledger of half a line",
    make: () => ({ a: ledgerOf(GATE).slice(0, 100) }),
    args: ["a"],
    stderr: "a/state.jsonl: it has no complete line, so nothing is on record",
  },
  {
    name: "a policy on record that is none",
    make: () => ({
      a: forgedLedger(
        ledgerOf(GATE),
        (event) =>
          event.type === "run_started"
            ? { ...event, policy: { ...event.policy, text: "\u001b[2J: 1" } }
            : event,
      ),
    }),
    args: ["a"],
    stderr:
      "a/state.jsonl:1: the policy on record:1: Stream contains non-printable characters",
  },
  {
    name: "two tools of one name",
    make: () => ({
      a: forgedLedger(
        ledgerOf(GATE),
        (event) =>
          event.type === "run_started"
            ? { ...event, tools: [...event.tools, ...event.tools] }
            : event,
      ),
    }),
    args: ["a"],
    stderr:
      'a/state.jsonl:1: Cannot register the tool "search": the name is taken',
  },
  {
    name: "no run at all",
    make: () => ({}),
    args: [],
    stderr: "Expected RUN_DIR..., found nothing; see replay --help",
  },
  {
    name: "an unknown option",
    make: () => ({}),
    args: [".", "--polcy", "p"],
    stderr:
      'Cannot understand "--polcy": unknown option; did you mean "--policy"? See replay --help',
  },
  {
    name: "two forms at once",
    make: () => ({}),
    args: [".", "--policy", "p", "--json", "--csv"],
    stderr: "Cannot use --json and --csv at once; see replay --help",
  },
  {
    name: "CSV of runs that are executed again",
    make: () => ({}),
    args: [".", "--csv"],
    stderr: "Cannot use --csv without --policy; see replay --help",
  },
  {
    name: "to fail on flips of runs that are executed again",
    make: () => ({}),
    args: [".", "--fail-on-flip"],
    stderr: "Cannot use --fail-on-flip without --policy; see replay --help",
  },
  {
    name: "a policy that is not there",
    make: () => ({ a: ledgerOf(GATE) }),
    args: ["a", "--policy", "p.yaml"],
    stderr: "p.yaml: there is no such file",
  },
];

for (const { name, make, args, stderr } of REFUSED) {
  Deno.test(`replay refuses ${name} on one line`, runs, async () => {
    using folder = folderOf(make());
    const ended = await folder.replay(...args);
    assertEquals([ended.code, ended.stdout, ended.stderr], [
      1,
      "",
      `${stderr}\n`,
    ]);
  });
}

Deno.test(
  "replay and inspect refuse a ledger that is not a regular file",
  runs,
  async () => {
    using folder = temporaryFolder();
    Deno.mkdirSync(join(folder.path, "a"));
    await new Deno.Command("mkfifo", {
      args: [join(folder.path, "a/state.jsonl")],
    }).output();
    for (const command of ["replay", "inspect", "resume"]) {
      const { code, stderr } = await warmProgram([command, "a"], {
        cwd: folder.path,
      });
      assertEquals([code, stderr], [
        1,
        "a/state.jsonl: it is a pipe, not a regular file\n",
      ]);
    }
  },
);

Deno.test(
  "replay refuses a ledger that does not fit into memory",
  runs,
  async () => {
    using folder = folderOf({ a: ledgerOf(GATE) });
    // It takes no room on the disk.
    Deno.truncateSync(join(folder.path, "a/state.jsonl"), 2 ** 40);
    const { code, stderr } = await folder.replay("a");
    assertEquals([code, stderr], [
      1,
      "a/state.jsonl: it has 1099511627776 bytes; up to 268435456 can be read\n",
    ]);
  },
);

const LEVELS = Deno.args.includes("--full") ? 1_000_000 : 100_000;

Deno.test(
  `replay of a result that is nested ${LEVELS} times comes to an end`,
  runs,
  async () => {
    const deep = "[".repeat(LEVELS) + "]".repeat(LEVELS);
    const ledger = forgedLedger(
      ledgerOf(CANONICAL),
      (event) => event,
      (line) =>
        line.replace(
          /"result":.*,"redirect":null/,
          `"result":${deep},"redirect":null`,
        ),
    );
    using folder = folderOf({ a: ledger });
    const { code, stdout, stderr } = await folder.replay("a");
    assertEquals([code, stdout, stderr], [
      0,
      "a: 37 events, the same again\n",
      "",
    ]);
  },
);
