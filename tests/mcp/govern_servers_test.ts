/**
 * `govern` and `runAgent` with tools that servers serve.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join, z } from "../../deps.ts";
import {
  govern,
  type LlmInput,
  loadPolicy,
  runAgent,
  ToolError,
} from "../../mod.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { standardSchema } from "../../tools/schema.ts";
import { lacks } from "../permissions.ts";
import { temporaryFolder } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { allEnd, isRunning } from "./is_running.ts";
import { checkRun, eventsIn } from "./proxied.ts";
import { hostileServer, SERVED_POLICY } from "./served_run.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    ignore: lacks("read", "write", "run", "env"),
    fn,
  });
}

function policy(more: JsonObject = {}) {
  const text = JSON.stringify({ ...SERVED_POLICY, ...more });
  return loadPolicy(text, "policy.yaml");
}

function reached(folder: string): readonly string[] {
  return Deno.readTextFileSync(join(folder, "log")).trimEnd().split("\n")
    .filter((line) => !/^(initialize|tools|notif)/.test(line));
}

test("govern() judges calls of tools of servers, by the name of the policy and by that of a model", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  const session = await govern({
    policy: policy(),
    tools: [],
    mcpServers: { aa: hostileServer(), bb: hostileServer() },
    out,
    approver: "never",
  });
  const names = session.tools.map(({ name }) => name);
  assert(names.includes("aa__echo") && names.includes("bb__echo"));
  assert(!names.includes("aa__write"));
  assert(names.every((name) => /^[\w-]{1,64}$/.test(name)));
  const asked = await session.call("aa.echo", { text: "1" });
  const told = session.tools.find(({ name }) => name === "bb__echo");
  const also = await told?.call({ text: "2" });
  assertEquals([asked.type, also?.type], ["result", "result"]);
  const denied = await session.call("aa__write", { path: "x" });
  assertEquals(denied.type === "denied" && denied.rule, "tool_registry");
  const outside = await session.call("bb__write", { path: "/etc/x" });
  assertEquals(outside.type === "denied" && outside.rule, "sandbox_path");
  const spawned = await session.call("bb.spawn", {});
  const pids: readonly number[] = spawned.type === "result"
    ? JSON.parse(spawned.json).content[0].text.split(" ").map(Number)
    : [];
  assertEquals(await Promise.all(pids.map(isRunning)), [true, true]);
  await session.close();
  assert(await allEnd(pids), "a process of a server is left");
  assertEquals(reached(join(out, "sandbox")), [
    'echo {"text":"1"}',
    'echo {"text":"2"}',
    "spawn {}",
  ]);
  assertEquals(
    eventsOf("call_proposed", eventsIn(out)).map(({ tool }) => tool),
    ["aa.echo", "bb.echo", "aa.write", "bb.write", "bb.spawn"],
  );
  await checkRun(out);
});

test("govern() puts a changed list of a server on record, hides what differs and denies it", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  const session = await govern({
    policy: policy(),
    tools: [],
    mcpServers: { aa: hostileServer("rug-pull", "announces") },
    out,
  });
  await session.call("aa.change", {});
  const denied = await session.call("aa.echo", { text: "1" });
  assertEquals(denied.type === "denied" && denied.rule, "tool_pin");
  assert(!session.tools.some(({ name }) => name === "aa__echo"));
  assertEquals((await session.call("aa.error", {})).type, "failed");
  await session.close();
  assertEquals(eventsOf("tools_changed", eventsIn(out)).length, 1);
  await checkRun(out);
});

test("govern() hides the values of a server's environment, in arguments, too", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  const secret = "t0p-secret-value";
  Deno.env.set("GOVERN_SERVERS_KEY", secret);
  const session = await govern({
    policy: policy({
      mcp: {
        env: {
          PATH: { from: "PATH", secret: false },
          API_KEY: { from: "GOVERN_SERVERS_KEY" },
        },
      },
    }),
    tools: [],
    mcpServers: { aa: hostileServer() },
    out,
  });
  Deno.env.delete("GOVERN_SERVERS_KEY");
  const env = await session.call("aa.env", {});
  const echo = await session.call("aa.echo", { text: `it is ${secret}` });
  await session.close();
  const json = [env, echo].map((each) => each.type === "result" && each.json);
  assert(json.every((each) => String(each).includes("[env:API_KEY]")));
  for (const { name, isFile } of Deno.readDirSync(out)) {
    const text = isFile ? Deno.readTextFileSync(join(out, name)) : "";
    assert(!text.includes(secret), name);
  }
  await checkRun(out);
});

test("govern() hides the values of a server's environment in what other tools return and in why they fail", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  const secret = "t0p-secret-value";
  Deno.env.set("GOVERN_SERVERS_KEY", secret);
  const args = standardSchema(z.strictObject({}));
  const own = (name: string, run?: () => Promise<JsonObject>) => ({
    ...{ name, description: name, effects: {}, args },
    ...run === undefined ? {} : { run },
  });
  const failure = new Error("it broke", { cause: new Error(`at ${secret}`) });
  const session = await govern({
    policy: policy({
      tool_registry: {
        allowed: ["aa.*", "leak", "fail", "broken", "elsewhere"],
        denied: [],
      },
      mcp: {
        env: {
          PATH: { from: "PATH", secret: false },
          API_KEY: { from: "GOVERN_SERVERS_KEY" },
        },
      },
    }),
    tools: [
      own("leak", () => Promise.resolve({ [secret]: [`a ${secret}`] })),
      own(
        "fail",
        () => Promise.reject(new ToolError(`no ${secret}`, { type: "no" })),
      ),
      own("elsewhere"),
      own("broken", () => Promise.reject(failure)),
    ],
    mcpServers: { aa: hostileServer() },
    out,
  });
  Deno.env.delete("GOVERN_SERVERS_KEY");
  const leaked = await session.call("leak", {});
  assertEquals(leaked.type === "result" && leaked.value, {
    "[env:API_KEY]": ["a [env:API_KEY]"],
  });
  const failed = await session.call("fail", {});
  assertEquals(
    failed.type === "failed" && failed.error.message,
    "no [env:API_KEY]",
  );
  for (const result of [{ it: secret }, new ToolError(secret, { type: "x" })]) {
    const allowed = await session.call("elsewhere", {});
    const key = allowed.type === "allowed" ? allowed.idempotencyKey : "";
    const given = await session.result(key, result);
    assert(!JSON.stringify(given).includes(secret));
  }
  const broken = await session.call("broken", {});
  assert(!JSON.stringify(broken).includes(secret));
  await session.close();
  for (const { name, isFile } of Deno.readDirSync(out)) {
    const text = isFile ? Deno.readTextFileSync(join(out, name)) : "";
    assert(!text.includes(secret), name);
  }
  await checkRun(out);
});

test("govern() leaves nothing behind when a server cannot be used", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  await assertRejects(
    () =>
      govern({
        policy: policy(),
        tools: [],
        mcpServers: { aa: hostileServer("dies-at-once") },
        out,
      }),
    Error,
    "the server aa: it has ended",
  );
  await assertRejects(
    () =>
      govern({
        policy: policy({ sandbox: { isolation: "worker" } }),
        tools: [],
        mcpServers: { aa: hostileServer() },
        out,
      }),
    RangeError,
    "a server is a process of its own",
  );
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

test("runAgent() runs tools of servers, and goes on with them after a person has answered", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "out");
  const agent = {
    question: "What?",
    policy: policy({ escalate: [{ tools: ["bb.echo"], reason: "look" }] }),
    tools: [],
    mcpServers: { aa: hostileServer(), bb: hostileServer() },
    llm: ({ step }: LlmInput) =>
      Promise.resolve(
        [
          { calls: [{ id: "1", tool: "aa.echo", args_json: '{"text":"1"}' }] },
          { calls: [{ id: "2", tool: "bb.echo", args_json: '{"text":"2"}' }] },
        ][step - 1] ?? { answer: "done" },
      ),
    out,
  };
  const waits = await runAgent(agent);
  assertEquals(waits.outcome, "waiting");
  assertEquals(reached(join(out, "sandbox")), ['echo {"text":"1"}']);
  const ended = await runAgent({
    ...agent,
    approver: () => Promise.resolve({ verdict: "approved", approver: "Ann" }),
  });
  assertEquals([ended.outcome, ended.answer], ["ended", "done"]);
  assertEquals(reached(join(out, "sandbox")), [
    'echo {"text":"1"}',
    'echo {"text":"2"}',
  ]);
  await checkRun(out);
});
