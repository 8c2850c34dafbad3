/**
 * A session with an injected clock over a directory, the same in Deno and in Node.
 * Arguments: how the package is imported, and its entry `./session`; the folder of the
 * record; the number of the event after which the process kills itself, or `-1`.
 * With `hold` after them it waits for standard input before it closes.
 *
 * @module
 */
import process from "node:process";

const [entry = "", sessionEntry = "", out = "", kill = "-1", hold = ""] =
  process.argv.slice(2);

const {
  directorySandbox,
  directoryStore,
  loadPolicy,
  readTool,
  recordRun,
  tool,
  ToolError,
  virtualClock,
  writeTool,
}: typeof import("../../mod.ts") = await import(entry);
const { governedSession, modelText }:
  typeof import("../../runtime/session/mod.ts") = await import(sessionEntry);

const policy = loadPolicy(
  `version: 1
on_deny: continue
tool_registry: { allowed: [work, read, write, elsewhere], denied: [] }
url_allowlist: []
escalate:
  - tools: [work]
    when: [{ argument: text, starts_with: ask }]
    reason: a person is to see it
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 1, max_tool_calls: 30 }
cycle_detection: { max_repeats: 9, max_period: 2 }
retry: { max_retries: 2, backoff_base_ms: 8, backoff_cap_ms: 64 }
`,
  "policy.yaml",
);

/** Arguments with one text. */
const oneText: Parameters<typeof tool<{ readonly text: string }>>[0]["args"] = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "object" && value !== null && "text" in value &&
        typeof value.text === "string"
        ? { value: { text: value.text } }
        : { issues: [{ message: "expected a text", path: ["text"] }] },
    jsonSchema: {
      input: () => ({
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
      }),
    },
  },
};

let tries = 0;
const work = tool<{ readonly text: string }>({
  name: "work",
  description: "Work on a text",
  args: oneText,
  effects: {},
  idempotent: true,
  run({ text }) {
    if (text === "wrong") throw new RangeError("Out of range");
    if (text === "busy" && tries++ === 0) {
      throw new ToolError("Come again", { type: "busy", transient: true });
    }
    return Promise.resolve({ text, says: "Grüße 🌍" });
  },
});
const elsewhere = {
  name: "elsewhere",
  description: "Somebody else does it",
  args: oneText,
  effects: {},
};

const store = directoryStore({ now: () => new Date(0) });
const record = store.run(out);
const sink = await record.begin();
const sandbox = directorySandbox(record.sandbox);
const session = governedSession({
  runId: "the-same",
  seed: 7,
  policy,
  question: "What now?",
  tools: [work, readTool(sandbox), writeTool(sandbox), elsewhere],
  sandbox,
}, {
  ...virtualClock(1_700_000_000_000_000_000n),
  inOrder: () => true,
  resolve: () => Promise.resolve(undefined),
  approver: ({ tool }) =>
    Promise.resolve({ approver: `for ${tool}`, verdict: "approved" }),
  signal: new AbortController().signal,
}, async (events) => {
  try {
    return await recordRun(events, sink, {
      programVersion: "0.0.0",
      volatile: () => ({
        timestamp: "2026-01-01T00:00:00.000Z",
        wall_clock_seconds: 0,
        git_sha: null,
      }),
      recorded({ seq }) {
        if (seq === Number(kill)) process.kill(process.pid, "SIGKILL");
      },
    });
  } finally {
    if (Symbol.dispose in sink) sink[Symbol.dispose]();
  }
});

const results = [
  await session.call("work", { text: "first" }, { id: "1" }),
  await session.call("work", { text: "wrong" }),
  await session.call("work", { text: "busy" }),
  await session.call("work", { text: "ask me" }),
  await session.call("work", { text: 1 }),
  await session.call("rm", {}),
  await session.call("write", { path: "notes/a.md", content: "one\n" }),
  await session.call("write", { path: "notes/a.md", content: "two\n" }),
  await session.call("write", { path: "b.md", content: "three\n" }),
  await session.call("read", { path: "notes/../notes/a.md" }),
  await session.call("read", { path: "missing.md" }),
  await session.call("read", { path: "notes" }),
  await session.call("read", { path: "../../etc/passwd" }),
  await session.call("write", { path: "/etc/hosts", content: "" }),
];
const allowed = await session.call("elsewhere", { text: "over there" });
if (allowed.type === "allowed") {
  results.push(await session.result(allowed.idempotencyKey, { done: true }));
}
for (const result of results) console.log(modelText(result));
if (hold !== "") {
  console.log("holding");
  await new Promise((resolve) => process.stdin.once("data", resolve));
}
const { terminal_reason } = await session.close("done");
console.log(terminal_reason);
