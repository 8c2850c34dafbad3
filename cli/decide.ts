import {
  type AskedDecision,
  type AskedRun,
  askedRun,
  MAX_ASKED_CALLS,
} from "../policy/asked_run.ts";
import { unreadable } from "../evidence/store/file_error.ts";
import { callRules } from "../policy/rules/call_rules.ts";
import { counted } from "../tools/data/counted.ts";
import { closedPlaces } from "./machine/closed_places.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { listedDefinitions } from "./mcp/unrecorded_servers.ts";
import { askedTools } from "./input/asked_tools.ts";
import { serversIn } from "./input/server_option.ts";
import type { AskedCall } from "./input/call_line.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { readSessionLine, type SessionLine } from "./input/session_line.ts";
import type { LineId } from "./input/strict_line.ts";
import type { RefusedTool } from "./input/tool_definitions.ts";
import { toolNameHints, toolsInPolicy } from "./input/tool_name_hints.ts";
import { stdinLines } from "./machine/stdin_lines.ts";

/** How many runs are told apart; each takes memory until the end. */
const MAX_SESSIONS = 1000;

/** `decide`: what a policy says of calls, a line of JSON each; nothing is run. */
export const decide: Command = {
  summary: "judge tool calls, one JSON object a line",
  help: `Usage: decide --policy FILE [--sandbox DIR] [--tools FILE]
              [--mcp NAME=COMMAND|URL]... [--session] < LINES

Reads one call a line from standard input and writes one decision a line:

  {"id":"1","tool":"read","args":{"path":"a.md"}}
  {"id":"1","decision":"allow","rule_id":null,"reason":null,"metadata":{…}}

"args_json" instead of "args" gives the arguments as raw text. Where a clause of
the policy decides, metadata has it as "clause" with its "line"; where a person is
to be asked, "asked" lists every clause that asks. Nothing is run and no host is
resolved; paths are looked up on the disk. A line that cannot be understood is
answered with "error" in the place of "decision", and the next one is judged:

  {"line":2,"id":null,"error":"it is not JSON"}

  --policy FILE  the policy
  --sandbox DIR  the directory that paths are judged against; default: the
                 current folder. The policy, the file of the tools and records
                 of runs are closed in it
  --tools FILE   the tools that exist, instead of the five of this runtime:
                 [{"name","description","input_schema","effects":{"fetches":[],
                 "reads":[],"writes":[]}}], JSON Schema of draft-04 to 2020-12;
                 or what an MCP server answers to tools/list. A tool whose
                 definition cannot be used is reported and denied. A module
                 (FILE.ts) gives tools beside the five, as for \`run\`; it is
                 loaded, and none of its tools is run
  --mcp NAME=COMMAND|URL
                 a server of the Model Context Protocol whose tools exist, too, as
                 NAME.tool; may come several times. It is started in the directory
                 of --sandbox with the environment that the policy gives it, asked
                 for its list, and ended before the first line is judged; see \`run\`
  --session      the lines tell one run, in order, so that seen_in, flow,
                 call_limits and budgets can be judged; without it each line is
                 the first call of a fresh run

With --session a line may also say what the run was asked, or what a call returned,
and is answered with "noted":

  {"question":"Pay the invoice"}
  {"id":"1","result":{"text":"…"}}

A call that is allowed counts as begun at once. One that a person is to be asked
about counts as begun when its result comes; send that before the next call, null
if it returned nothing. A "session" key on lines tells several runs apart, up to
${MAX_SESSIONS} of up to ${MAX_ASKED_CALLS} calls each; what is beyond is answered with an error.

Exit codes: 0 for every decision, 1 when a file cannot be read, or at the end
when a line was answered with an error.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["policy", "sandbox", "tools"],
      repeatable: ["mcp"],
      flags: ["session"],
    });
    const servers = serversIn(given.every("mcp"));
    const policyPath = given.required("policy");
    const policy = readPolicyFile(policyPath);
    const toolsPath = given.option("tools");
    const directory = given.option("sandbox") ?? ".";
    const sandbox = openSandbox(directory, [
      policyPath,
      ...toolsPath === undefined ? [] : [toolsPath],
    ]);
    const { tools: own, refused } = await askedTools(toolsPath, sandbox);
    const served = await listedDefinitions({
      servers,
      policy,
      sandbox: directory,
      note: output.note,
    });
    const tools = new Map([
      ...own,
      ...served.map((tool) => [tool.name, tool] as const),
    ]);
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
    const begin = () =>
      askedRun(policy, { tools, rules, inspect, nowMs: Date.now });
    const answer = given.flag("session")
      ? inSessions({ begin, refused })
      : oneByOne({ begin, refused });
    let [line, bad] = [0, 0];
    for await (const texts of stdinLines()) {
      const answers: unknown[] = [];
      try {
        for (const text of texts) {
          line += 1;
          if (text.trim() === "") continue;
          const read = readSessionLine(text);
          const answered = read.ok ? answer(read, line) : read;
          if ("error" in answered) {
            const { id, error } = answered;
            const session = read.ok ? read.session : undefined;
            answers.push({ line, id, session, error });
            bad += 1;
          } else answers.push(answered);
        }
      } finally {
        output.jsonLines(answers);
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

type UnderstoodLine = Extract<SessionLine, { readonly ok: true }>;

/** What a line is answered with. */
type Answered =
  | { readonly id: LineId; readonly error: string }
  | { readonly id: LineId; readonly noted: "question" | "result" }
  | { readonly id: LineId } & AskedDecision;

interface Judging {
  /** Begins a run. */
  readonly begin: () => AskedRun;
  /** Tools whose definitions cannot be used. */
  readonly refused: readonly RefusedTool[];
}

/** Takes each line for the first call of a fresh run. */
function oneByOne({ begin, refused }: Judging) {
  return (read: UnderstoodLine): Answered => {
    const extra = read.session !== undefined
      ? "session"
      : read.kind === "call"
      ? undefined
      : read.kind;
    if (extra !== undefined || read.kind !== "call") {
      return {
        id: idOf(read),
        error: `"${extra}" is understood with --session only`,
      };
    }
    const { call } = read;
    const decision = begin().judge(call.id, call);
    return { id: call.id, ...withReason(decision, { call, refused }) };
  };
}

/** Takes lines for the runs that they name. */
function inSessions({ begin, refused }: Judging) {
  const runs = new Map<string | undefined, AskedRun>();

  function runOf(session: string | undefined): AskedRun {
    const known = runs.get(session);
    if (known !== undefined) return known;
    if (runs.size >= MAX_SESSIONS) {
      throw new RangeError(
        `there are ${MAX_SESSIONS} sessions, as many as are told apart; start another process for more`,
      );
    }
    const run = begin();
    runs.set(session, run);
    return run;
  }

  function answer(read: UnderstoodLine, line: number) {
    const run = runOf(read.session);
    switch (read.kind) {
      case "question":
        run.question(read.question);
        return { noted: read.kind };
      case "result":
        run.result(read.id, { result: read.result, seq: line });
        return { noted: read.kind };
      case "call": {
        const { call } = read;
        return withReason(run.judge(call.id, call), { call, refused });
      }
    }
  }

  return (read: UnderstoodLine, line: number): Answered => {
    const { session } = read;
    const id = idOf(read);
    try {
      return {
        id,
        ...session !== undefined && { session },
        ...answer(read, line),
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { id, error: error.message };
    }
  };
}

function idOf(read: UnderstoodLine): LineId {
  switch (read.kind) {
    case "call":
      return read.call.id;
    case "result":
      return read.id;
    case "question":
      return null;
  }
}

/** Says why a tool is unknown that the file has a definition of. */
function withReason(
  decision: AskedDecision,
  { call, refused }: {
    readonly call: AskedCall;
    readonly refused: readonly RefusedTool[];
  },
): AskedDecision {
  if (decision.metadata.registry_match !== "unknown_tool") return decision;
  const why = refused.find(({ name }) => name === call.tool);
  return why === undefined
    ? decision
    : { ...decision, reason: `${decision.reason}: ${why.reason}` };
}

/** Opens the directory that paths are judged against; `files` are closed in it. */
function openSandbox(path: string, files: readonly string[]): Sandbox {
  try {
    const closed = closedPlaces({ root: path, files });
    return directorySandbox(path, { closed });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
