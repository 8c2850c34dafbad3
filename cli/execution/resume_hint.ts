import config from "../../deno.json" with { type: "json" };
import { ownTool } from "../../evidence/verify/own_tools.ts";
import { InputError } from "../../tools/data/input_error.ts";
import type { RecordedTool, RunStarted } from "../../runtime/record/event.ts";
import { valueDifference } from "../../tools/data/value_difference.ts";
import { serverOf } from "../../runtime/record/server_of.ts";
import { PROVIDERS } from "../../runtime/llm/provider/provider.ts";
import { loadTask } from "../../tasks/task.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/**
 * Says as a sentence which command resumes a run. None does when another program
 * began the run, or when its record states another version of this program.
 */
export function resumeHint(directory: string, started: RunStarted): string {
  if (started.llm.execution_path === "client") {
    return "the program whose call it is continues with it";
  }
  if (whyForeign(started) !== undefined) {
    return "only the program that began the run can resume it";
  }
  const { runtime_version: version = config.version } = started;
  return version === config.version
    ? `continue with \`${
      resumeCommand(
        directory,
        started.llm,
        neededBy(started),
      )
    }\``
    : `only version ${terminalLine(version)} of this program can resume it`;
}

/** What a command line must name beside the folder and the model. */
export interface Needed {
  /** The module of the run's own tools, if it has any. */
  readonly toolsPath?: string | undefined;
  /** The names of servers that its task does not name. */
  readonly servers?: readonly string[] | undefined;
}

function neededBy(started: RunStarted): Needed {
  const { mcp_servers = {} } =
    loadTask(started.task.text, "the task on record").document;
  const others = othersTools(started).map(serverOf);
  const servers = new Set(others.filter((name) => name !== undefined));
  return {
    ...others.includes(undefined) ? { toolsPath: "FILE.ts" } : {},
    servers: [...servers].filter((name) => !Object.hasOwn(mcp_servers, name)),
  };
}

/**
 * Why no command of this program can go on with a run, or end it: its task is one
 * that only the program that began it knows. `undefined` when one can, with the tools
 * that the run has.
 */
export function whyForeign(
  { task, llm }: Pick<RunStarted, "task" | "llm">,
): string | undefined {
  if (llm.execution_path === "client") return undefined;
  try {
    loadTask(task.text, "the task on record");
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return "its task is not one of a task file";
  }
}

/** The tools of a run that are not among ours. */
export function othersTools(
  { tools }: Pick<RunStarted, "tools">,
): readonly RecordedTool[] {
  return tools.filter((tool) => !isOurs(tool));
}

/** Schemas and labels may change from version to version; then the recorded ones count. */
function isOurs(tool: RecordedTool): boolean {
  const { effects, idempotent } = tool;
  const ours = ownTool(tool);
  return ours !== undefined && isSame(ours, { effects, idempotent });
}

/** Whether a tool touches what is on record, and may be tried again as is on record. */
export function isSame(
  ours: Pick<RecordedTool, "effects" | "idempotent">,
  { effects, idempotent }: Pick<RecordedTool, "effects" | "idempotent">,
): boolean {
  return ours.idempotent === idempotent &&
    valueDifference(ours.effects, effects) === undefined;
}

/**
 * The command line that resumes a run, with the model that it was begun with and
 * what else it needs.
 */
export function resumeCommand(
  directory: string,
  { execution_path, provider, model }: Omit<RunStarted["llm"], "script_sha256">,
  { toolsPath, servers = [] }: Needed = {},
): string {
  const tools = toolsPath === undefined
    ? ""
    : ` --tools ${terminalLine(toolsPath)}`;
  const mcp = servers.map((name) => ` --mcp ${terminalLine(name)}=COMMAND`);
  const command = `resume ${terminalLine(directory)}${tools}${mcp.join("")}`;
  if (execution_path === "stub") return command;
  if (execution_path === "replay") return `${command} --llm replay:FILE`;
  const known = PROVIDERS.find(({ name }) => name === provider);
  const spec = known !== undefined && /^[\w.:/@+-]+$/.test(model)
    ? `${known.id}:${model}`
    : "PROVIDER:MODEL";
  const url = known?.baseUrl === undefined ? " --base-url URL" : "";
  return `${command} --llm ${spec}${url}`;
}
