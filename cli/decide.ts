import { callRules } from "../policy/call_rules.ts";
import { type GateOptions, openGate } from "../policy/gate.ts";
import { InputError } from "../policy/input_error.ts";
import { loadPolicy, type Policy } from "../policy/load.ts";
import { answerBudget } from "../policy/loop_budget.ts";
import { parseStrictJson } from "../policy/strict_json.ts";
import { directorySandbox } from "../tools/directory_sandbox.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox.ts";
import { standardTools } from "../tools/standard_tools.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { z } from "../deps.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readInput, whyUnreadable } from "./files.ts";
import type { RefusedTool, ToolFile } from "./json_schema_tools.ts";
import { stdinLines } from "./stdin_lines.ts";
import { networkFor } from "./network.ts";

/** `decide`: what a policy says of calls, a line of JSON each; nothing is run. */
export const decide: Command = {
  summary: "judge tool calls, one JSON object a line",
  help:
    `Usage: decide --policy FILE [--sandbox DIR] [--tools FILE] [--session] < CALLS

Reads one call a line from standard input and writes one decision a line:

  {"id":"1","tool":"read","args":{"path":"a.md"}}
  {"id":"1","decision":"allow","rule_id":null,"reason":null,"metadata":{…}}

"args_json" instead of "args" gives the arguments as raw text. Nothing is run and
no host is resolved; paths are looked up on the disk.

  --policy FILE  the policy
  --sandbox DIR  the directory that paths are judged against; default: the
                 current folder
  --tools FILE   the tools that exist, instead of the five of this runtime:
                 [{"name","description","input_schema","effects":{"fetches":[],
                 "reads":[],"writes":[]}}], JSON Schema of draft-04 to 2020-12;
                 or what an MCP server answers to tools/list. A tool whose
                 definition cannot be used is reported and denied
  --session      the lines are the calls of one run, in order; without it each
                 line is the first call of a fresh run

Exit codes: 0 whatever is decided, 1 when a line or a file cannot be read.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["policy", "sandbox", "tools"],
      flags: ["session"],
    });
    const policyPath = given.option("policy");
    if (policyPath === undefined) throw new UsageError("--policy is missing");
    const policy = loadPolicy(readInput(policyPath), policyPath);
    const sandbox = openSandbox(given.option("sandbox") ?? ".");
    const toolsPath = given.option("tools");
    const { tools, refused } = await readTools(toolsPath, sandbox);
    for (const { reason } of refused) {
      output.note(`${toolsPath}: this tool is denied: ${reason}`);
    }
    const rules = callRules(policy.document);
    const { inspect } = sandbox;
    const open = () => sessionOf(policy, { tools, rules, inspect });
    const session = given.flag("session") ? open() : undefined;
    let number = 0;
    for await (const line of stdinLines()) {
      number += 1;
      if (line.trim() === "") continue;
      const judge = session ?? open();
      const call = readCall(line, number);
      output.json(withReason(judge(call), { call, refused }));
    }
    return EXIT.ok;
  },
};

interface Call {
  readonly id: string | number | null;
  readonly tool: string;
  readonly args_json: string;
}

/** One line of the output. */
interface DecisionLine {
  readonly id: Call["id"];
  readonly decision: "allow" | "deny" | "escalate";
  readonly rule_id: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** Judges the calls of one run in order, with its budget of tool calls. */
function sessionOf(
  { document }: Policy,
  options: Omit<GateOptions, "policy">,
): (call: Call) => DecisionLine {
  const gate = openGate({ ...options, policy: document });
  let toolCalls = 0;
  return ({ id, ...call }) => {
    const spent = { iterations: 0, tokens: 0, toolCalls, seconds: 0 };
    const budget = answerBudget(document.loop_budget, spent, 1);
    toolCalls += 1;
    if (budget !== undefined) {
      const { rule, reason, metadata } = budget;
      return { id, decision: "deny", rule_id: rule, reason, metadata };
    }
    const decision = gate.judge(gate.propose(call));
    return {
      id,
      decision: decision.effect,
      rule_id: decision.rule,
      reason: decision.reason,
      metadata: decision.metadata,
    };
  };
}

/** Says why a tool is unknown that the file has a definition of. */
function withReason(
  decision: DecisionLine,
  { call, refused }: {
    readonly call: Call;
    readonly refused: readonly RefusedTool[];
  },
): DecisionLine {
  if (decision.metadata.registry_match !== "unknown_tool") return decision;
  const why = refused.find(({ name }) => name === call.tool);
  return why === undefined
    ? decision
    : { ...decision, reason: `${decision.reason}: ${why.reason}` };
}

const callLine = z.strictObject({
  id: z.optional(z.union([z.string(), z.number()])),
  tool: z.string(),
  args: z.optional(z.json()),
  args_json: z.optional(z.string()),
}).check(
  z.refine(
    ({ args, args_json }) => (args === undefined) !== (args_json === undefined),
    "expected args or args_json",
  ),
);

function readCall(line: string, number: number): Call {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw problem(number, "it is not JSON", cause);
  }
  const parsed = callLine.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    throw problem(
      number,
      `${place === "" ? "" : `${place}: `}${issue?.message}`,
    );
  }
  const { id = null, tool, args, args_json } = parsed.data;
  if (args_json !== undefined) return { id, tool, args_json };
  // What a lenient reader has swallowed, such as a key that comes twice, the
  // gate must see; it refuses the line for the same flaw.
  const { ok } = parseStrictJson(line, {
    max_bytes: Infinity,
    max_depth: 512,
    max_values: Infinity,
  });
  return { id, tool, args_json: ok ? JSON.stringify(args) : line };
}

function problem(line: number, message: string, cause?: unknown): InputError {
  return new InputError("standard input", [{ path: "", line, message }], {
    cause,
  });
}

function openSandbox(path: string): Sandbox {
  try {
    return directorySandbox(path);
  } catch (cause) {
    throw new InputError(path, [{ path: "", message: whyUnreadable(cause) }], {
      cause,
    });
  }
}

/** Definitions from a file need a validator for JSON Schema, which is loaded only then. */
async function readTools(
  path: string | undefined,
  sandbox: Sandbox,
): Promise<ToolFile> {
  if (path === undefined) {
    const { fetch } = networkFor(false);
    const tools = standardTools({ documents: [], fetch, sandbox });
    return { tools: toolRegistry<ToolDefinition>(tools), refused: [] };
  }
  const adapter = new URL("./json_schema_tools.ts", import.meta.url).href;
  const { readToolDefinitions }: typeof import("./json_schema_tools.ts") =
    await import(adapter);
  return readToolDefinitions(readInput(path), path);
}
