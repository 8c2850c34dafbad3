/**
 * Policies, tools and records, with the answers of persons, are closed to every
 * governed tool: an agent can change neither what it is judged by nor what is on record
 * of it.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { join } from "../deps.ts";
import { govern, loadPolicy, readTool, tool, writeTool } from "../mod.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };
const POLICY = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"));

/** A folder with a policy, a link to it, and a run that has a sandbox. */
function laidDown() {
  const folder = temporaryFolder();
  const at = (path: string) => join(folder.path, path);
  for (const path of ["runs/a/sandbox", "docs"]) {
    Deno.mkdirSync(at(path), { recursive: true });
  }
  Deno.writeTextFileSync(at("policy.yaml"), POLICY);
  Deno.symlinkSync("../policy.yaml", at("docs/link.yaml"));
  const files = [
    ...["runs/a/state.jsonl", "runs/a/approvals.jsonl"],
    ...["runs/a/sandbox/note.md", "docs/note.md"],
  ];
  for (const path of files) Deno.writeTextFileSync(at(path), "");
  return Object.assign(folder, { at });
}

const WANTED: readonly (readonly [path: string, decision: string])[] = [
  ["policy.yaml", "deny"],
  ["docs/../policy.yaml", "deny"],
  ["docs/link.yaml", "deny"],
  ["runs/a", "deny"],
  ["runs/a/state.jsonl", "deny"],
  ["runs/a/approvals.jsonl", "deny"],
  ["runs/a/manifest.json", "deny"],
  ["runs/a/new/file.md", "deny"],
  ["runs/a/sandbox/note.md", "allow"],
  ["runs/b/note.md", "allow"],
  ["docs/note.md", "allow"],
  ["policy.yaml.md", "allow"],
];

Deno.test(
  "decide denies what would read or write the policy or the record of a run",
  runs,
  async () => {
    using here = laidDown();
    const lines = WANTED.flatMap(([path]) => [
      JSON.stringify({ tool: "read", args: { path } }),
      JSON.stringify({ tool: "write", args: { path, content: "x" } }),
    ]);
    const { stdout, stderr } = await program(
      ["decide", "--policy", "policy.yaml"],
      { cwd: here.path, stdin: lines.join("\n") },
    );
    assertEquals(stderr, "");
    const decided = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(
      decided.map(({ decision }) => decision),
      WANTED.flatMap(([, decision]) => [decision, decision]),
    );
    for (const { decision, rule_id } of decided) {
      if (decision === "deny") assertEquals(rule_id, "sandbox_path");
    }
  },
);

Deno.test(
  "decide denies what would change the tools that it is told of",
  runs,
  async () => {
    using here = laidDown();
    const args = { type: "object", properties: { path: { type: "string" } } };
    Deno.writeTextFileSync(
      here.at("tools.json"),
      JSON.stringify([{
        name: "write",
        description: "Write",
        input_schema: args,
        effects: { fetches: [], reads: [], writes: ["path"] },
      }]),
    );
    const { stdout } = await program(
      ["decide", "--policy", "policy.yaml", "--tools", "tools.json"],
      {
        cwd: here.path,
        stdin: ["tools.json", "other.json"].map((path) =>
          JSON.stringify({ tool: "write", args: { path } })
        ).join("\n"),
      },
    );
    assertEquals(
      stdout.trim().split("\n").map((line) => JSON.parse(line).decision),
      ["deny", "allow"],
    );
  },
);

/** Paths from the sandbox of a run to what is closed. */
const FROM_SANDBOX = [
  ...["../state.jsonl", "../approvals.jsonl", "../manifest.json", ".."],
  ...["../../policy.yaml", "../../other/state.jsonl"],
];

