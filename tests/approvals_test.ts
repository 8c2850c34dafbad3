import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";
import { atTerminal, KEYS, type Typed } from "./pseudo_terminal.ts";

const needs = { ignore: lacks("read", "write", "run") };

const TASK = `id: note
question: Write two notes, please.
policy: policy.yaml
script:
  - calls:
      - tool: write
        args: { path: notes/a.md, content: "One." }
      - tool: write
        args: { path: notes/b.md, content: "Two." }
  - answer: Done.
`;

/** Lays a task down whose policy leaves writing to a person. */
function laidDown() {
  const folder = temporaryFolder();
  const committed = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"));
  const policy = `${committed}
escalate:
  - tools: [write]
    when:
      - { argument: path, starts_with: notes/ }
    reason: notes are read by customers
`;
  Deno.writeTextFileSync(join(folder.path, "policy.yaml"), policy);
  Deno.writeTextFileSync(join(folder.path, "task.yaml"), TASK);
  const call = async (...args: readonly string[]) => {
    const ended = await warmProgram(args, { cwd: folder.path });
    return { ...ended, shown: ended.stdout + ended.stderr };
  };
  return {
    call,
    notes: () => {
      const path = join(folder.path, "run/sandbox/notes");
      try {
        return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
      } catch {
        return [];
      }
    },
    path: folder.path,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

Deno.test(
  "a run without an approver rejects what the policy leaves to a person",
  needs,
  async () => {
    using here = laidDown();
    const { code, stderr } = await here.call(
      "run",
      "task.yaml",
      "--out",
      "run",
    );
    assertEquals(code, 2);
    assertStringIncludes(
      stderr,
      "step 1: write denied by approval: nobody approved it: notes are read by customers",
    );
    assertEquals(here.notes(), []);
  },
);

Deno.test(
  "a run that waits prints its question as JSON, like its list, and so does a resumed one",
  needs,
  async () => {
    using here = laidDown();
    const list = async () => {
      const listed = await here.call("approvals", "list", "run", "--json");
      const { answer, ...asked } = JSON.parse(listed.stdout);
      assertEquals(answer, null);
      return asked;
    };
    const started = await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file", "--json"],
    );
    assertEquals(started.code, 3, started.stderr);
    const first = JSON.parse(started.stdout);
    assertEquals(first, await list());
    assertEquals(first.waits_for.args, { path: "notes/a.md", content: "One." });
    await here.call("approvals", "approve", "run", "--by", "ada");
    const resumed = await here.call("resume", "run", "--json");
    assertEquals(resumed.code, 3, resumed.stderr);
    const second = JSON.parse(resumed.stdout);
    assertEquals(second, await list());
    assertEquals(second.waits_for.args.path, "notes/b.md");
  },
);

Deno.test(
  "a run waits for each approval, and continues with it",
  needs,
  async () => {
    using here = laidDown();
    const started = await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file"],
    );
    assertEquals([started.code, here.notes()], [3, []]);
    assertStringIncludes(started.stderr, "notes are read by customers");
    assertStringIncludes(started.stderr, '"path":"notes/a.md"');
    const listed = await here.call("approvals", "list", "run", "--json");
    const { waits_for } = JSON.parse(listed.stdout);
    assertEquals([listed.code, waits_for.tool], [3, "write"]);
    assertEquals((await here.call("resume", "run")).code, 3);
    const verified = await here.call("verify", "run");
    assertEquals([verified.code, verified.stdout], [
      3,
      'run/manifest.json: run_unfinished: the manifest is missing: the run waits for approval of a call of "write"\n',
    ]);
    await here.call("approvals", "approve", "run", "--by", "ada");
    // One answer is good for one call.
    const second = await here.call("resume", "run");
    assertEquals([second.code, here.notes()], [3, ["a.md"]]);
    assertStringIncludes(second.stderr, '"path":"notes/b.md"');
    await here.call("approvals", "approve", "run", "--by", "ada");
    const done = await here.call("resume", "run");
    assertEquals([done.code, here.notes()], [0, ["a.md", "b.md"]], done.shown);
    assertEquals((await here.call("verify", "run")).code, 0);
    assertEquals((await here.call("replay", "run")).code, 0);
    assertEquals((await here.call("approvals", "list", "run")).code, 0);
    const late = await here.call("approvals", "approve", "run", "--by", "eve");
    assertEquals(late.code, 1);
  },
);

