/**
 * `govern`: policy and record around a loop of one's own, on a real disk, with the
 * real clock and in processes that are interrupted, killed and forgetful; and what the
 * command line does with the records.
 *
 * @module
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { z } from "zod";
import { join } from "../deps.ts";
import { eventsOf } from "./rehearsal.ts";
import {
  closeSession,
  govern,
  type GovernOptions,
  loadPolicy,
  modelText,
  type RunEvent,
  tool,
  ToolError,
} from "../mod.ts";
import { GOVERNED_POLICY } from "./governed_policy.ts";
import { lacks } from "./permissions.ts";
import {
  program,
  PROJECT,
  started,
  temporaryFolder,
  warmProgram,
} from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };
const writes = { ignore: lacks("read", "write") };

const args = z.strictObject({ text: z.string() });

const work = tool({
  name: "work",
  description: "Work on a text",
  args,
  effects: {},
  run: ({ text }) => Promise.resolve({ text }),
});

/** A tool that is run elsewhere. */
const elsewhere = {
  name: "elsewhere",
  description: "Work elsewhere",
  args,
  effects: {},
} as const;

/** A session in a folder of its own, and the events of its record. */
async function opened(
  folder: { readonly path: string },
  given: Partial<GovernOptions> = {},
) {
  const events: RunEvent[] = [];
  const session = await govern({
    policy: GOVERNED_POLICY,
    tools: [work, elsewhere],
    out: join(folder.path, "out"),
    approver: "never",
    watch: (event) => events.push(event),
    ...given,
  });
  return { session, events };
}

/** Looks at a record as the command line does. */
async function assertSound(out: string): Promise<void> {
  for (const command of ["verify", "replay", "inspect"]) {
    const { code, stdout, stderr } = await warmProgram([command, out], {
      cwd: PROJECT,
    });
    assertEquals(code, 0, `${command}: ${stdout}${stderr}`);
  }
  const trace = await warmProgram(["trace", "check", join(out, "trace.json")], {
    cwd: PROJECT,
  });
  assertEquals(trace.code, 0, trace.stdout);
}

Deno.test(
  "govern() tells results, denials and failures apart, and its record is a run like any other",
  runs,
  async () => {
    using folder = temporaryFolder();
    const failing = tool({
      ...work,
      run: ({ text }) =>
        text === "fails"
          ? Promise.reject(
            new ToolError("There is no such text", { type: "404" }),
          )
          : Promise.resolve({ text }),
    });
    const { session } = await opened(folder, {
      tools: [failing],
      question: "What is there?",
    });
    const results = [
      await session.call("work", { text: "a" }, { id: "call_1" }),
      await session.call("work", '{"text":"raw"}'),
      await session.call("work", '{"text":"a","text":"b"}'),
      await session.call("work", { text: "fails" }),
      await session.call("rm", { all: true }),
      await session.call("work", { text: "ask" }),
    ];
    assertEquals(results.map(modelText), [
      '{"text":"a"}',
      '{"text":"raw"}',
      '{"denied":{"rule":"arg_schema","reason":"the arguments do not fit the tool\'s schema at \\"text\\": the key \\"text\\" comes twice"}}',
      '{"error":"There is no such text"}',
      '{"denied":{"rule":"tool_registry","reason":"the policy does not allow this tool: \\"rm\\""}}',
      '{"denied":{"rule":"approval","reason":"nobody approved it: a person is to see it"}}',
    ]);
    const finished = await session.close("answered");
    assertEquals(finished.reason, "answered");
    assertEquals(finished.totals.denials, 3);
    assertEquals(session.isOver, true);
    assertEquals(await session.call("work", { text: "late" }), {
      type: "denied",
      rule: null,
      clause: null,
      reason: "the session has ended: it was closed or cancelled",
    });
    await assertSound(session.out);
    const { stdout } = await warmProgram(["inspect", session.out], {
      cwd: PROJECT,
    });
    assertStringIncludes(stdout, "What is there?");
    assertStringIncludes(stdout, ": answered");
    const report = Deno.readTextFileSync(join(session.out, "run_report.md"));
    assertStringIncludes(
      report,
      "the client closed its session, and says: `answered`",
    );
    const html = await warmProgram([
      "report",
      session.out,
      "--out",
      join(folder.path, "r.html"),
    ], {
      cwd: PROJECT,
    });
    assertEquals(html.code, 0, html.stderr);
  },
);

