import { dirname, isAbsolute, join, z } from "../../deps.ts";
import { readYaml } from "../../policy/document/read_yaml.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { readInput } from "../machine/files.ts";
import { loadToolModule, type ToolModule } from "../machine/tool_module.ts";
import { mcpServersSchema, type ToolServers } from "../../tasks/tool_server.ts";
import { described, optionalKey } from "../../tools/data/described.ts";

/** A model that a worker asks. */
export interface AcceptedModel {
  /** As `--llm` names it, which is how submitters name it. */
  readonly llm: string;
  readonly base_url?: string | undefined;
  /** The variable of the worker's environment with its key. */
  readonly api_key_env?: string | undefined;
}

/** What the file of a configuration says; its paths are relative to it. */
export interface WorkerDocument {
  readonly policies: readonly string[];
  readonly models?: readonly AcceptedModel[] | undefined;
  readonly tools?: Readonly<Record<string, string>> | undefined;
  readonly mcp_servers?: ToolServers | undefined;
  readonly max_deaths?: number | undefined;
}

/** What a worker accepts, whatever a submitter asks for. */
export interface WorkerConfig {
  /** SHA-256 of the policies, 64 hex digits each. */
  readonly policies: readonly string[];
  readonly models: readonly AcceptedModel[];
  /** Modules of tools, by the name under which submitters ask for them. */
  readonly tools: ReadonlyMap<string, ToolModule>;
  /** Servers of the Model Context Protocol, as tasks have to name them. */
  readonly servers: ToolServers;
  /** After so many deaths of workers without a new line in between a run is stuck. */
  readonly maxDeaths: number;
}

const nonEmpty = z.string().check(z.minLength(1));

const model: z.ZodMiniType<AcceptedModel> = z.strictObject({
  llm: described(nonEmpty, "The model as `--llm` names it"),
  base_url: optionalKey(z.url(), "Where its server is"),
  api_key_env: optionalKey(
    nonEmpty,
    "The variable of the worker's environment with its key",
  ),
});

const schema: z.ZodMiniType<WorkerDocument> = z.strictObject({
  policies: described(
    z.array(nonEmpty).check(z.minLength(1)),
    "Files of policies, or their SHA-256",
  ),
  models: optionalKey(z.array(model), "The models that may be asked"),
  tools: optionalKey(
    z.record(nonEmpty, nonEmpty),
    "Modules of tools, by the name that submitters use",
  ),
  mcp_servers: optionalKey(
    mcpServersSchema,
    "The servers that tasks may name, each as a task names it",
  ),
  max_deaths: optionalKey(z.int().check(z.positive()), {
    description:
      "After so many tries in a row without a new line a run is stuck",
    default: 3,
  }),
});

/**
 * Reads the configuration of a worker, and loads nothing that it names; paths are
 * made such as this process has them.
 *
 * @throws {InputError} when it cannot be used
 */
export function readWorkerDocument(path: string): WorkerDocument {
  const document = readYaml(readInput(path), path, schema);
  const beside = (other: string) =>
    isAbsolute(other) ? other : join(dirname(path), other);
  return {
    ...document,
    policies: document.policies.map((each) =>
      isSha256(each) ? each : beside(each)
    ),
    tools: Object.fromEntries(
      Object.entries(document.tools ?? {})
        .map(([name, file]) => [name, beside(file)]),
    ),
  };
}

/** Whether a policy is named by its hash. */
export function isSha256(policy: string): boolean {
  return /^[0-9a-f]{64}$/.test(policy);
}

/**
 * Reads the configuration of a worker and loads what it names; paths are relative
 * to its file.
 *
 * @throws {InputError} when it, a policy or a module of tools cannot be used
 */
export async function readWorkerConfig(path: string): Promise<WorkerConfig> {
  const document = readWorkerDocument(path);
  const tools = new Map<string, ToolModule>();
  for (const [name, file] of Object.entries(document.tools ?? {})) {
    tools.set(name, await loadToolModule(file));
  }
  return {
    policies: document.policies.map((each) =>
      isSha256(each) ? each : readPolicyFile(each).sha256
    ),
    models: document.models ?? [],
    tools,
    servers: document.mcp_servers ?? {},
    maxDeaths: document.max_deaths ?? 3,
  };
}