Deno.test("a rejection ends the run, on record", needs, async () => {
  using here = laidDown();
  await here.call(
    ...["run", "task.yaml", "--out", "run", "--approve", "file"],
  );
  await here.call("approvals", "reject", "run", "--by", "bob");
  const ended = await here.call("resume", "run");
  assertEquals([ended.code, here.notes()], [2, []]);
  const inspected = await here.call("inspect", "run");
  assertStringIncludes(inspected.stdout, "bob: rejected");
  const why = "rejected by bob: notes are read by customers";
  for (const shown of [ended.stderr, inspected.stdout]) {
    assertStringIncludes(shown, why);
  }
  const report = Deno.readTextFileSync(join(here.path, "run/run_report.md"));
  assertEquals(report.split(why).length, 2, "the report says it once");
  for (const check of [["verify"], ["replay"]]) {
    const { code, shown } = await here.call(...check, "run");
    assertEquals(code, 0, shown);
  }
  const judged = await here.call("replay", "run", "--policy", "policy.yaml");
  assertStringIncludes(judged.stdout, "2 decisions");
  const trace = await here.call("trace", "check", "run/trace.json");
  assertEquals(trace.code, 0, trace.shown);
});

Deno.test(
  "a rejected run that was cut off ends with the same bytes",
  needs,
  async () => {
    using here = laidDown();
    await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file"],
    );
    await here.call("approvals", "reject", "run", "--by", "bob");
    await here.call("resume", "run");
    const path = (name: string) => join(here.path, "run", name);
    const made = ["state.jsonl", "trace.json", "run_report.md"];
    const bytes = () => made.map((name) => Deno.readTextFileSync(path(name)));
    const whole = bytes();
    const lines = (whole[0] ?? "").split(/(?<=\n)/);
    assertEquals(lines.length, 9);
    for (let length = 1; length < lines.length; length++) {
      for (const name of [...made, "manifest.json"]) {
        Deno.removeSync(
          path(name),
        );
      }
      Deno.writeTextFileSync(
        path("state.jsonl"),
        lines.slice(0, length).join(""),
      );
      assertEquals((await here.call("resume", "run")).code, 2);
      assertEquals(bytes(), whole, `cut off after line ${length}`);
    }
    assertEquals(here.notes(), []);
  },
);

const UNREADABLE =
  "run/approvals.jsonl:1: the line cannot be read, so it answers nothing";

for (
  const { what, edit, says } of [
    {
      what: "another decision",
      edit: (line: string) =>
        line.replace(
          /"bound_to":"[0-9a-f]{64}"/,
          `"bound_to":"${"0".repeat(64)}"`,
        ),
      says: [],
    },
    {
      what: "long ago",
      edit: (line: string) =>
        line.replace(/"timestamp":"\d{4}/, '"timestamp":"2020'),
      says: [
        "run/approvals.jsonl:1: the approval by ada has expired; it counted for 86400 s",
      ],
    },
    {
      what: "the future",
      edit: (line: string) =>
        line.replace(/"timestamp":"[^"]*/, '"timestamp":"9999-01-01T00:00:00Z'),
      says: [
        "run/approvals.jsonl:1: the approval by ada is from the future, 9999-01-01T00:00:00Z",
      ],
    },
    {
      what: "an empty name",
      edit: (line: string) => line.replace("ada", ""),
      says: [UNREADABLE],
    },
    {
      what: "an unknown approver",
      edit: (line: string) => line.replace("ada", "none"),
      says: [UNREADABLE],
    },
    {
      what: "half a line",
      edit: (line: string) => line.slice(0, 60),
      says: [UNREADABLE],
    },
  ]
) {
  Deno.test(`an approval of ${what} is asked for again`, needs, async () => {
    using here = laidDown();
    await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file"],
    );
    await here.call("approvals", "approve", "run", "--by", "ada");
    const file = join(here.path, "run/approvals.jsonl");
    Deno.writeTextFileSync(file, edit(Deno.readTextFileSync(file)));
    for (const asks of [["approvals", "list", "run"], ["resume", "run"]]) {
      const { code, stderr } = await here.call(...asks);
      assertEquals(code, 3);
      const said = stderr.split("\n")
        .filter((line) => line.includes("approvals.jsonl"));
      assertEquals(said, says);
    }
    assertEquals(here.notes(), []);
  });
}