Deno.test(
  "govern() lets no call run that comes while the session is being closed",
  writes,
  async () => {
    using folder = temporaryFolder();
    const door = Promise.withResolvers<void>();
    const slow = tool({ ...work, run: () => door.promise.then(() => null) });
    const { session } = await opened(folder, { tools: [slow] });
    const waiting = session.call("work", { text: "slow" });
    const closed = session.close();
    const late = await session.call("work", { text: "late" });
    assertEquals(late.type, "denied");
    door.resolve();
    assertEquals((await waiting).type, "result");
    assertEquals((await closed).totals.tool_calls, 1);
  },
);

Deno.test("govern() has calls overlap that come together", writes, async () => {
  using folder = temporaryFolder();
  const door = Promise.withResolvers<void>();
  const slow = tool({
    ...work,
    async run({ text }) {
      if (text === "slow") await door.promise;
      return { text };
    },
  });
  const { session, events } = await opened(folder, { tools: [slow] });
  const waiting = session.call("work", { text: "slow" });
  const quick = await session.call("work", { text: "quick" });
  assertEquals(quick.type, "result");
  assertEquals(
    eventsOf("tool_finished", events).map(({ result }) => result),
    [{ text: "quick" }],
  );
  door.resolve();
  assertEquals((await waiting).type, "result");
  await session.close();
});

Deno.test(
  "govern() under a policy that ends a run at a denial lets no later call run",
  runs,
  async () => {
    using folder = temporaryFolder();
    const policy = loadPolicy(
      GOVERNED_POLICY.text.replace("on_deny: continue", "on_deny: terminate"),
      "policy.yaml",
    );
    const { session } = await opened(folder, { policy });
    const denied = await session.call("rm", {});
    assertEquals(denied.type === "denied" && denied.rule, "tool_registry");
    assertEquals(session.isOver, true);
    const late = await session.call("work", { text: "a" });
    assertEquals(
      late.type === "denied" && late.reason,
      "the session has ended: the policy ends it at the first denial",
    );
    assertEquals(
      (await session.close()).terminal_reason,
      "policy_denial_terminal",
    );
    await assertSound(session.out);
  },
);

Deno.test(
  "govern() has a tool without `run` run elsewhere, once its intent is on record",
  runs,
  async () => {
    using folder = temporaryFolder();
    const { session, events } = await opened(folder);
    const allowed = await session.call("elsewhere", { text: "a" });
    if (allowed.type !== "allowed") throw new Error(modelText(allowed));
    assertEquals(allowed.args, { text: "a" });
    assertEquals(events.at(-1)?.type, "tool_started");
    const line = Deno.readTextFileSync(join(session.out, "state.jsonl"));
    assertStringIncludes(line, allowed.idempotencyKey);
    const given = await session.result(allowed.idempotencyKey, { done: true });
    assertEquals(given.type === "result" && given.value, { done: true });
    await assertRejects(
      () => session.result(allowed.idempotencyKey, { done: true }),
      RangeError,
      "no call waits for it",
    );
    const other = await session.call("elsewhere", { text: "b" });
    if (other.type !== "allowed") throw new Error(modelText(other));
    const failed = await session.result(
      other.idempotencyKey,
      new ToolError("Nobody there", { type: "gone", transient: true }),
    );
    assertEquals(failed.type === "failed" && failed.error.type, "gone");
    const denied = await session.call("elsewhere", { text: 7 });
    assertEquals(denied.type === "denied" && denied.rule, "arg_schema");
    const open = await session.call("elsewhere", { text: "c" });
    assertEquals(open.type, "allowed");
    await session.close();
    assertEquals(
      eventsOf("tool_finished", events).map(({ error }) => error?.type),
      [undefined, "gone", "indeterminate"],
    );
    await assertSound(session.out);
  },
);

