import type { PolicyDocument } from "../../policy/document/document.ts";

/** Why a session cannot be governed under a policy, if it cannot: nobody reports what a client's model uses. */
export function sessionPolicyFault(
  { loop_budget: { max_tokens, max_cost } }: PolicyDocument,
): string | undefined {
  const key = max_tokens !== undefined
    ? "max_tokens"
    : max_cost !== undefined
    ? "max_cost"
    : undefined;
  return key === undefined
    ? undefined
    : `Cannot govern a session under this policy: it has loop_budget.${key}, and nobody reports what a client's model uses; leave the key out`;
}
