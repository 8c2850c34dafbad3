/**
 * Runs whose tools are served by servers of the Model Context Protocol: from the
 * command line, with the hostile server, which uses nothing of this project.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { completion, llmServer } from "../llm_server.ts";
import { lacks } from "../permissions.ts";
import { started, temporaryFolder, warmProgram } from "../program.ts";
import { eventsOf } from "../rehearsal.ts";
import { CREDENTIALS, httpServer } from "./http_server.ts";
import { allEnd, isRunning } from "./is_running.ts";
import { checkRun, eventsIn } from "./proxied.ts";
import { hostileServer, SERVED_POLICY } from "./served_run.ts";

const PERMISSIONS = [
  ...["--allow-read", "--allow-write", "--allow-run", "--allow-env"],
  "--allow-net=127.0.0.1",
];

/** A call of a script. */
function call(tool: string, args: JsonObject = {}): JsonObject {
  return { calls: [{ tool, args }] };
}

const DONE: JsonObject = { answer: "done" };

/** A folder with a task and its policy. */
function desk(
  {
    policy = {},
    servers = { aa: hostileServer(), bb: hostileServer() },
    script = [],
  }: {
    readonly policy?: JsonObject;
    readonly servers?: Readonly<
      Record<string, ReturnType<typeof hostileServer>>
    >;
    readonly script?: readonly JsonObject[];
  },
) {
  const folder = temporaryFolder();
  const { path } = folder;
  function task(servers: JsonObject): void {
    Deno.writeTextFileSync(
      join(path, "task.yaml"),
      JSON.stringify({
        ...{ id: "desk", question: "What?", policy: "policy.yaml" },
        ...Object.keys(servers).length === 0 ? {} : { mcp_servers: servers },
        ...script.length === 0 ? {} : { script },
      }),
    );
  }
  task(servers);
  Deno.writeTextFileSync(
    join(path, "policy.yaml"),
    JSON.stringify({ ...SERVED_POLICY, ...policy }),
  );
  return {
    path,
    task,
    say: (args: readonly string[], env: Record<string, string> = {}) =>
      warmProgram(args, { cwd: path, permissions: PERMISSIONS, env }),
    events: (run = "out") => eventsIn(join(path, run)),
    text: (name: string) => Deno.readTextFileSync(join(path, name)),
    /** What reached the servers, a line each; they share the sandbox. */
    reached: (run = "out") =>
      Deno.readTextFileSync(join(path, run, "sandbox/log")).trimEnd()
        .split("\n").filter((line) => !/^(initialize|tools|notif)/.test(line)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const RUN = ["run", "task.yaml", "--out", "out"];

/** The texts of the results of a run, by tool. */
function results(events: readonly RunEvent[]): readonly (readonly string[])[] {
  return eventsOf("tool_finished", events).map(({ tool, result, error }) => [
    tool,
    error === null
      ? String(Object(result).content?.[0]?.text ?? JSON.stringify(result))
      : `${error.kind}: ${error.message}`,
  ]);
}

/** The denials of a run: tool and rule. */
function denials(events: readonly RunEvent[]): readonly (readonly unknown[])[] {
  return eventsOf("policy_checked", events)
    .filter(({ decision }) => decision === "deny")
    .map(({ tool, rule_id }) => [tool, rule_id]);
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: `servers of a run: ${name}`,
    ignore: lacks("read", "write", "run", "env", "net"),
    fn,
  });
}

test("tools of two servers with the same names are told apart, and the record is whole", async () => {
  using here = desk({
    script: [
      {
        calls: [
          { tool: "aa.echo", args: { text: "to a" } },
          { tool: "bb.echo", args: { text: "to b" } },
          { tool: "aa.write", args: { path: "x" } },
          { tool: "bb.write", args: { path: "/etc/x" } },
          { tool: "bb.write", args: { path: "~/x" } },
          { tool: "bb.write", args: { path: "sub/../x" } },
          { tool: "c.echo", args: {} },
        ],
      },
      DONE,
    ],
  });
  const ran = await here.say(RUN);
  assertEquals(ran.code, 0, ran.stderr);
  const events = here.events();
  assertEquals(results(events), [
    ["aa.echo", "to a"],
    ["bb.echo", "to b"],
    ["bb.write", "written"],
  ]);
  assertEquals(denials(events), [
    ["aa.write", "tool_registry"],
    ["bb.write", "sandbox_path"],
    ["bb.write", "sandbox_path"],
    ["c.echo", "tool_registry"],
  ]);
  const root = Deno.realPathSync(join(here.path, "out/sandbox"));
  assertEquals(here.reached(), [
    'echo {"text":"to a"}',
    'echo {"text":"to b"}',
    `write {"path":"${join(root, "x")}"}`,
  ]);
  await checkRun(join(here.path, "out"));
  for (const word of ["verify", "replay"]) {
    assertEquals((await here.say([word, "out"])).code, 0, word);
  }
  for (const name of ["state.jsonl", "trace.json", "run_report.md"]) {
    const [, more = ""] = here.text(join("out", name)).split(root);
    const left = more.length === 0;
    assert(left, `${name} has a path of the machine`);
  }
});

test("a call that is left to a person runs once it is approved", async () => {
  using here = desk({
    policy: {
      escalate: [{ tools: ["bb.echo"], reason: "look at it" }],
    },
    script: [
      call("aa.echo", { text: "1" }),
      call("bb.echo", { text: "2" }),
      DONE,
    ],
  });
  const waits = await here.say([...RUN, "--approve", "file"]);
  assertEquals(waits.code, 3, waits.stderr);
  assertEquals(here.reached(), ['echo {"text":"1"}']);
  const approved = await here.say([
    "approvals",
    "approve",
    "out",
    "--by",
    "Ann",
  ]);
  assertEquals(approved.code, 0, approved.stderr);
  const resumed = await here.say(["resume", "out"]);
  assertEquals(resumed.code, 0, resumed.stderr);
  assertEquals(here.reached(), ['echo {"text":"1"}', 'echo {"text":"2"}']);
  await checkRun(join(here.path, "out"));
});

/** What is private, what outsiders write, and what sends, in every order and without one. */
const TRIFECTA = ["aa.env", "bb.echo", "aa.twice"] as const;
const ORDERS = TRIFECTA.flatMap((first) =>
  TRIFECTA.filter((each) => each !== first).flatMap((second) => [
    [first, second],
    [
      ...[first, second],
      ...TRIFECTA.filter((each) => each !== first && each !== second),
    ],
  ])
);

for (const order of ORDERS) {
  // It is what sends that is denied, once both others have been read.
  const denied = order.length === 3 && order[2] === "aa.twice";
  test(`the trifecta over two servers, ${order.join(", ")}, ${denied ? "is denied" : "runs"}`, async () => {
    using here = desk({
      policy: {
        tools: [
          { match: ["aa.env"], effects: "none", labels: ["private"] },
          { match: ["bb.echo"], effects: "none", labels: ["untrusted"] },
          { match: ["aa.twice"], effects: "none", labels: ["sink"] },
        ],
        flow: [{
          ...{ id: "trifecta", after: ["untrusted", "private"] },
          ...{ before: "sink", effect: "deny", reason: "it may carry it out" },
        }],
      },
      script: [...order.map((tool) => call(tool)), DONE],
    });
    const ran = await here.say(RUN);
    assertEquals(ran.code, 0, ran.stderr);
    assertEquals(
      denials(here.events()),
      denied ? [["aa.twice", "flow"]] : [],
    );
    assertEquals(
      here.reached().length,
      denied ? order.length - 1 : order.length,
    );
    await checkRun(join(here.path, "out"));
  });
}

test("every event can be resumed from", async () => {
  using here = desk({
    script: [
      call("aa.echo", { text: "1" }),
      {
        calls: [
          { tool: "bb.echo", args: { text: "2" } },
          { tool: "aa.write", args: { path: "x" } },
        ],
      },
      DONE,
    ],
  });
  const ran = await here.say(RUN);
  assertEquals(ran.code, 0, ran.stderr);
  const ledger = here.text("out/state.jsonl");
  const lines = ledger.trimEnd().split("\n");
  for (let count = 1; count < lines.length; count++) {
    const half = `half_${count}`;
    Deno.mkdirSync(join(here.path, half, "sandbox"), { recursive: true });
    const kept = lines.slice(0, count);
    Deno.writeTextFileSync(
      join(here.path, half, "state.jsonl"),
      `${kept.join("\n")}\n`,
    );
    const { code, stderr } = await here.say(["resume", half]);
    const last = JSON.parse(kept.at(-1) ?? "");
    // Nobody knows what became of a call without a receipt, and it is not made again.
    const isUnknown = ["tool_started", "attempt_finished"].includes(last.type);
    assertEquals(code, isUnknown ? 2 : 0, `${count} lines: ${stderr}`);
    const after = here.text(join(half, "state.jsonl"));
    if (isUnknown) assertStringIncludes(after, '"type":"indeterminate"');
    else assertEquals(after, ledger, `${count} lines`);
    await checkRun(join(here.path, half));
  }
});

test("one that dies is a failure of its calls, and the run goes on", async () => {
  using here = desk({
    script: [
      call("aa.die"),
      call("aa.echo", { text: "1" }),
      call("bb.error"),
      call("bb.malformed"),
      call("bb.large", { ms: 2 ** 22 }),
      call("bb.echo", { text: "2" }),
      DONE,
    ],
  });
  const ran = await here.say(RUN);
  assertEquals(ran.code, 0, ran.stderr);
  const [died, after, error, malformed, large, alive] = results(here.events());
  assertStringIncludes(String(died), "reported: the server aa has ended");
  assertStringIncludes(String(after), "reported: the server aa");
  assertStringIncludes(String(error), "reported: out of paper (-32050)");
  assertStringIncludes(String(malformed), "cannot be read");
  assertStringIncludes(String(large), '"large_result":{"bytes":4194');
  assertEquals(alive, ["bb.echo", "2"]);
  assertStringIncludes(here.text("out/incidents.jsonl"), '"server_fault"');
  await checkRun(join(here.path, "out"));
});

test("one that does not answer in time is a failure of the call", async () => {
  using here = desk({
    policy: {
      mcp: {
        env: { PATH: { from: "PATH", secret: false } },
        call_timeout_ms: 3000,
      },
    },
    servers: { aa: hostileServer() },
    script: [call("aa.hang"), call("aa.echo", { text: "1" }), DONE],
  });
  const ran = await here.say(RUN);
  assertEquals(ran.code, 0, ran.stderr);
  assertEquals(results(here.events()), [
    ["aa.hang", "reported: the server aa did not answer within 3000 ms"],
    ["aa.echo", "1"],
  ]);
});

test("a definition that changes is on record, hidden and denied by tool_pin", async () => {
  using here = desk({
    servers: {
      aa: hostileServer("rug-pull", "announces"),
      bb: hostileServer(),
    },
    script: [
      {
        calls: [
          { tool: "aa.change", args: {} },
          { tool: "aa.echo", args: { text: "in the same step" } },
        ],
      },
      {
        calls: [
          { tool: "aa.echo", args: { text: "later" } },
          { tool: "aa.later", args: {} },
          { tool: "bb.echo", args: { text: "b" } },
        ],
      },
      DONE,
    ],
  });
  const ran = await here.say(RUN);
  assertEquals(ran.code, 0, ran.stderr);
  const events = here.events();
  assertEquals(results(events), [
    ["aa.change", "changed"],
    [
      "aa.echo",
      "reported: the definition of this tool has changed since the model was told of it",
    ],
    ["bb.echo", "b"],
  ]);
  assertEquals(denials(events), [
    ["aa.echo", "tool_pin"],
    ["aa.later", "tool_pin"],
  ]);
  assertEquals(
    eventsOf("tools_changed", events).map(({ step, tools }) => [
      step,
      tools.map(({ name }) => name),
    ]),
    [[2, ["aa.echo", "aa.later"]]],
  );
  assertStringIncludes(here.text("out/incidents.jsonl"), '"found":"changed"');
  assertStringIncludes(ran.stderr, "aa.echo: its definition has changed");
  assertEquals(here.reached(), ["change {}", 'echo {"text":"b"}']);
  await checkRun(join(here.path, "out"));
  // A part of it can be resumed: the change is on record.
  const lines = here.text("out/state.jsonl").trimEnd().split("\n");
  const cut = lines.findIndex((line) => line.includes('"tools_changed"')) + 2;
  Deno.mkdirSync(join(here.path, "half/sandbox"), { recursive: true });
  Deno.writeTextFileSync(
    join(here.path, "half/state.jsonl"),
    `${lines.slice(0, cut).join("\n")}\n`,
  );
  const resumed = await here.say(["resume", "half"]);
  assertEquals(resumed.code, 0, resumed.stderr);
  assertEquals(denials(here.events("half"))[0], ["aa.echo", "tool_pin"]);
  await checkRun(join(here.path, "half"));
});

test("a run that is resumed with other definitions denies them by tool_pin", async () => {
  using here = desk({
    servers: {},
    script: [
      call("aa.echo", { text: "1" }),
      call("aa.echo", { text: "2" }),
      DONE,
    ],
  });
  const { command, args } = hostileServer();
  const mcp = `aa=${command} ${args.join(" ")}`;
  const ran = await here.say([...RUN, "--mcp", mcp]);
  assertEquals(ran.code, 0, ran.stderr);
  const lines = here.text("out/state.jsonl").trimEnd().split("\n");
  const cut = lines.findIndex((line) => line.includes('"step_finished"')) + 1;
  Deno.mkdirSync(join(here.path, "half/sandbox"), { recursive: true });
  Deno.writeTextFileSync(
    join(here.path, "half/state.jsonl"),
    `${lines.slice(0, cut).join("\n")}\n`,
  );
  const without = await here.say(["resume", "half"]);
  assertEquals(without.code, 1);
  assertEquals(
    without.stderr,
    "half/state.jsonl:1: the run has tools of the server aa; name its command with --mcp aa=COMMAND\n",
  );
  const resumed = await here.say(["resume", "half", "--mcp", `${mcp} other`]);
  assertEquals(resumed.code, 0, resumed.stderr);
  const events = here.events("half");
  assertEquals(results(events), [["aa.echo", "1"]]);
  assertEquals(denials(events), [["aa.echo", "tool_pin"]]);
  assertEquals(here.reached("half"), []);
  await checkRun(join(here.path, "half"));
});

test("each gets the environment that the policy names for it, and its values are seen nowhere", async () => {
  const secret = "t0p-secret-value";
  using here = desk({
    policy: {
      mcp: {
        env: {
          PATH: { from: "PATH", secret: false },
          API_KEY: { from: "MY_KEY", servers: ["aa"] },
        },
      },
    },
    script: [
      call("aa.env"),
      call("bb.env"),
      call("bb.echo", { text: `it is ${secret}` }),
      DONE,
    ],
  });
  const ran = await here.say(RUN, { MY_KEY: secret, OTHER: "x" });
  assertEquals(ran.code, 0, ran.stderr);
  const [a, b, echoed] = results(here.events()).map(([, text = ""]) => text);
  const path = Deno.env.get("PATH");
  assertEquals(JSON.parse(a ?? ""), { PATH: path, API_KEY: "[env:API_KEY]" });
  assertEquals(JSON.parse(b ?? ""), { PATH: path });
  assertEquals(echoed, "it is [env:API_KEY]");
  const unset = await here.say(["run", "task.yaml", "--out", "other"]);
  assertEquals(unset.code, 1);
  assertStringIncludes(unset.stderr, "MY_KEY, which is not set");
});

test("one at a URL gets the credentials that the policy names with each request, and they are on no record", async () => {
  using server = httpServer();
  const env = {
    AUTHORIZATION: { from: "MY_KEY", servers: ["aa"] },
  };
  using here = desk({
    policy: { mcp: { env } },
    servers: {},
    script: [
      call("aa.echo", { text: "hello" }),
      call("aa.credentials"),
      DONE,
    ],
  });
  const words = [...RUN, "--mcp", `aa=${server.url}`];
  const ran = await here.say(words, { MY_KEY: CREDENTIALS });
  assertEquals(ran.code, 0, ran.stderr);
  assertEquals(results(here.events()), [
    ["aa.echo", "hello"],
    ["aa.credentials", "it is [env:AUTHORIZATION]"],
  ]);
  const methods = server.reached.map(({ method }) => method);
  assertEquals(methods.filter((method) => method === "DELETE").length, 1);
  assertEquals(
    server.reached.filter(({ authorization }) => authorization !== CREDENTIALS),
    [],
  );
  assert(server.reached.every(({ body }) => !body.includes(CREDENTIALS)));
  const out = join(here.path, "out");
  for (const { name, isFile } of Deno.readDirSync(out)) {
    const text = isFile ? Deno.readTextFileSync(join(out, name)) : "";
    assert(!text.includes("a-secret-of-the-client"), name);
  }
  assert(!`${ran.stdout}${ran.stderr}`.includes("a-secret-of-the-client"));
  await checkRun(out);
  const other = await here.say(
    ["run", "task.yaml", "--out", "other", "--mcp", `aa=${server.url}`],
    { MY_KEY: "Bearer another-secret" },
  );
  assertEquals(other.code, 1);
  assertStringIncludes(other.stderr, "the server aa: ");
  assertStringIncludes(other.stderr, "status 401");
  assert(!other.stderr.includes("another-secret"));
});

test("a model is told names that providers take, and the record has those of the policy", async () => {
  using here = desk({});
  await using model = llmServer([
    completion({
      calls: [{ id: "1", name: "aa__echo", arguments: '{"text":"hi"}' }],
    }),
    completion({ content: "hi" }),
  ]);
  const ran = await here.say([
    ...RUN,
    ...["--llm", "openai-compatible:small", "--base-url", model.baseUrl],
  ]);
  assertEquals(ran.code, 0, ran.stderr);
  assertEquals(results(here.events()), [["aa.echo", "hi"]]);
  const [calls] = eventsOf("llm_completed", here.events());
  assertEquals(calls?.calls[0]?.tool, "aa.echo");
  const [first, second] = model.requests.map(({ body }) =>
    JSON.stringify(body)
  );
  assertStringIncludes(first ?? "", '"name":"bb__echo"');
  assertStringIncludes(first ?? "", "files inside your working folder");
  assert(!/"name":"[^"]*\./.test(first ?? ""));
  assertStringIncludes(second ?? "", '"name":"aa__echo"');
  await checkRun(join(here.path, "out"));
});

