import { dirname, isAbsolute, join } from "../../deps.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import builtInPolicy from "../../policy/v1.yaml" with { type: "text" };
import { withOverrides } from "../../tasks/policy_overrides.ts";
import type { Task } from "../../tasks/task.ts";
import type { Document } from "../../tools/document.ts";
import { STANDARD_TOOL_NAMES } from "../../tools/standard_tools.ts";
import { describeSkipped, readCorpusFolder } from "./corpus_folder.ts";
import { readPolicyFile } from "./policy_file.ts";
import { readTaskFile } from "./task_file.ts";
import {
  toolNameHints,
  toolsInPolicy,
  toolsInTask,
} from "./tool_name_hints.ts";

const BUILT_IN = "policy/v1.yaml";

/** What a task is run with. */
export interface TaskInputs {
  readonly task: Task;
  readonly policy: Policy;
  readonly documents: readonly Document[];
  /** `<task>_<policy>_<seed>`: the same for the same task, policy and seed. */
  readonly runId: string;
  /** What a person should know about the inputs, a line each. */
  readonly notes: readonly string[];
}

/** Paths that the command line gives instead of those that the task names. */
export interface InputOptions {
  /** Whether the task may lack a script, because another model does it. Default: false. */
  readonly unscripted?: boolean;
  readonly policy?: string | undefined;
  readonly corpus?: string | undefined;
  /** Names of tools beside the five. Default: there are none. */
  readonly ownTools?: readonly string[] | undefined;
}

/**
 * Reads a task file, its policy and its documents; nothing is written.
 *
 * @throws {InputError} when one of them cannot be used
 */
export function readTaskInputs(
  path: string,
  options: InputOptions = {},
): TaskInputs {
  const { task, policyPath, policy } = readTaskAndPolicy(path, options.policy);
  const { id, seed, ...named } = task.document;
  if (named.script.length === 0 && !options.unscripted) {
    throw new InputError(path, [{
      path: "script",
      message: "missing; expected array, or a model with --llm",
    }]);
  }
  const corpus = options.corpus ?? beside(path, named.corpus);
  const { documents, skipped } = corpus === undefined
    ? { documents: [], skipped: [] }
    : readCorpusFolder(corpus);
  const leftOut = describeSkipped(skipped);
  const known = [...STANDARD_TOOL_NAMES, ...options.ownTools ?? []];
  return {
    task,
    policy,
    documents,
    notes: [
      ...toolNameHints(policyPath ?? BUILT_IN, {
        named: toolsInPolicy(policy.document),
        known,
      }),
      ...toolNameHints(path, {
        named: toolsInTask(task.document),
        known,
      }),
      ...leftOut === undefined ? [] : [`${corpus}: ${leftOut}`],
    ],
    runId: `${id}_${policy.sha256.slice(0, 8)}_${seed}`,
  };
}

/**
 * Reads a task file, and the policy that it is run under: the given one, or the one
 * that it names, with what it says itself of it.
 *
 * @throws {InputError} when one of them cannot be used
 */
export function readTaskAndPolicy(path: string, given: string | undefined): {
  readonly task: Task;
  readonly policy: Policy;
  readonly policyPath: string | undefined;
} {
  const task = readTaskFile(path);
  const { policy: named, policy_overrides } = task.document;
  const policyPath = given ?? beside(path, named);
  const policy = withOverrides(readPolicy(policyPath), policy_overrides, path);
  return { task, policy, policyPath };
}

/** What a task names, from where the task is. */
function beside(task: string, other: string | undefined): string | undefined {
  return other === undefined || isAbsolute(other)
    ? other
    : join(dirname(task), other);
}

function readPolicy(path: string | undefined): Policy {
  return path === undefined
    ? loadPolicy(builtInPolicy, BUILT_IN)
    : readPolicyFile(path);
}