Deno.test(
  "what is passed over is said once, and an answer counts beside it",
  needs,
  async () => {
    using here = laidDown();
    await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file"],
    );
    // It was being written when its process ended.
    Deno.writeTextFileSync(join(here.path, "run/approvals.jsonl"), '{"v":1,');
    await here.call("approvals", "approve", "run", "--by", "ada");
    const listed = await here.call("approvals", "list", "run");
    assertEquals([listed.code, listed.stderr.trim()], [0, UNREADABLE]);
    // Asks twice: one answer is there, the other is waited for.
    const { code, stderr } = await here.call("resume", "run");
    assertEquals([code, here.notes()], [3, ["a.md"]]);
    assertEquals(stderr.split(UNREADABLE).length, 2, stderr);
  },
);

Deno.test(
  "nobody is asked to answer on a record whose question is not what the policy asks",
  needs,
  async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    const path = join(here.path, "run/state.jsonl");
    Deno.writeTextFileSync(
      path,
      forgedLedger(
        Deno.readTextFileSync(path),
        (event) =>
          event.type === "policy_checked"
            ? { ...event, reason: "a formality" }
            : event,
      ),
    );
    for (const verb of [["list"], ["approve", "--by", "ada"]]) {
      const [name = "", ...rest] = verb;
      const { code, stderr } = await here.call(
        "approvals",
        name,
        "run",
        ...rest,
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, "do not answer on this record");
    }
  },
);

Deno.test("an unknown answer is a rejection", needs, async () => {
  using here = laidDown();
  await here.call(
    ...["run", "task.yaml", "--out", "run", "--approve", "file"],
  );
  await here.call("approvals", "approve", "run", "--by", "ada");
  const file = join(here.path, "run/approvals.jsonl");
  const text = Deno.readTextFileSync(file).replace('"approved"', '"perhaps"');
  Deno.writeTextFileSync(file, text);
  assertEquals((await here.call("resume", "run")).code, 2);
  assertEquals(here.notes(), []);
});

Deno.test("an answer that cannot be written is none", needs, async () => {
  using here = laidDown();
  await here.call(
    ...["run", "task.yaml", "--out", "run", "--approve", "file"],
  );
  const { code, stderr } = await warmProgram(
    ["approvals", "approve", "run", "--by", "ada"],
    { cwd: here.path, permissions: ["--allow-read"] },
  );
  assertEquals([code, stderr.trim()], [
    1,
    "run/approvals.jsonl: cannot write the answer there: the process has no write access to it; see --allow-write",
  ]);
  assertEquals((await here.call("approvals", "list", "run")).code, 3);
});

Deno.test(
  "a run does not go on beside answers that are no file",
  needs,
  async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    Deno.mkdirSync(join(here.path, "run/approvals.jsonl"));
    const { code, stderr } = await here.call("resume", "run");
    assertEquals([code, stderr], [
      1,
      "run/approvals.jsonl: the run cannot go on: it is a directory\n",
    ]);
    assertEquals([answersIn(here.path), here.notes()], [[], []]);
  },
);

Deno.test(
  "an unknown answer is a rejection, and the list says so",
  needs,
  async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    await here.call("approvals", "approve", "run", "--by", "ada");
    const path = join(here.path, "run/approvals.jsonl");
    const text = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, text.replace('"approved"', '"Approved"'));
    const { stdout } = await here.call("approvals", "list", "run");
    assertStringIncludes(stdout, "it was rejected by ada");
    assertEquals((await here.call("resume", "run")).code, 2);
    assertEquals(answersIn(here.path), ["ada: rejected"]);
  },
);