test("one that cannot be used ends nothing but the start", async () => {
  for (
    const { servers, policy, why } of [
      {
        servers: { aa: hostileServer("dies-at-once") },
        why:
          /^the server aa: it has ended: it closed its output \(exit code 7\)$/m,
      },
      {
        servers: {
          bb: hostileServer(),
          aa: { command: "no-such-program", args: [] },
        },
        why: /Cannot start "no-such-program"/,
      },
      {
        servers: { aa: hostileServer() },
        policy: { sandbox: { isolation: "worker" } },
        why:
          /Cannot use the server aa under this policy: it has sandbox.isolation: worker/,
      },
      {
        servers: { "a.b": hostileServer() },
        why: /mcp_servers.*expected up to 32 letters, digits/,
      },
    ]
  ) {
    using here = desk({ servers, policy: policy ?? {}, script: [DONE] });
    const ran = await here.say(RUN);
    assertEquals(ran.code, 1);
    assert(why.test(ran.stderr), ran.stderr);
    assertEquals(
      [...Deno.readDirSync(here.path)].map(({ name }) => name).sort(),
      ["policy.yaml", "task.yaml"],
    );
  }
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`after ${signal} no server and no child of one is left`, async () => {
    using here = desk({
      script: [
        call("aa.spawn"),
        call("bb.spawn"),
        call("aa.sleep", { ms: 60_000 }),
        DONE,
      ],
    });
    const child = started(RUN, { cwd: here.path, permissions: PERMISSIONS });
    const log = () => {
      try {
        return here.reached();
      } catch {
        return [];
      }
    };
    for (let n = 0; !log().some((line) => line.startsWith("sleep")); n++) {
      assert(n < 300, "it does not come to its last call");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const pids = results(
      here.text("out/state.jsonl").trimEnd().split("\n").map((line) =>
        JSON.parse(line)
      ),
    ).flatMap(([, pids = ""]) => pids.split(" ").map(Number));
    assertEquals(
      await Promise.all(pids.map(isRunning)),
      [true, true, true, true],
    );
    child.kill(signal);
    await child.output();
    assert(await allEnd(pids), "a process of a server is left");
    if (signal === "SIGKILL") return;
    const [finished] = eventsOf("run_finished", here.events());
    assertEquals(finished?.terminal_reason, "cancelled");
    await checkRun(join(here.path, "out"));
  });
}
