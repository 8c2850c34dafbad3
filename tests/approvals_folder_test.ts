/**
 * `approvals` over a folder of runs, of runs that ask several things at once, and from
 * another terminal that watches.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { join } from "../deps.ts";
import { govern, type Governed, type RunEvent, tool } from "../mod.ts";
import { GOVERNED_POLICY } from "./governed_policy.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";
import { atTerminal, KEYS } from "./pseudo_terminal.ts";

const needs = { ignore: lacks("read", "write", "run") };
const hasTerminal = {
  ignore: needs.ignore || Deno.build.os !== "linux",
};

const work = tool({
  name: "work",
  description: "Work on a text",
  args: z.strictObject({ text: z.string() }),
  effects: {},
  run: ({ text }) => Promise.resolve({ text }),
});

/** A session in a folder of a folder of runs, whose calls wait for answers. */
async function asking(folder: string, name: string) {
  const events: RunEvent[] = [];
  const session = await govern({
    policy: GOVERNED_POLICY,
    tools: [work],
    out: join(folder, name),
    watch: (event) => events.push(event),
  });
  return {
    session,
    /** Waits until so many questions are on record. */
    async asked(count: number) {
      const questions = () =>
        events.filter((event) =>
          event.type === "policy_checked" && event.decision === "escalate"
        );
      while (questions().length < count) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

const ask = (session: Governed, text: string) =>
  session.call("work", { text: `ask ${text}` });

async function listed(folder: string) {
  const { code, stdout, stderr } = await warmProgram(
    ["approvals", "list", folder, "--json"],
    { cwd: PROJECT },
  );
  const questions = stdout.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { code, stderr, questions };
}

const answer = (...args: readonly string[]) =>
  warmProgram(["approvals", ...args, "--by", "ada"], { cwd: PROJECT });

Deno.test(
  "approvals lists every open question of every run in a folder, and answers the one that is named",
  needs,
  async () => {
    using folder = temporaryFolder();
    const [one, two] = [
      await asking(folder.path, "one"),
      await asking(folder.path, "two"),
    ];
    const calls = [
      ask(one.session, "a"),
      ask(one.session, "b"),
      ask(two.session, "c"),
    ];
    await one.asked(2);
    await two.asked(1);
    const { code, questions } = await listed(folder.path);
    assertEquals(code, 3);
    assertEquals(
      questions.map(({ run, waits_for, answer }) => [
        run.slice(folder.path.length + 1),
        waits_for.args.text,
        answer,
      ]),
      [["one", "ask a", null], ["one", "ask b", null], ["two", "ask c", null]],
    );
    const text = await warmProgram(["approvals", "list", folder.path], {
      cwd: PROJECT,
    });
    for (const { waits_for } of questions) {
      assertStringIncludes(text.stdout, waits_for.bound_to.slice(0, 12));
      assertStringIncludes(text.stdout, waits_for.args.text);
    }

    const vague = await answer("approve", folder.path);
    assertEquals(vague.code, 1);
    assertStringIncludes(vague.stderr, "which question is meant?");
    for (const { waits_for } of questions) {
      assertStringIncludes(vague.stderr, waits_for.bound_to.slice(0, 12));
    }
    const unknown = await answer("approve", folder.path, "--question", "nope");
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, 'no open question begins with "nope"');

    const hex = (text: string): string =>
      questions.find(({ waits_for }) => waits_for.args.text === text)
        .waits_for.bound_to;
    const rejected = await answer(
      ...["reject", folder.path, "--question", hex("ask b").slice(0, 12)],
    );
    assertEquals(rejected.code, 0, rejected.stderr);
    assertEquals((await calls[1])?.type, "denied");
    // The only one of its run needs no name.
    const approved = await answer("approve", join(folder.path, "two"));
    assertEquals(approved.code, 0, approved.stderr);
    assertEquals((await calls[2])?.type, "result");
    const last = await answer("approve", folder.path);
    assertEquals(last.code, 0, last.stderr);
    assertEquals((await calls[0])?.type, "result");

    assertEquals(await listed(folder.path), {
      code: 0,
      stderr: "",
      questions: [],
    });
    await one.session.close();
    await two.session.close();
    assertEquals((await listed(folder.path)).questions, []);
  },
);

Deno.test(
  "approvals reports a run that cannot be read, and lists the others",
  needs,
  async () => {
    using folder = temporaryFolder();
    const one = await asking(folder.path, "one");
    const call = ask(one.session, "a");
    await one.asked(1);
    Deno.mkdirSync(join(folder.path, "broken"));
    Deno.writeTextFileSync(join(folder.path, "broken/state.jsonl"), "{}\n");
    const { code, stderr, questions } = await listed(folder.path);
    assertEquals([code, questions.length], [1, 1]);
    assertStringIncludes(stderr, "broken/state.jsonl");
    await answer("reject", join(folder.path, "one"));
    assertEquals((await call).type, "denied");
    await one.session.close();
  },
);

Deno.test(
  "approvals watch asks at its terminal about each question, also of a run that comes later",
  hasTerminal,
  async () => {
    using folder = temporaryFolder();
    const one = await asking(folder.path, "one");
    const first = ask(one.session, "a");
    await one.asked(1);
    const watching = atTerminal(
      ["approvals", "watch", folder.path, "--by", "ada"],
      {
        cwd: folder.path,
        types: [
          { question: "Approve?", keys: `y${KEYS.enter}` },
          { question: "continues with it" },
          { question: "Approve?", keys: `n${KEYS.enter}` },
          { question: "continues with it", signal: "SIGINT" },
        ],
      },
    );
    assertEquals((await first).type, "result");
    const two = await asking(folder.path, "two");
    const second = ask(two.session, "b");
    assertEquals((await second).type, "denied");
    const { code, shown } = await watching;
    assertEquals(code, 0, shown);
    const places = ["one:", "ask a", "approved by ada", "two:", "ask b"]
      .map((text) => shown.indexOf(text));
    assert(!places.includes(-1), shown);
    assertEquals(places, places.toSorted((a, b) => a - b));
    await one.session.close();
    await two.session.close();
  },
);

for (
  const { what, args, says } of [
    {
      what: "a folder that is not there",
      args: ["watch", "nowhere"],
      says: "nowhere: there is no such directory",
    },
    {
      what: "no terminal",
      args: ["watch", "."],
      says: "there is no terminal to ask at",
    },
    {
      what: "an option of another verb",
      args: ["watch", ".", "--json"],
      says: "Cannot use --json with approvals watch",
    },
    {
      what: "several folders",
      args: ["approve", ".", ".", "--by", "ada"],
      says: "Cannot approve in several folders at once",
    },
  ]
) {
  Deno.test(`approvals refuses ${what}`, needs, async () => {
    using folder = temporaryFolder();
    const { code, stderr } = await warmProgram(["approvals", ...args], {
      cwd: folder.path,
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, says);
  });
}