for (
  const [verb, option] of [["list", "--by=ada"], ["approve", "--json"]] as const
) {
  Deno.test(`approvals ${verb} knows no ${option}`, needs, async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    const { code, stderr } = await here.call("approvals", verb, "run", option);
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      `Cannot use ${option.replace("=ada", "")} with approvals ${verb}`,
    );
  });
}

Deno.test(
  "the first answer counts: a second one is refused",
  needs,
  async () => {
    using here = laidDown();
    await here.call(
      ...["run", "task.yaml", "--out", "run", "--approve", "file"],
    );
    await here.call("approvals", "reject", "run", "--by", "ada");
    const listed = await here.call("approvals", "list", "run");
    assertEquals(listed.code, 0);
    assertMatch(
      listed.stdout.trim(),
      /^run: question [0-9a-f]{12}: it was rejected by ada; continue with `resume run`$/,
    );
    const second = await here.call(
      "approvals",
      "approve",
      "run",
      "--by",
      "bob",
    );
    assertEquals([second.code, second.stderr.trim()], [
      1,
      "Cannot approve: it was rejected by ada; continue with `resume run`; see approvals --help",
    ]);
    assertEquals((await here.call("resume", "run")).code, 2);
    assertEquals(here.notes(), []);
  },
);

Deno.test("--approve wants to be understood", needs, async () => {
  using here = laidDown();
  const { code, stderr } = await here.call(
    ...["run", "task.yaml", "--out", "run", "--approve", "always"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "expected never, prompt or file");
  assertEquals([...Deno.readDirSync(here.path)].length, 2);
});

const hasTerminal = {
  ignore: needs.ignore || Deno.build.os !== "linux",
};

/** The recorded answers, and who gave them. */
function answersIn(folder: string) {
  return Deno.readTextFileSync(join(folder, "run/state.jsonl")).split("\n")
    .filter((line) => line.includes('"type":"approval_resolved"'))
    .map((line) => JSON.parse(line))
    .map(({ approver, verdict }) => `${approver}: ${verdict}`);
}

const PROMPT = ["run", "task.yaml", "--out", "run", "--approve", "prompt"];

function types(question: string, keys: string): Typed {
  return { question, keys };
}

/** Types lines, each after its question. */
function answers(
  ...typed: readonly (readonly [question: string, line: string])[]
): readonly Typed[] {
  return typed.map(([question, line]) => types(question, line + KEYS.enter));
}

for (
  const { what, args, typed, want } of [
    {
      what: "a name that was typed",
      args: [],
      typed: answers(
        ["Your name:", "ada"],
        ["Approve?", "y"],
        ["Approve?", "YES"],
      ),
      want: {
        code: 0,
        answers: ["ada: approved", "ada: approved"],
        notes: ["a.md", "b.md"],
      },
    },
    {
      what: "the name of --by",
      args: ["--by", " Ada Lovelace "],
      typed: answers(["Approve?", "y"], ["Approve?", "n"]),
      want: {
        code: 2,
        answers: ["Ada Lovelace: approved", "Ada Lovelace: rejected"],
        notes: ["a.md"],
      },
    },
    {
      what: "a name after those that cannot be recorded",
      args: [],
      typed: answers(
        ["Your name:", ""],
        ["Your name:", "none"],
        ["Your name:", "ada"],
        ["Approve?", "n"],
      ),
      want: { code: 2, answers: ["ada: rejected"], notes: [] },
    },
    {
      what: "an unknown answer as a rejection",
      args: ["--by", "ada"],
      typed: answers(["Approve?", "maybe"]),
      want: { code: 2, answers: ["ada: rejected"], notes: [] },
    },
    {
      what: "nothing that was typed before its question",
      args: [],
      typed: answers(["Your name:", "zoë\ny\ny"], ["Approve?", "n"]),
      want: { code: 2, answers: ["zoë: rejected"], notes: [] },
    },
    {
      what: "no approval of a call that came after it was typed",
      args: ["--by", "ada"],
      typed: answers(["Approve?", "y\ny"], ["Approve?", "n"]),
      want: {
        code: 2,
        answers: ["ada: approved", "ada: rejected"],
        notes: ["a.md"],
      },
    },
  ]
) {
  Deno.test(`--approve prompt records ${what}`, hasTerminal, async () => {
    using here = laidDown();
    const { code, shown } = await atTerminal([...PROMPT, ...args], {
      cwd: here.path,
      types: typed,
    });
    assertEquals(code, want.code, shown);
    assertEquals(answersIn(here.path), want.answers);
    assertEquals(here.notes(), want.notes);
    for (const each of want.answers) {
      assertStringIncludes(shown, each.replace(/(.*): (.*)/, "$2 by $1"));
    }
    assertEquals((await here.call("verify", "run")).code, 0);
  });
}

Deno.test(
  "--approve prompt shows the call before it asks for anything",
  hasTerminal,
  async () => {
    using here = laidDown();
    const { shown } = await atTerminal(PROMPT, {
      cwd: here.path,
      types: answers(["Your name:", "ada"], ["Approve?", "n"]),
    });
    const places = ["leaves a call to you", "notes/a.md", "Your name:"]
      .map((text) => shown.indexOf(text));
    assertEquals(places, places.toSorted((a, b) => a - b));
    assertEquals(places.includes(-1), false, shown);
  },
);

for (
  const { what, ends, before } of [
    { what: "Ctrl-C", ends: { keys: KEYS.ctrlC }, before: [] },
    {
      what: "Ctrl-C at the name",
      ends: { question: "Your name:", keys: KEYS.ctrlC },
      before: [],
    },
    {
      what: "Ctrl-C before an answer",
      ends: { keys: `${KEYS.ctrlC}y${KEYS.enter}` },
      before: [],
    },
    { what: "SIGTERM", ends: { signal: "SIGTERM" as const }, before: [] },
    {
      what: "Ctrl-C at the second call",
      ends: { keys: KEYS.ctrlC },
      before: answers(["Approve?", "y"]),
    },
  ]
) {
  Deno.test(
    `${what} while a person is asked ends the run as cancelled, without an answer`,
    hasTerminal,
    async () => {
      using here = laidDown();
      const named = "question" in ends ? [] : ["--by", "ada"];
      const { code, shown } = await atTerminal([...PROMPT, ...named], {
        cwd: here.path,
        types: [...before, { question: "Approve?", ...ends }],
      });
      assertEquals(code, 2, shown);
      assertStringIncludes(shown, "cancelled; see run/run_report.md");
      assertStringIncludes(shown, "run: cancelled after");
      const approved = before.map(() => "ada: approved");
      assertEquals(answersIn(here.path), [...approved, "none: rejected"]);
      assertEquals(here.notes(), before.length === 0 ? [] : ["a.md"]);
      for (const check of [["verify"], ["replay"]]) {
        const { code, shown } = await here.call(...check, "run");
        assertEquals(code, 0, shown);
      }
      const judged = await here.call(
        ...["replay", "run", "--policy", "policy.yaml"],
      );
      assertEquals(judged.code, 0, judged.shown);
      const again = await here.call("resume", "run");
      assertEquals([again.code, again.stderr.trim()], [
        1,
        'Cannot resume "run": the run is finished; see resume --help',
      ]);
    },
  );
}

for (
  const { what, args, typed } of [
    {
      what: "at the name",
      args: [],
      typed: [types("Your name:", KEYS.ctrlD)],
    },
    {
      what: "at the answer",
      args: ["--by", "ada"],
      typed: [types("Approve?", KEYS.ctrlD)],
    },
    {
      what: "after an unfinished line",
      args: ["--by", "ada"],
      typed: [types("Approve?", `y${KEYS.ctrlD}${KEYS.ctrlD}`)],
    },
  ]
) {
  Deno.test(
    `the end of input ${what} answers nothing: the run waits`,
    hasTerminal,
    async () => {
      using here = laidDown();
      const { code, shown } = await atTerminal([...PROMPT, ...args], {
        cwd: here.path,
        types: typed,
      });
      assertEquals(code, 3, shown);
      assertStringIncludes(shown, "run: waits for approval");
      assertEquals(shown.split("leaves a call to you").length, 2, shown);
      assertEquals([answersIn(here.path), here.notes()], [[], []]);
      const verified = await here.call("verify", "run");
      assertStringIncludes(verified.stdout, "the run waits for approval");
      await here.call("approvals", "approve", "run", "--by", "bob");
      assertEquals((await here.call("resume", "run")).code, 3);
      const done = await atTerminal(
        ["resume", "run", "--approve", "prompt"],
        {
          cwd: here.path,
          types: answers(["Your name:", "eve"], ["Approve?", "y"]),
        },
      );
      assertEquals(done.code, 0, done.shown);
      assertEquals(answersIn(here.path), ["bob: approved", "eve: approved"]);
      assertEquals(here.notes(), ["a.md", "b.md"]);
      assertEquals((await here.call("verify", "run")).code, 0);
    },
  );
}

Deno.test(
  "questions stand on standard error, so that --json is alone on standard output",
  hasTerminal,
  async () => {
    using here = laidDown();
    const { code, shown } = await atTerminal([...PROMPT, "--json"], {
      cwd: here.path,
      types: answers(
        ["Your name:", "ada"],
        ["Approve?", "y"],
        ["Approve?", "y"],
      ),
      stdout: "out.json",
    });
    assertEquals(code, 0, shown);
    const text = Deno.readTextFileSync(join(here.path, "out.json"));
    assertEquals(JSON.parse(text).terminal_reason, "final_answer");
  },
);

Deno.test(
  "resume --approve prompt asks for the name as well",
  hasTerminal,
  async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    const { code, shown } = await atTerminal(
      ["resume", "run", "--approve", "prompt", "--by", "bob"],
      { cwd: here.path, types: answers(["Approve?", "n"]) },
    );
    assertEquals(code, 2, shown);
    assertEquals(answersIn(here.path), ["bob: rejected"]);
  },
);

