import { counted } from "../tools/data/counted.ts";
import { callRules } from "../policy/rules/call_rules.ts";
import { type GateOptions, openGate } from "../policy/gate.ts";
import { unreadable } from "../evidence/store/file_error.ts";
import type { Policy } from "../policy/document/load.ts";
import { answerBudget, NO_COST } from "../policy/rules/loop_budget.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import { toolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { standardTools } from "../tools/standard_tools.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { type AskedCall, readCallLine } from "./input/call_line.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { readInput } from "./machine/files.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import type { RefusedTool, ToolFile } from "./input/tool_definitions.ts";
import { toolNameHints, toolsInPolicy } from "./input/tool_name_hints.ts";
import { stdinLines } from "./machine/stdin_lines.ts";
import { networkFor } from "./machine/network.ts";

/** `decide`: what a policy says of calls, a line of JSON each; nothing is run. */
export const decide: Command = {
  summary: "judge tool calls, one JSON object a line",
  help:
    `Usage: decide --policy FILE [--sandbox DIR] [--tools FILE] [--session] < CALLS

Reads one call a line from standard input and writes one decision a line:

  {"id":"1","tool":"read","args":{"path":"a.md"}}
  {"id":"1","decision":"allow","rule_id":null,"reason":null,"metadata":{…}}

"args_json" instead of "args" gives the arguments as raw text. Nothing is run and
no host is resolved; paths are looked up on the disk. A line that holds no call is
answered with "error" in the place of "decision", and the next one is judged:

  {"line":2,"id":null,"error":"it is not JSON"}

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

Exit codes: 0 whatever is decided, 1 when a file cannot be read, or at the end
when a line was answered with an error.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["policy", "sandbox", "tools"],
      flags: ["session"],
    });
    const policyPath = given.required("policy");
    const policy = readPolicyFile(policyPath);
    const sandbox = openSandbox(given.option("sandbox") ?? ".");
    const toolsPath = given.option("tools");
    const { tools, refused } = await readTools(toolsPath, sandbox);
    for (const { reason } of refused) {
      output.note(`${toolsPath}: this tool is denied: ${reason}`);
    }
    const named = toolsInPolicy(policy.document);
    const known = [
      ...tools.keys(),
      ...refused.flatMap(({ name }) => name ?? []),
    ];
    for (const hint of toolNameHints(policyPath, { named, known })) {
      output.note(hint);
    }
    const rules = callRules(policy.document, policy.lines);
    const { inspect } = sandbox;
    const open = () =>
      sessionOf(policy, { tools, rules, inspect, nowMs: Date.now });
    const session = given.flag("session") ? open() : undefined;
    let [line, bad] = [0, 0];
    for await (const text of stdinLines()) {
      line += 1;
      if (text.trim() === "") continue;
      const read = readCallLine(text);
      if (read.ok) {
        const { call } = read;
        const judge = session ?? open();
        output.json(withReason(judge(call), { call, refused }));
      } else {
        const { id, error } = read;
        output.json({ line, id, error });
        bad += 1;
      }
    }
    if (bad === 0) return EXIT.ok;
    output.error(
      `standard input: ${
        counted(bad, "line")
      } cannot be judged; each was answered with an "error"`,
    );
    return EXIT.error;
  },
};

/** One line of the output that answers a call. */
interface DecisionLine {
  readonly id: AskedCall["id"];
  readonly decision: "allow" | "deny" | "escalate";
  readonly rule_id: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** Judges the calls of one run in order, with its budget of tool calls. */
function sessionOf(
  { document }: Policy,
  options: Omit<GateOptions, "policy">,
): (call: AskedCall) => DecisionLine {
  const gate = openGate({ ...options, policy: document });
  let toolCalls = 0;
  return ({ id, ...call }) => {
    const spent = {
      iterations: 0,
      tokens: 0,
      cost: NO_COST,
      toolCalls,
      seconds: 0,
    };
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
    readonly call: AskedCall;
    readonly refused: readonly RefusedTool[];
  },
): DecisionLine {
  if (decision.metadata.registry_match !== "unknown_tool") return decision;
  const why = refused.find(({ name }) => name === call.tool);
  return why === undefined
    ? decision
    : { ...decision, reason: `${decision.reason}: ${why.reason}` };
}

function openSandbox(path: string): Sandbox {
  try {
    return directorySandbox(path);
  } catch (cause) {
    throw unreadable(path, cause);
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
  const adapter = new URL("./input/tool_definitions.ts", import.meta.url).href;
  const { readToolDefinitions }: typeof import("./input/tool_definitions.ts") =
    await import(adapter);
  return readToolDefinitions(readInput(path), path);
}
