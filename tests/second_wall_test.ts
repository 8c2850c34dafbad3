import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { workerPermissions } from "../policy/deno/worker_permissions.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { governedLoop } from "../runtime/loop.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import { virtualClock } from "../runtime/env.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Leftover } from "../tools/sandbox/leftover.ts";
import { startToolWorker } from "../tools/worker/tool_worker.ts";
import { toolRegistry } from "../tools/registry.ts";
import { type Attack, ATTACKER } from "./attacker.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

const SECRET = "SECRET";

/** Runs one attack with all six rules taken out; returns its receipt. */
async function attackUngoverned(
  { name, target }: Attack,
  { sandbox, listed }: { readonly sandbox: string; readonly listed: string },
) {
  const policy = loadPolicy(
    `version: 1
on_deny: terminate
tool_registry: { allowed: [], denied: [] }
url_allowlist: ["http://${listed}"]
sandbox: { isolation: worker }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 2 }
cycle_detection: { max_repeats: 1, max_period: 2 }
retry: { max_retries: 3, backoff_base_ms: 0, backoff_cap_ms: 0 }
`,
    "policy.yaml",
  );
  const leftovers: Leftover[] = [];
  using worker = await startToolWorker({
    leftover: (leftover) => leftovers.push(leftover),
    entry: new URL("./hostile_worker.ts", import.meta.url),
    permissions: workerPermissions(policy.document, {
      sandbox,
      served: [],
      granted: () => true,
    }),
  });
  const script = scriptedLlm([
    { calls: [{ tool: "attack", args: { name, target } }] },
    { answer: "done" },
  ]);
  const events: RunEvent[] = [];
  const run = governedLoop({
    runId: "attack",
    seed: 0,
    task: { id: "attack", question: "?", text: "" },
    policy,
    tools: toolRegistry(await worker.open([ATTACKER], sandbox)),
    sandbox: directorySandbox(sandbox),
    llm: script.llm,
    model: {
      execution_path: "stub",
      provider: "scripted",
      model: "attack",
      script_sha256: script.sha256,
    },
    corpus: { sha256: "0".repeat(64), documents: 0 },
    rules: [],
  }, {
    ...virtualClock(0n),
    resolve: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  });
  for await (const event of run) events.push(event);
  return {
    leftovers,
    attempts: events.flatMap((event) =>
      event.type === "attempt_finished" ? [event.outcome] : []
    ),
    receipt: events.find((event) => event.type === "tool_finished"),
    end: events.find((event) => event.type === "run_finished"),
    modes: events.flatMap((event) =>
      event.type === "step_finished" && event.failure_mode !== null
        ? [event.failure_mode]
        : []
    ),
  };
}

/** A world with a secret beside the sandbox, a listed server and one that is not. */
function world() {
  const folder = temporaryFolder();
  const root = Deno.realPathSync(folder.path);
  const sandbox = join(root, "sandbox");
  Deno.mkdirSync(sandbox);
  Deno.writeTextFileSync(join(sandbox, "in.txt"), "inside");
  Deno.writeTextFileSync(join(root, "secret.txt"), SECRET);
  Deno.writeTextFileSync(
    join(root, "secret.ts"),
    `export const secret = "${SECRET}";`,
  );
  Deno.symlinkSync("../secret.txt", join(sandbox, "link.txt"));
  const requests: string[] = [];
  const start = (name: string, answer: (url: string) => Response) =>
    Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      ({ url }) => {
        requests.push(`${name} ${new URL(url).pathname}`);
        return answer(url);
      },
    );
  const unlisted = start("unlisted", () => new Response(SECRET));
  const elsewhere = `http://127.0.0.1:${unlisted.addr.port}/stolen`;
  const listed = start(
    "listed",
    (url) =>
      url.endsWith("/away")
        ? Response.redirect(elsewhere)
        : new Response("public"),
  );
  return {
    root,
    sandbox,
    elsewhere,
    port: unlisted.addr.port,
    listed: `127.0.0.1:${listed.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      await Promise.all([listed.shutdown(), unlisted.shutdown()]);
      folder[Symbol.dispose]();
    },
  };
}

type World = ReturnType<typeof world>;

const needs = { ignore: lacks("read", "write", "net") };

/** What Deno stops, gate or no gate. */
const STOPPED: readonly {
  readonly name: string;
  readonly target: (world: World) => string;
}[] = [
  { name: "read", target: ({ root }) => join(root, "secret.txt") },
  { name: "read", target: ({ sandbox }) => `${sandbox}/../secret.txt` },
  { name: "read", target: () => "/etc/passwd" },
  { name: "read", target: () => "/proc/self/environ" },
  { name: "list", target: ({ root }) => root },
  { name: "stat", target: ({ root }) => join(root, "secret.txt") },
  { name: "write", target: ({ root }) => join(root, "planted.txt") },
  { name: "write", target: ({ sandbox }) => `${sandbox}/../planted.txt` },
  { name: "make a symbolic link to", target: ({ root }) => root },
  {
    name: "make a hard link to",
    target: ({ root }) => join(root, "secret.txt"),
  },
  { name: "environment", target: () => "HOME" },
  { name: "subprocess", target: () => "/bin/id" },
  { name: "foreign function", target: () => "libc.so.6" },
  { name: "system", target: () => "" },
  { name: "import", target: ({ root }) => `file://${root}/secret.ts` },
  { name: "fetch", target: ({ elsewhere }) => elsewhere },
  { name: "fetch", target: ({ listed }) => `http://${listed}/away` },
  { name: "connect", target: ({ port }) => String(port) },
  { name: "look up", target: () => "leak.example" },
  { name: "wider Worker", target: () => "" },
];