for (
  const { args, want } of [
    { args: [], want: "Cannot use --by without --approve prompt" },
    {
      args: ["--approve", "prompt"],
      want: "Cannot use --approve prompt: there is no terminal",
    },
  ]
) {
  const given = ["--by", "ada", ...args];
  Deno.test(`run ${given.join(" ")} runs nothing`, needs, async () => {
    using here = laidDown();
    const { code, stderr } = await here.call(
      ...["run", "task.yaml", "--out", "run", ...given],
    );
    assertEquals(code, 1);
    assertStringIncludes(stderr, want);
    assertEquals([...Deno.readDirSync(here.path)].length, 2);
  });
}

Deno.test("resume refuses --by without --approve prompt", needs, async () => {
  using here = laidDown();
  await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
  const { code, stderr } = await here.call("resume", "run", "--by", "ada");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Cannot use --by without --approve prompt");
});

Deno.test("the name none is refused", needs, async () => {
  using here = laidDown();
  const start = ["run", "task.yaml", "--out", "run", "--approve"];
  const want =
    'Cannot use --by "none": in a record it means that there was no answer';
  const ran = await here.call(...start, "prompt", "--by", "none");
  assertEquals(ran.code, 1);
  assertStringIncludes(ran.stderr, want);
  await here.call(...start, "file");
  const { code, stderr } = await here.call(
    ...["approvals", "approve", "run", "--by", "none"],
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, want);
  assertEquals((await here.call("approvals", "list", "run")).code, 3);
});

Deno.test(
  "approvals records a name without spaces around it",
  needs,
  async () => {
    using here = laidDown();
    await here.call("run", "task.yaml", "--out", "run", "--approve", "file");
    await here.call("approvals", "reject", "run", "--by", " ada ");
    await here.call("resume", "run");
    assertEquals(answersIn(here.path), ["ada: rejected"]);
  },
);
