import type { PolicyDocument } from "../../policy/document/document.ts";
import { allowedTools, policyHint } from "../../policy/policy_hint.ts";
import { standardTools } from "../../tools/standard_tools.ts";

/** Tells a model where those of this program's tools may go that a policy allows. */
export function offeredHint(policy: PolicyDocument): string | undefined {
  const described = standardTools({
    documents: [],
    fetch: notRun,
    sandbox: { inspect: notRun, readText: notRun, writeText: notRun },
  });
  return policyHint(policy, allowedTools(policy, described));
}

/** What the tools declare is looked at; none of them is run. */
function notRun(): never {
  throw new RangeError("Cannot run a tool that is only described");
}