STOPPED.forEach(({ name, target }, index) => {
  Deno.test(
    `a Worker without any gate cannot do this: ${name} (${index})`,
    needs,
    async () => {
      await using here = world();
      const { attempts, receipt, end, modes } = await attackUngoverned(
        { name, target: target(here) },
        here,
      );
      assertEquals(receipt?.type === "tool_finished" && receipt.result, null);
      assertEquals(attempts, ["permission_denied"]);
      assertEquals(
        receipt?.type === "tool_finished" && receipt.error?.type,
        "permission_denied",
      );
      assertEquals(modes, ["catalogued_unhandled"]);
      assertEquals(
        end?.type === "run_finished" && end.terminal_reason,
        "failure_mode_terminal",
      );
      assertEquals(here.requests.filter((each) => /^unlisted/.test(each)), []);
      assertEquals(
        [...Deno.readDirSync(here.root)].map((entry) => entry.name).sort(),
        ["sandbox", "secret.ts", "secret.txt"],
      );
      assertEquals(JSON.stringify(receipt).includes(SECRET), false);
    },
  );
});

Deno.test(
  "a Worker can read its sandbox and reach a listed host",
  needs,
  async () => {
    await using here = world();
    const read = await attackUngoverned({
      name: "read",
      target: join(here.sandbox, "in.txt"),
    }, here);
    assertEquals(
      read.receipt?.type === "tool_finished" && read.receipt.result,
      "inside",
    );
    const got = await attackUngoverned({
      name: "fetch",
      target: `http://${here.listed}/`,
    }, here);
    assertEquals(
      got.receipt?.type === "tool_finished" && got.receipt.result,
      "public",
    );
  },
);

Deno.test(
  "a link that leads out is stopped by the verified handle, not by Deno",
  needs,
  async () => {
    await using here = world();
    const path = join(here.sandbox, "link.txt");
    const bare = await attackUngoverned({ name: "read", target: path }, here);
    assertEquals(
      bare.receipt?.type === "tool_finished" && bare.receipt.result,
      SECRET,
    );
    const verified = await attackUngoverned(
      { name: "verified read", target: "link.txt" },
      here,
    );
    assertEquals(
      verified.receipt?.type === "tool_finished" &&
        verified.receipt.error?.type,
      "sandbox_violation",
    );
  },
);

Deno.test(
  "a Worker that says what no Worker of ours says ends the run on record",
  needs,
  async () => {
    await using here = world();
    const { receipt, modes } = await attackUngoverned(
      { name: "forge", target: "forged" },
      here,
    );
    assertEquals(receipt?.type === "tool_finished" && receipt.result, null);
    assertStringIncludes(
      (receipt?.type === "tool_finished" && receipt.error?.message) || "",
      "no Worker of ours",
    );
    assertEquals(modes, ["catalogued_unhandled"]);
  },
);

Deno.test("a Worker tells of what it left in its sandbox", needs, async () => {
  await using here = world();
  const place = "<sandbox>/drafts/new.md";
  const { leftovers, attempts } = await attackUngoverned(
    { name: "claim a leftover", target: place },
    here,
  );
  assertEquals(attempts, ["success"]);
  assertEquals(leftovers, [{ kind: "file", place }]);
});

for (const target of ["/etc/passwd", "", "<sandbox>", "<outside>", "../a"]) {
  Deno.test(
    `a Worker that tells of something left at "${target}" ends the run on record`,
    needs,
    async () => {
      await using here = world();
      const { leftovers, modes } = await attackUngoverned(
        { name: "claim a leftover", target },
        here,
      );
      assertEquals(leftovers, []);
      assertEquals(modes, ["catalogued_unhandled"]);
    },
  );
}
