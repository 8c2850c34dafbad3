import config from "../deno.json" with { type: "json" };
import { join } from "../deps.ts";
import { cancelOnSignal } from "../cli/execution/cancellation.ts";
import { execute } from "../cli/execution/execute.ts";
import { lastTrouble } from "../cli/execution/last_trouble.ts";
import { orStopped } from "../cli/execution/run_end.ts";
import {
  freeFolder,
  namedFolder,
  type RunFolder,
} from "../cli/execution/run_folder.ts";
import { runStore } from "../cli/machine/run_store.ts";
import type { ToolHost } from "../cli/machine/tool_host.ts";
import type { BegunLedger } from "../evidence/read_ledger.ts";
import type { OpenSink, RunRecord } from "../evidence/run_store.ts";
import type { Policy } from "../policy/document/load.ts";
import { allowedTools, policyHint } from "../policy/policy_hint.ts";
import { IMAGINED_SANDBOX } from "../policy/testing/imagined_place.ts";
import { knownTool } from "../policy/tool_traits.ts";
import { retriedLlm } from "../runtime/llm/network_failure.ts";
import { givenSettings } from "../runtime/record/model_settings.ts";
import { DivergenceError } from "../runtime/rerun/divergence.ts";
import { isAsked, type TaskModel } from "../tasks/scripted_run.ts";
import type { Task } from "../tasks/task.ts";
import type { ToolWorld } from "../tools/exported_tools.ts";
import { toolRegistry } from "../tools/registry.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Tool } from "../tools/tool.ts";
import type { AgentEnd } from "./agent_end.ts";
import { type AgentModel, namedModel } from "./agent_model.ts";
import { AGENT_DEFAULTS, type AgentOptions } from "./agent_options.ts";
import type { OpenServers } from "../cli/mcp/open_servers.ts";
import { servedTools } from "../cli/execution/offered_hint.ts";
import { serverOf } from "../runtime/record/server_of.ts";
import { agentServers } from "./agent_servers.ts";
import { agentTask } from "./agent_task.ts";
import { givenPolicy } from "./given_policy.ts";
import { chosenApprover, fileApprover } from "./approvers.ts";
import { liveModel } from "./live_model.ts";

/** Everything about an agent that is settled before its record is opened. */
interface Agent {
  readonly options: Required<Pick<AgentOptions, keyof typeof AGENT_DEFAULTS>>;
  readonly task: Task;
  readonly policy: Policy;
  readonly tools: (world: ToolWorld) => readonly Tool[];
  /** The names of its servers. */
  readonly servers: readonly string[];
  readonly model: AgentModel;
}

/** A record that is to be written, with what is on it already. */
interface Opened extends Disposable {
  readonly record: RunRecord;
  readonly runId: string;
  readonly past: BegunLedger | undefined;
  readonly open: () => Promise<OpenSink>;
}

/** `runAgent`, with what it needs loaded. */
export async function agentRun(given: AgentOptions): Promise<AgentEnd> {
  const agent = await settled(given);
  using opened = await openRecord(agent, given.out);
  const { record, past, runId } = opened;
  const { task, policy, tools, options } = agent;
  const approver = chosenApprover(
    options.approver,
    {
      inFile: () => fileApprover(record.name, policy),
      isTerminal: () => Deno.stdin.isTerminal(),
    },
  );
  using cancellation = given.signal === undefined
    ? cancelOnSignal()
    : { signal: given.signal, [Symbol.dispose]() {} };
  const model = modelOf(agent, past);
  const asksModel = isAsked(model);
  const trouble = lastTrouble({ asksModel });
  let events = 0;
  await using served = await agentServers({
    servers: given.mcpServers ?? {},
    ...{ policy, record, recorded: past?.started.tools },
  });
  await using sink = await opened.open();
  served?.begun();
  const ended = await orStopped(execute({
    task,
    policy,
    documents: [],
    runId,
    sandbox: record.sandbox,
    host: hostOf(tools, { directory: record.sandbox, served }),
    sink,
    durability: options.durability,
    online: true,
    waits: true,
    signal: cancellation.signal,
    model,
    approver,
    watch(event) {
      events = event.seq + 1;
      trouble.watch(event);
      given.watch?.(event);
    },
    ...past === undefined ? {} : {
      past: {
        events: past.events,
        sentAgain: (seq) => record.addIncident({ type: "sent_again", seq }),
      },
    },
  })).catch((error) => {
    throw error instanceof DivergenceError ? otherRun(record, error) : error;
  });
  const { name: out } = record;
  if ("waitsFor" in ended) {
    const request = ended.waitsFor;
    return { out, outcome: "waiting", answer: null, request };
  }
  if ("outage" in ended) {
    const { outage: error } = ended;
    const { type: error_type, message: reason } = error;
    const incident = { type: "model_outage", events, error_type } as const;
    await record.addIncident({ ...incident, reason });
    return { out, outcome: "model_out", answer: null, error };
  }
  if ("unwritten" in ended) throw ended.unwritten;
  const { answer, terminal_reason: reason, totals } = ended.finished;
  return {
    out,
    outcome: "ended",
    answer,
    reason,
    trouble: reason === "final_answer"
      ? undefined
      : trouble.text() ?? "cancelled",
    totals,
  };
}

