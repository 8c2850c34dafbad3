import { join } from "../../deps.ts";
import type { Policy } from "../../policy/document/load.ts";
import { sessionPolicyFault } from "../../runtime/session/session_policy_fault.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { isWithin } from "../../tools/sandbox/place.ts";
import { UsageError } from "../command/command.ts";
import { realFuturePath } from "../machine/real_future_path.ts";
import type { ApprovalWay } from "./approval_way.ts";

/** Where the sessions of a proxy are recorded, and by what they are judged. */
export interface PlaceOptions {
  readonly policy: Policy;
  /** The file of the policy, which must not be in the sandbox. */
  readonly policyPath: string;
  /** The folder of the runs. */
  readonly out: string;
  /** The directory in which paths are judged. Default: an empty one in the run. */
  readonly sandbox: string | undefined;
  /** What the server is called in policy and record. */
  readonly name: string;
  readonly approve: ApprovalWay;
}

/** The run of a session, which is not there before its first call, and the real path of its sandbox. */
export interface SessionPlace extends Disposable {
  readonly runId: string;
  /** The folder of the run. */
  readonly path: string;
  readonly sandbox: string;
}

/**
 * Refuses a policy under which no session can be governed.
 *
 * @throws {UsageError} that says why
 */
export function refuseUnfit(
  { policy: { document }, approve }: Pick<PlaceOptions, "policy" | "approve">,
): void {
  const fault = sessionPolicyFault(document) ??
    (document.sandbox.isolation === "worker"
      ? "Cannot govern a server under this policy: it has sandbox.isolation: worker, and a server is a process of its own; write process"
      : approve === "client" &&
          document.approval?.accept?.includes("client") !== true
      ? "Cannot use --approve client: the policy does not take a client's word for its user; write `approval: { accept: [client] }` in it"
      : undefined);
  if (fault !== undefined) throw new UsageError(fault);
}

/**
 * Names the place of a new session.
 *
 * @throws {UsageError} when the sandbox is not apart from runs and policy
 * @throws {InputError} when there is no such folder
 */
export function sessionPlace(
  { policyPath, out, name, sandbox: given }: PlaceOptions,
): SessionPlace {
  const runId = `${name}_${started(new Date())}_${
    crypto.getRandomValues(new Uint8Array(4)).toHex()
  }`;
  const path = join(out, runId);
  const folder = workingFolder(given, join(path, "sandbox"));
  const sandbox = folder.path;
  try {
    refuseWithin(sandbox, { out, policyPath, isOwn: given === undefined });
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
  return {
    runId,
    path,
    sandbox,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A moment, as the name of a folder has it: 2026-11-29T08-49-28Z. */
function started(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** The directory in which a server works; one of our own is removed again while it is empty. */
function workingFolder(
  given: string | undefined,
  own: string,
): Disposable & { readonly path: string } {
  if (given !== undefined) {
    try {
      const path = Deno.realPathSync(given);
      if (!Deno.statSync(path).isDirectory) {
        throw unusable(given, "it is not a folder");
      }
      return { path, [Symbol.dispose]() {} };
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw unusable(given, "there is no such folder", { cause });
    }
  }
  Deno.mkdirSync(own, { recursive: true });
  return {
    path: Deno.realPathSync(own),
    [Symbol.dispose]() {
      for (const folder of [own, join(own, "..")]) {
        try {
          Deno.removeSync(folder);
        } catch {
          return;
        }
      }
    },
  };
}

/** The server, and so the agent, must not write what judges it and what is recorded of it. */
function refuseWithin(
  sandbox: string,
  { out, policyPath, isOwn }: {
    readonly out: string;
    readonly policyPath: string;
    readonly isOwn: boolean;
  },
): void {
  const policy = Deno.realPathSync(policyPath);
  if (isWithin(policy, sandbox)) {
    throw new UsageError(
      `Cannot use the sandbox "${sandbox}": the policy is in it, so that the server could change what judges it; keep it elsewhere`,
    );
  }
  const runs = realFuturePath(out);
  if (isWithin(runs, sandbox) || !isOwn && isWithin(sandbox, runs)) {
    throw new UsageError(
      `Cannot use the sandbox "${sandbox}" with --out "${out}": the server could change its own record; choose folders that do not hold one another`,
    );
  }
}