Deno.test(
  "govern() has a result that is given too late count as a failure",
  writes,
  async () => {
    using folder = temporaryFolder();
    const policy = loadPolicy(
      GOVERNED_POLICY.text.replace(
        "max_retries: 1",
        "max_retries: 0, attempt_timeout_ms: 20",
      ),
      "policy.yaml",
    );
    const { session } = await opened(folder, { policy });
    const allowed = await session.call("elsewhere", { text: "a" });
    if (allowed.type !== "allowed") throw new Error(modelText(allowed));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await assertRejects(
      () => session.result(allowed.idempotencyKey, 1),
      RangeError,
    );
    await session.close();
  },
);

Deno.test(
  "govern() cancels a call whose own signal aborts, and no other",
  writes,
  async () => {
    using folder = temporaryFolder();
    const hanging = tool({
      ...work,
      run: ({ text }, { signal }) =>
        text === "hang"
          ? new Promise<never>((_, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason))
          )
          : Promise.resolve({ text }),
    });
    const { session } = await opened(folder, { tools: [hanging] });
    const controller = new AbortController();
    const { signal } = controller;
    const call = session.call("work", { text: "hang" }, { signal });
    const other = session.call("work", { text: "other" });
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    const cancelled = await call;
    assertEquals(
      cancelled.type === "failed" && cancelled.error.kind,
      "cancelled",
    );
    assertEquals((await other).type, "result");
    assertEquals((await session.close()).terminal_reason, "session_closed");
  },
);

Deno.test("govern() ends the record when its signal aborts", runs, async () => {
  using folder = temporaryFolder();
  const controller = new AbortController();
  const { session } = await opened(folder, { signal: controller.signal });
  assertEquals((await session.call("work", { text: "a" })).type, "result");
  controller.abort();
  assertEquals((await session.finished).terminal_reason, "cancelled");
  assertEquals((await session.call("work", { text: "b" })).type, "denied");
  await assertSound(session.out);
});

