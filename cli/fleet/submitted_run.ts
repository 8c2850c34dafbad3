import type { Claim } from "../../evidence/store/postgres/claim.ts";
import {
  type Database,
  textIn,
  textOf,
} from "../../evidence/store/postgres/database.ts";
import { storedCorpus } from "../../evidence/store/postgres/stored_corpus.ts";
import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import { loadTask, type Task } from "../../tasks/task.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import { unusable } from "../../tools/data/input_error.ts";
import type { Document } from "../../tools/document.ts";
import type { ToolModule } from "../machine/tool_module.ts";
import { unacceptedServer } from "./accepted_servers.ts";
import type { WorkerConfig } from "./worker_config.ts";

/** What a run was submitted with. */
export interface Submitted {
  readonly task: Task;
  readonly policy: Policy;
  readonly documents: readonly Document[];
  /** The module of tools, as the configuration has it. */
  readonly own: ToolModule | undefined;
  readonly servers: ToolServers;
  readonly llm: string | undefined;
}

/** A run, with the worker that has claimed it. */
export interface TakenRun {
  readonly claim: Claim;
  readonly database: Database;
  readonly config: WorkerConfig;
}

/**
 * Reads what a run was submitted with; the claim has checked that it is accepted.
 *
 * @throws {InputError} when task or policy cannot be used
 */
export async function submittedRun(
  { claim, database, config }: TakenRun,
): Promise<Submitted> {
  const [row] = await database.query(
    "select task_text, policy_text, llm, tools from fleet.run where run_id = $1",
    [claim.runId],
  );
  const tools = textIn(row, "tools");
  const task = loadTask(
    textOf(row, "task_text"),
    `the task of ${claim.runId}`,
  );
  return {
    task,
    policy: loadPolicy(
      textOf(row, "policy_text"),
      `the policy of ${claim.runId}`,
    ),
    documents: claim.corpusSha256 === undefined
      ? []
      : await storedCorpus(database, claim.corpusSha256),
    own: tools === undefined ? undefined : config.tools.get(tools),
    servers: acceptedServers(task, { claim, config }),
    llm: textIn(row, "llm"),
  };
}

/**
 * The servers of the task, each of which the configuration names.
 *
 * @throws {InputError} when it does not name one of them
 */
function acceptedServers(
  { document: { mcp_servers = {} } }: Task,
  { claim, config }: Pick<TakenRun, "claim" | "config">,
): ToolServers {
  const fault = unacceptedServer(mcp_servers, config.servers);
  if (fault === undefined) return mcp_servers;
  throw unusable(`the task of ${claim.runId}`, fault);
}