Deno.test(
  "run denies its tools what is beside their sandbox",
  runs,
  async () => {
    using here = laidDown();
    const policy = POLICY.replace("on_deny: terminate", "on_deny: continue");
    Deno.writeTextFileSync(here.at("policy.yaml"), policy);
    const calls = FROM_SANDBOX.map((path) => ({
      tool: "write",
      args: { path, content: "x" },
    }));
    Deno.writeTextFileSync(
      here.at("task.yaml"),
      JSON.stringify({
        id: "t",
        question: "Change the record.",
        policy: "policy.yaml",
        script: [{ calls }, { answer: "Denied." }],
      }),
    );
    const { code, stdout, stderr } = await warmProgram(
      ["run", "task.yaml", "--out", "out", "--json"],
      { cwd: here.path },
    );
    assertEquals(code, 0, stderr);
    const { totals } = JSON.parse(stdout);
    assertEquals([totals.denials, totals.tool_calls], [calls.length, 0]);
    assertEquals(Deno.readTextFileSync(here.at("policy.yaml")), policy);
  },
);

Deno.test(
  "govern() denies its tools what is beside their sandbox",
  runs,
  async () => {
    using here = laidDown();
    const policy = loadPolicy(
      POLICY.replace("on_deny: terminate", "on_deny: continue")
        .replace(/^ *max_tokens:.*\n/m, ""),
      "policy.yaml",
    );
    const ran: string[] = [];
    await using session = await govern({
      policy,
      out: here.at("out"),
      tools: [tool({
        name: "write",
        description: "Write",
        args: z.strictObject({ path: z.string() }),
        effects: { writes: ["path"] },
        run({ path }) {
          ran.push(path);
          return Promise.resolve(null);
        },
      })],
    });
    for (const path of FROM_SANDBOX) {
      const denied = await session.call("write", { path });
      assertEquals(
        denied.type === "denied" && denied.rule,
        "sandbox_path",
        path,
      );
    }
    assertEquals(
      (await session.call("write", { path: "a.md" })).type,
      "result",
    );
    assertEquals(ran, ["a.md"]);
  },
);

Deno.test(
  "govern() has tools use a folder that exists, but not its policy and its records",
  runs,
  async () => {
    using here = laidDown();
    const policy = POLICY.replace("on_deny: terminate", "on_deny: continue")
      .replace(/^ *max_tokens:.*\n/m, "");
    Deno.writeTextFileSync(here.at("policy.yaml"), policy);
    const session = await govern({
      policy: here.at("policy.yaml"),
      sandbox: here.path,
      out: here.at("runs/b"),
      tools: ({ sandbox }) => [readTool(sandbox), writeTool(sandbox)],
    });
    for (const [path, decision] of WANTED) {
      if (path.startsWith("runs/b")) continue;
      const { type } = await session.call("write", { path, content: "new" });
      assertEquals(type === "denied" ? "deny" : "allow", decision, path);
    }
    for (const path of ["runs/b/state.jsonl", "runs/b/approvals.jsonl"]) {
      const denied = await session.call("read", { path });
      assertEquals(denied.type === "denied" && denied.reason, CLOSED, path);
    }
    await session.close();
    assertEquals(Deno.readTextFileSync(here.at("docs/note.md")), "new");
    assertEquals(Deno.readTextFileSync(here.at("policy.yaml")), policy);
    // Files change afterwards, and the record stays what it is.
    Deno.writeTextFileSync(here.at("docs/note.md"), "newer");
    for (const command of ["verify", "replay"]) {
      const { code, stdout } = await warmProgram([command, "runs/b"], {
        cwd: here.path,
      });
      assertEquals(code, 0, stdout);
    }
    const ledger = Deno.readTextFileSync(here.at("runs/b/state.jsonl"));
    const open = forgedLedger(
      ledger,
      (event) =>
        JSON.parse(JSON.stringify(event).replaceAll(',"closed":true', "")),
    );
    Deno.writeTextFileSync(here.at("runs/b/state.jsonl"), open);
    const forged = await warmProgram(["verify", "runs/b"], { cwd: here.path });
    assertStringIncludes(forged.stdout, "not_as_decided");
  },
);

const CLOSED = "the place belongs to the policy or to the record of a run";