Deno.test(
  "govern() waits for the answer that somebody gives from another terminal",
  runs,
  async () => {
    using folder = temporaryFolder();
    const { session, events } = await opened(folder, { approver: "file" });
    for (
      const [verb, type] of [["approve", "result"], [
        "reject",
        "denied",
      ]] as const
    ) {
      const call = session.call("work", { text: `ask to ${verb}` });
      while (events.at(-1)?.type !== "policy_checked") {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const answered = await warmProgram(
        ["approvals", verb, session.out, "--by", "ada"],
        { cwd: PROJECT },
      );
      assertEquals(answered.code, 0, answered.stderr);
      assertStringIncludes(
        answered.stdout,
        "the program whose call it is continues with it",
      );
      assertEquals((await call).type, type);
    }
    assertEquals(
      eventsOf("approval_resolved", events).map(({ approver }) => approver),
      ["ada", "ada"],
    );
    await session.close();
    await assertSound(session.out);
  },
);

Deno.test(
  "govern() closes its record at the end of its scope",
  writes,
  async () => {
    using folder = temporaryFolder();
    {
      await using session = (await opened(folder)).session;
      await session.call("work", { text: "a" });
    }
    assert(Deno.statSync(join(folder.path, "out/manifest.json")).isFile);
  },
);

for (
  const { what, given, says } of [
    {
      what: "a policy that limits the tokens of a model",
      given: {
        policy: loadPolicy(
          GOVERNED_POLICY.text.replace("max_tool_calls", "max_tokens"),
          "policy.yaml",
        ),
      },
      says: "loop_budget.max_tokens",
    },
    {
      what: "two tools of one name",
      given: { tools: [work, work] },
      says: "the name is taken",
    },
    { what: "an id that is a path", given: { id: "../x" }, says: "the id" },
    { what: "a seed that is none", given: { seed: -1 }, says: "the seed" },
    {
      what: "audit where the policy enforces",
      given: { audit: true },
      says: "audit",
    },
  ] satisfies readonly {
    readonly what: string;
    readonly given: Partial<GovernOptions>;
    readonly says: string;
  }[]
) {
  Deno.test(
    `govern() refuses ${what}, and writes nothing`,
    writes,
    async () => {
      using folder = temporaryFolder();
      await assertRejects(() => opened(folder, given), RangeError, says);
      assertEquals([...Deno.readDirSync(folder.path)], []);
    },
  );
}

Deno.test(
  "govern() refuses a folder that has a record, and says what to do with it",
  writes,
  async () => {
    using folder = temporaryFolder();
    const { session } = await opened(folder);
    await assertRejects(() => opened(folder), RangeError, "closeSession");
    await session.close();
    await assertRejects(
      () => opened(folder),
      RangeError,
      "choose another folder",
    );
  },
);

const CHILD = {
  program: join(PROJECT, "tests/govern_child.ts"),
  permissions: ["--allow-read", "--allow-write", "--allow-run"],
};

/** A process whose session is in the middle of a call. */
async function hanging({ path }: { readonly path: string }) {
  const child = started([path, "hang"], { cwd: path, ...CHILD });
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return child;
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(
    `govern() ends the record at ${signal}, and then the process`,
    runs,
    async () => {
      using folder = temporaryFolder();
      const child = await hanging(folder);
      child.kill(signal);
      const ended = await child.output();
      assertEquals(ended.code, code, new TextDecoder().decode(ended.stderr));
      const out = join(folder.path, "run");
      await assertSound(out);
      assertEquals((await closeSession(out)).terminal_reason, "cancelled");
    },
  );
}

Deno.test(
  "resume ends the record of a session that nobody closed, and needs nothing but the record",
  runs,
  async () => {
    using folder = temporaryFolder();
    const left = await program([folder.path, "leave"], {
      cwd: folder.path,
      ...CHILD,
    });
    assertEquals(left.code, 0, left.stderr);
    const out = join(folder.path, "run");
    const odd = await warmProgram(["resume", out, "--llm", "openai:x"], {
      cwd: PROJECT,
    });
    assertEquals(odd.code, 1);
    assertStringIncludes(odd.stderr, "the record is only ended");
    const ended = await warmProgram(["resume", out, "--json"], {
      cwd: PROJECT,
    });
    assertEquals(ended.code, 0, ended.stderr);
    assertEquals(JSON.parse(ended.stdout).terminal_reason, "session_closed");
    await assertSound(out);
    const again = await warmProgram(["resume", out], { cwd: PROJECT });
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, "the run is finished");
  },
);

Deno.test(
  "resume says of how many calls the outcome is unknown, and leaves a session alone whose process runs",
  runs,
  async () => {
    using folder = temporaryFolder();
    const child = await hanging(folder);
    const out = join(folder.path, "run");
    const early = await warmProgram(["resume", out], { cwd: PROJECT });
    assertEquals(early.code, 1);
    assertStringIncludes(early.stderr, "another process is writing it");
    child.kill("SIGKILL");
    await child.output();
    const ended = await warmProgram(["resume", out], { cwd: PROJECT });
    assertEquals(ended.code, 0, ended.stderr);
    assertStringIncludes(ended.stderr, "calls whose outcome is unknown: 1");
    await assertSound(out);
    const report = Deno.readTextFileSync(join(out, "run_report.md"));
    assertStringIncludes(report, "its process ended before it was closed");
  },
);

Deno.test(
  "closeSession() leaves a run of our own loop to resume",
  writes,
  async () => {
    await assertRejects(
      () => closeSession(join(PROJECT, "runs/policy_gates/pg4_forbidden_tool")),
      RangeError,
      "a run of our own loop",
    );
  },
);
