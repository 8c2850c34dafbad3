import { realEnv } from "../../cli/machine/world.ts";
import { join } from "../../deps.ts";
import {
  type Durability,
  recordRun,
} from "../../evidence/recording/record_run.ts";
import { runDirectory } from "../../evidence/store/run_directory.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import type { Llm, LlmInput } from "../../runtime/llm/llm.ts";
import type { ModelFetch } from "../../runtime/llm/provider/model_fetch.ts";
import { openModel } from "../../runtime/llm/provider/open_model.ts";
import { chooseModel } from "../../runtime/llm/provider/provider.ts";
import { agentLoop } from "../../runtime/loop.ts";
import type { RunSpec } from "../../runtime/run_spec.ts";
import { withOverrides } from "../../tasks/policy_overrides.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { type ToolRegistry, toolRegistry } from "../../tools/registry.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { standardTools } from "../../tools/standard_tools.ts";
import { completion } from "../llm_server.ts";

/** A run whose model is asked over HTTP on this machine, and the same exchange without the run. */
export interface LiveRun extends Disposable {
  /** Does the run and records it in a new folder `out`. */
  governed(out: string, durability: Durability): Promise<void>;
  /** Asks the same questions through the same adapter, and does nothing with the answers. */
  ungoverned(): Promise<void>;
}

/**
 * Prepares a run of `steps` steps in an empty `folder`, by doing it once. Each
 * step but the last reads or writes another file, and the last one answers; the
 * five tools are offered and judged as always, but take no time. The server has
 * a thread of its own and has fixed answers, so its cost is the same for every
 * client.
 */
export async function liveRun(
  steps: number,
  { folder, tool }: {
    readonly folder: string;
    readonly tool: "read" | "write";
  },
): Promise<LiveRun> {
  const server = await modelServer(await answers(steps, tool));
  const choice = chooseModel("openai-compatible:scripted", {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
  });
  const model = (send: ModelFetch) =>
    openModel(choice, { env: () => undefined, fetch: send });
  const path = join(folder, "sandbox");
  Deno.mkdirSync(join(path, "notes"), { recursive: true });
  for (let n = 0; n < steps; n++) {
    Deno.writeTextFileSync(join(path, fileOf(n)), "The valve is open.");
  }
  const sandbox = directorySandbox(path);

  async function governed(
    llm: Llm,
    { out, durability }: {
      readonly out: string;
      readonly durability: Durability;
    },
  ): Promise<void> {
    const spec: RunSpec = {
      runId: "live_run",
      seed: 0,
      task: { id: "live_run", question: "How many?", text: "" },
      policy: POLICY,
      tools: idleTools(sandbox),
      sandbox,
      llm,
      model: choice.info,
      corpus: { sha256: "0".repeat(64), documents: 0 },
    };
    const env = realEnv(0n, {
      resolve: () => Promise.resolve(undefined),
      signal: new AbortController().signal,
    });
    using sink = runDirectory(out);
    const { terminal_reason, totals } = await recordRun(
      agentLoop(spec, env),
      sink,
      { durability, programVersion: "0.0.0", volatile: () => VOLATILE },
    );
    if (terminal_reason === "final_answer" && totals.steps === steps) return;
    throw new Error(`Cannot measure a run that ends as ${terminal_reason}`);
  }

  const llm = await model((url, init) => fetch(url, init));
  const asked: LlmInput[] = [];
  await governed(
    (input, signal) => {
      asked.push({ ...input, messages: [...input.messages] });
      return llm(input, signal);
    },
    { out: join(folder, "heard"), durability: "none" },
  );
  return {
    governed: (out, durability) => governed(llm, { out, durability }),
    async ungoverned() {
      const { signal } = new AbortController();
      for (const input of asked) await llm(input, signal);
    },
    [Symbol.dispose]: server[Symbol.dispose],
  };
}

/** The file that a step is about. */
function fileOf(step: number): string {
  return `notes/${step}.md`;
}

const POLICY = withOverrides(
  loadPolicy(policyText, "policy/v1.yaml"),
  {
    loop_budget: {
      max_iterations: 1_000,
      max_tokens: 1_000_000,
      max_tool_calls: 1_000,
    },
  },
  "live run",
);

const VOLATILE = { timestamp: "", wall_clock_seconds: 0, git_sha: null };

/** The five tools, with their schemas and what they declare, but nothing to do. */
function idleTools(sandbox: Sandbox): ToolRegistry {
  const tools = standardTools({
    documents: [],
    fetch: () => Promise.reject(new Error("Cannot fetch: no tool runs here")),
    sandbox,
  });
  return toolRegistry(
    tools.map((tool) => ({
      ...tool,
      run: () => Promise.resolve({ text: "The valve is shut." }),
    })),
  );
}

/** The bodies of the answers: a call each, and at last a final answer. */
function answers(
  steps: number,
  tool: "read" | "write",
): Promise<readonly string[]> {
  const { signal } = new AbortController();
  const said = Array.from({ length: steps }, (_, n) => {
    if (n === steps - 1) return { content: "One." };
    const path = fileOf(n);
    const args = tool === "read" ? { path } : { path, content: "It is shut." };
    return {
      calls: [{
        id: `call_${n}`,
        name: tool,
        arguments: JSON.stringify(args),
      }],
    };
  });
  return Promise.all(
    said.map(async (each) => await (await completion(each)(signal)).text()),
  );
}

async function modelServer(
  answers: readonly string[],
): Promise<{ readonly port: number } & Disposable> {
  const worker = new Worker(
    new URL("./model_server.ts", import.meta.url).href,
    { type: "module" },
  );
  const port = await new Promise<number>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), {
      once: true,
    });
    worker.postMessage(answers);
  });
  return { port, [Symbol.dispose]: () => worker.terminate() };
}
