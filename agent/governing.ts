import config from "../deno.json" with { type: "json" };
import { fromFileUrl, join } from "../deps.ts";
import {
  freeFolder,
  namedFolder,
  type RunFolder,
} from "../cli/execution/run_folder.ts";
import { closedPlaces } from "../cli/machine/closed_places.ts";
import { checkDirectory } from "../cli/machine/files.ts";
import { stopwatch } from "../cli/machine/provenance.ts";
import { runStore } from "../cli/machine/run_store.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { IMAGINED_SANDBOX } from "../policy/testing/imagined_place.ts";
import {
  type GovernedSession,
  governedSession,
  type GovernedSessionSpec,
  type RecordSession,
  refuseUnusable,
} from "../runtime/session/governed_session.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import type { Tool } from "../tools/tool.ts";
import { agentServers } from "./agent_servers.ts";
import { chosenApprover, waitingApprover } from "./approvers.ts";
import type { Governed } from "./govern.ts";
import { GOVERN_DEFAULTS, type GovernOptions } from "./govern_options.ts";
import { givenPolicy } from "./given_policy.ts";
import { untilEnded } from "./interruption.ts";
import { machineEnv } from "./machine_env.ts";

/** `govern`, with what it needs loaded. */
export async function governing(given: GovernOptions): Promise<Governed> {
  const {
    id = GOVERN_DEFAULTS.id,
    seed = GOVERN_DEFAULTS.seed,
    question = GOVERN_DEFAULTS.question,
    audit = GOVERN_DEFAULTS.audit,
    tools,
    signal,
  } = given;
  refuseOddNumbers({ id, seed });
  const policy = givenPolicy(given.policy, audit);
  const version = policy.sha256.slice(0, 8);
  const runId = `${id}_${version}_${crypto.randomUUID().slice(0, 8)}`;
  const specIn = (
    sandbox: Sandbox,
    served: readonly Tool[] = [],
  ): GovernedSessionSpec => ({
    runId,
    seed,
    policy,
    question,
    sandbox,
    sandboxIsElsewhere: given.sandbox !== undefined,
    tools: [
      ...typeof tools === "function" ? tools({ sandbox }) : tools,
      ...served,
    ],
  });
  refuseUnusable(specIn(IMAGINED_SANDBOX), machineEnv());
  const elsewhere = sandboxAt(given);
  using folder = await folderOf(given.out, runId);
  const record = runStore.run(folder.path);
  const served = await agentServers({
    servers: given.mcpServers ?? {},
    ...{ policy, record, sandbox: given.sandbox },
  });
  try {
    const interruption = new AbortController();
    const env = machineEnv({
      approver: chosenApprover(
        given.approver ?? GOVERN_DEFAULTS.approver,
        {
          inFile: () => waitingApprover(record.name, policy),
          isTerminal: () => Deno.stdin.isTerminal(),
        },
      ),
      signal: signal ?? interruption.signal,
      toolChanges: served?.changes,
    });
    const { put, begun } = await recording(record, given);
    served?.begun();
    const sandbox = elsewhere ?? directorySandbox(record.sandbox);
    const spec = {
      ...specIn(sandbox, served?.tools),
      hidden: served?.hidden,
    };
    const session = governedSession(spec, env, put);
    const ended = session.finished.finally(() =>
      served?.[Symbol.asyncDispose]()
    );
    // Whoever calls or closes is told of a failure.
    ended.catch(() => {});
    if (signal === undefined) untilEnded(interruption, ended);
    await Promise.race([begun, session.finished]);
    return Object.assign(endingWith(session, ended), { out: record.name });
  } catch (error) {
    await served?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** The same session, which is closed when its servers have ended, too. */
function endingWith(
  session: GovernedSession,
  ended: Promise<unknown>,
): GovernedSession {
  const { close } = session;
  return Object.assign(session, {
    async close(reason?: string) {
      const finished = await close(reason);
      await ended;
      return finished;
    },
    async [Symbol.asyncDispose]() {
      await close();
      await ended;
    },
  });
}

function refuseOddNumbers(
  { id, seed }: { readonly id: string; readonly seed: number },
): void {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(id)) {
    throw new RangeError(
      `Cannot use the id ${
        JSON.stringify(id)
      }: expected up to 64 letters, digits, ".", "_" and "-", the first a letter or digit`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(
      `Cannot use the seed ${seed}: expected a whole number from 0 to 2^32 - 1`,
    );
  }
}

/** The folder that was named for the tools; the policy and records are closed in it. */
function sandboxAt(
  { sandbox: root, policy }: GovernOptions,
): Sandbox | undefined {
  if (root === undefined) return undefined;
  checkDirectory(root);
  const files = typeof policy === "string"
    ? [policy]
    : policy instanceof URL
    ? [fromFileUrl(policy)]
    : [];
  return directorySandbox(root, { closed: closedPlaces({ root, files }) });
}

/** Where the record goes; a folder that is made for it is removed again while it is empty. */
async function folderOf(
  out: string | undefined,
  runId: string,
): Promise<RunFolder> {
  if (out === undefined) return freeFolder(join("runs", runId));
  const record = runStore.run(out);
  if (!await record.has("state.jsonl")) return namedFolder(out);
  const rest = await record.has("manifest.json")
    ? ""
    : ", which has no end yet: closeSession ends that of a session";
  throw new RangeError(
    `Cannot begin a session in "${out}": it has the record of a run${rest}; choose another folder`,
  );
}

/** Opens the record; `put` fills it, and `begun` resolves once its first line is there. */
async function recording(
  record: RunRecord,
  { durability = GOVERN_DEFAULTS.durability, watch }: GovernOptions,
): Promise<{ readonly put: RecordSession; readonly begun: Promise<void> }> {
  const begun = Promise.withResolvers<void>();
  const volatile = stopwatch();
  const opened = await record.begin();
  return {
    begun: begun.promise,
    async put(events) {
      await using sink = opened;
      return await recordRun(events, sink, {
        programVersion: config.version,
        volatile,
        durability,
        recorded(event) {
          begun.resolve();
          watch?.(event);
        },
      });
    },
  };
}
