import { fromFileUrl } from "../deps.ts";
import { readPolicyFile } from "../cli/input/policy_file.ts";
import type { Policy } from "../policy/document/load.ts";

/**
 * A policy that was given, or read from where its file is.
 *
 * @throws {InputError} when the file cannot be read, or is not a policy
 * @throws {RangeError} when it enforces nothing and the program does not say so, or
 *   the other way round
 */
export function givenPolicy(
  given: Policy | string | URL,
  audit: boolean,
): Policy {
  const policy = policyOf(given);
  refuseOtherMode(policy, audit);
  return policy;
}

function policyOf(given: Policy | string | URL): Policy {
  if (typeof given === "string") return readPolicyFile(given);
  return given instanceof URL ? readPolicyFile(fromFileUrl(given)) : given;
}

/** A policy that enforces nothing is followed only where the program says so, too. */
function refuseOtherMode({ document }: Policy, audit: boolean): void {
  const isAudit = document.mode === "audit";
  if (isAudit === audit) return;
  throw new RangeError(
    isAudit
      ? "Cannot run: the policy has `mode: audit`, so it enforces next to nothing; say so with `audit: true`"
      : "Cannot use `audit: true`: the policy enforces what it says; write `mode: audit` in it",
  );
}
