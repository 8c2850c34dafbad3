import type { PolicyDocument } from "../../policy/document/document.ts";
import { allowedTools, policyHint } from "../../policy/policy_hint.ts";
import { standardTools } from "../../tools/standard_tools.ts";

/** Tells a model which hosts and files the allowed tools of this program may use. */
export function offeredHint(policy: PolicyDocument): string | undefined {
  const described = standardTools({
    documents: [],
    fetch: notRun,
    sandbox: { inspect: notRun, readText: notRun, writeText: notRun },
  });
  return policyHint(policy, allowedTools(policy, described));
}

/** Only the declarations of the tools are used; no tool is run. */
function notRun(): never {
  throw new RangeError("Cannot run a tool that is only described");
}