/** Looks everything over; nothing is written yet. */
async function settled(given: AgentOptions): Promise<Agent> {
  const options = optionsOf(given);
  const policy = givenPolicy(given.policy, options.audit);
  const { tools: all } = given;
  const tools = typeof all === "function" ? all : () => all;
  toolRegistry(tools({ sandbox: IMAGINED_SANDBOX }));
  const model = typeof given.llm === "string"
    ? await liveModel(given.llm)
    : namedModel(given.llm);
  const { id, seed } = options;
  const { script } = model;
  const task = agentTask({ id, question: given.question, seed, script });
  const servers = Object.keys(given.mcpServers ?? {});
  return { options, task, policy, tools, servers, model: withSettings() };

  /** The model, with what goes with each request. */
  function withSettings(): AgentModel {
    if (script !== undefined) return model;
    const { system, ...rest } = given.settings ?? {};
    const hint = options.policyHint
      ? hintOf(policy, { tools, servers })
      : undefined;
    const told = [system, hint].filter((each) => each !== undefined);
    const settings = givenSettings({
      ...rest,
      ...told.length === 0 ? {} : { system: told.join("\n\n") },
    });
    const info = settings === undefined
      ? model.info
      : { ...model.info, settings };
    return { llm: retriedLlm(model.llm), info };
  }
}

/** The options, with what is so for those that were left out. */
function optionsOf(
  {
    approver = AGENT_DEFAULTS.approver,
    id = AGENT_DEFAULTS.id,
    seed = AGENT_DEFAULTS.seed,
    policyHint = AGENT_DEFAULTS.policyHint,
    durability = AGENT_DEFAULTS.durability,
    audit = AGENT_DEFAULTS.audit,
  }: AgentOptions,
): Agent["options"] {
  return { approver, id, seed, policyHint, durability, audit };
}

function hintOf(
  { document }: Policy,
  { tools, servers }: Pick<Agent, "tools" | "servers">,
): string | undefined {
  const described = [
    ...tools({ sandbox: IMAGINED_SANDBOX }),
    ...servers.flatMap((server) => servedTools(server, document)),
  ].map((tool) => knownTool(tool, document.tools ?? []));
  return policyHint(document, allowedTools(document, described));
}

/** Opens a record of its own, or one that broke off in the folder. */
async function openRecord(
  agent: Agent,
  out: string | undefined,
): Promise<Opened> {
  if (out !== undefined) {
    const record = runStore.run(out);
    if (await record.has("state.jsonl")) return await goingOn(agent, record);
  }
  const runId = runIdOf(agent);
  const folder: RunFolder = out === undefined
    ? freeFolder(join("runs", runId))
    : namedFolder(out);
  const record = runStore.run(folder.path);
  return {
    record,
    runId,
    past: undefined,
    open: () => record.begin(),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

async function goingOn(
  { task, policy, model, tools, servers }: Agent,
  record: RunRecord,
): Promise<Opened> {
  const cannot = `Cannot go on with the run in "${record.name}":`;
  if (await record.has("manifest.json")) {
    throw new RangeError(`${cannot} it is finished; choose another \`out\``);
  }
  const past = await record.ledger();
  await record.checkFiles();
  await record.checkSandbox();
  const { started } = past;
  const names = new Set(
    tools({ sandbox: IMAGINED_SANDBOX }).map((tool) => tool.name),
  );
  const missing = started.tools.find((tool) =>
    !names.has(tool.name) && !servers.includes(serverOf(tool) ?? "")
  );
  const { execution_path, provider, model: name, script_sha256 } = started.llm;
  const { info } = model;
  const other = started.task.text !== task.text
    ? "it was asked another question"
    : started.policy.sha256 !== policy.sha256
    ? "it was begun under another policy"
    : missing !== undefined
    ? `it has a tool ${JSON.stringify(missing.name)}, which is not given`
    : execution_path !== info.execution_path || provider !== info.provider ||
        name !== info.model || script_sha256 !== info.script_sha256
    ? `it was begun with the model ${provider}/${name}`
    : started.runtime_version !== undefined &&
        started.runtime_version !== config.version
    ? `it was made by version ${started.runtime_version}; this is ${config.version}`
    : undefined;
  if (other !== undefined) throw new RangeError(`${cannot} ${other}`);
  return {
    record,
    runId: started.run_id,
    past,
    open: () => record.goOn(past),
    [Symbol.dispose]() {},
  };
}

/** A real model never does the same twice, so a random part distinguishes its runs. */
function runIdOf({ task, policy, model, options }: Agent): string {
  const { id } = task.document;
  const name = `${id}_${policy.sha256.slice(0, 8)}_${options.seed}`;
  if (!isAsked(taskModel(model))) return name;
  return `${name}_${crypto.randomUUID().slice(0, 8)}`;
}

/** The model of a run; one that goes on is told what it was told before. */
function modelOf(
  { model }: Agent,
  past: BegunLedger | undefined,
): TaskModel | undefined {
  const asked = taskModel(model);
  if (asked === undefined || past === undefined) return asked;
  const { settings } = past.started.llm;
  return { ...asked, info: { ...asked.info, settings } };
}

/** A scripted model is that of the task. */
function taskModel(model: AgentModel): TaskModel | undefined {
  return model.script === undefined ? model : undefined;
}

function hostOf(
  tools: Agent["tools"],
  { directory, served }: {
    readonly directory: string;
    readonly served: OpenServers | undefined;
  },
): ToolHost {
  return {
    requests: [],
    tools: () =>
      Promise.resolve([
        ...tools({ sandbox: directorySandbox(directory) }),
        ...served?.tools ?? [],
      ]),
    served,
    [Symbol.dispose]() {},
  };
}

function otherRun(record: RunRecord, { divergence }: DivergenceError): Error {
  return new RangeError(
    `Cannot go on with the run in "${record.name}": it does not reach line ${
      divergence.seq + 1
    } of its ledger again; take tools and program of that time`,
    { cause: divergence },
  );
}
