import { SANDBOX_ROOT } from "../tools/sandbox.ts";
import { type Escalation, holds } from "./escalation.ts";
import { urlsOf } from "./facts.ts";
import type { Proposal, Rule } from "./rule.ts";

/** Leaves to a person what the policy does not decide alone; only the person's answer denies. */
export function approval(escalations: readonly Escalation[] = []): Rule {
  return {
    id: "approval",
    opinion(proposal) {
      const { name } = proposal;
      const reasons = escalations
        .filter(({ tools, when = [] }) =>
          tools.includes(name) &&
          when.every((condition) =>
            spellings(proposal, condition.argument)
              .some((value) => holds(condition, value))
          )
        )
        .map(({ reason }) => reason);
      if (reasons.length === 0) return undefined;
      return {
        effect: "escalate",
        reason: reasons.join("; "),
        metadata: { tool: name },
      };
    },
  };
}

/** The value of an argument as the model wrote it, and as it is spelled where it leads. */
function spellings(proposal: Proposal, argument: string): readonly unknown[] {
  const { args: { value: args }, facts } = proposal;
  const value: unknown = typeof args === "object" && args !== null
    ? Object.getOwnPropertyDescriptor(args, argument)?.value
    : undefined;
  if (typeof value !== "string") return [value];
  const place = facts.paths.get(value)?.resolved;
  const url = urlsOf(proposal).get(value)?.href;
  return [
    value,
    ...place === undefined ? [] : [place.replace(`${SANDBOX_ROOT}/`, "")],
    ...url === undefined ? [] : [url],
  ];
}
