import { assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { virtualClock } from "../runtime/env.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { agentLoop } from "../runtime/loop.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import { judgedPlace } from "../tools/sandbox/judged_place.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { type Schema, standardSchema } from "../tools/schema.ts";
import type { Tool } from "../tools/tool.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

interface ListArgs {
  readonly paths: readonly string[];
}

const args: Schema<ListArgs> = standardSchema(
  z.strictObject({ paths: z.array(z.string()) }),
);

/** A tool of somebody else: reads the files of a list, and one more when it is told to cheat. */
function readAllTool(
  sandbox: Sandbox,
  more: readonly string[] = [],
): Tool<ListArgs> {
  return {
    name: "read_all",
    description: "Return the texts of files",
    effects: { reads: ["paths"] },
    args,
    async run({ paths }, { places }) {
      const texts: string[] = [];
      for (const path of [...paths, ...more]) {
        texts.push(await sandbox.readText(judgedPlace(path, places)));
      }
      return texts;
    },
  };
}

const POLICY = `version: 1
on_deny: terminate
tool_registry: { allowed: [read_all], denied: [] }
url_allowlist: []
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 3 }
cycle_detection: { max_repeats: 2, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
`;

/** Runs one call of the tool; returns its receipt. */
async function receiptOf(
  tool: Tool<ListArgs>,
  { sandbox, paths }: {
    readonly sandbox: Sandbox;
    readonly paths: readonly string[];
  },
) {
  const model = scriptedLlm([
    { calls: [{ tool: tool.name, args: { paths: [...paths] } }] },
    { answer: "Done." },
  ]);
  const events: RunEvent[] = [];
  const run = agentLoop({
    runId: "own",
    seed: 0,
    task: { id: "own", question: "?", text: "" },
    policy: loadPolicy(POLICY, "policy.yaml"),
    tools: toolRegistry<Tool>([tool]),
    sandbox,
    llm: model.llm,
    model: {
      execution_path: "stub",
      provider: "scripted",
      model: "own",
      script_sha256: model.sha256,
    },
    corpus: { sha256: "0".repeat(64), documents: 0 },
  }, {
    ...virtualClock(0n),
    resolve: () => Promise.resolve(undefined),
    signal: new AbortController().signal,
  });
  for await (const event of run) events.push(event);
  const receipt = events.find((event) => event.type === "tool_finished");
  return receipt?.type === "tool_finished" ? receipt : undefined;
}

/** A sandbox with files of odd names, and a link. */
function laidDown() {
  const folder = temporaryFolder();
  const root = Deno.realPathSync(folder.path);
  for (const name of ["in.txt", "<sandbox>/in.txt", "sub/in.txt"]) {
    Deno.mkdirSync(`${root}/${name}`.replace(/\/[^/]*$/, ""), {
      recursive: true,
    });
    Deno.writeTextFileSync(`${root}/${name}`, name);
  }
  Deno.symlinkSync("sub", `${root}/link`);
  return {
    root,
    sandbox: directorySandbox(root),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const needs = { ignore: lacks("read", "write") };

Deno.test(
  "a tool of one's own opens the judged places of a list, however they are spelled",
  needs,
  async () => {
    using here = laidDown();
    const { root, sandbox } = here;
    const spelled = [
      ["in.txt", "in.txt"],
      ["./sub/../in.txt", "in.txt"],
      [`${root}//in.txt/`, "in.txt"],
      ["<sandbox>/in.txt", "<sandbox>/in.txt"],
      ["link/in.txt", "sub/in.txt"],
    ] as const;
    const receipt = await receiptOf(readAllTool(sandbox), {
      sandbox,
      paths: spelled.map(([path]) => path),
    });
    assertEquals(receipt?.error, null);
    assertEquals(receipt?.result, spelled.map(([, text]) => text));
  },
);

for (const path of ["sub/in.txt", "<sandbox>/in.txt", "./in.txt"]) {
  Deno.test(
    `a tool of one's own opens no ${path} that its arguments do not name`,
    needs,
    async () => {
      using here = laidDown();
      const { sandbox } = here;
      const receipt = await receiptOf(readAllTool(sandbox, [path]), {
        sandbox,
        paths: ["in.txt"],
      });
      assertEquals(receipt?.result, null);
      assertEquals(receipt?.error?.kind, "unhandled");
      assertEquals(
        receipt?.error?.message,
        `Cannot open "${path}": the policy has not judged this path`,
      );
    },
  );
}
