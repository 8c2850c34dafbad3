import type { CallLimit } from "../document/clauses.ts";
import { type ClauseLines, clauseMetadata } from "../clause.ts";
import { type JudgedClause, objectionsOf } from "../judged_clause.ts";
import type { Metadata, Proposal, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/** Denies a call once as many calls of its tools have begun as the policy allows. */
export function callLimit(
  limits: readonly CallLimit[] = [],
  lines: ClauseLines,
): Rule {
  const clauses = (proposal: Proposal): readonly JudgedLimit[] =>
    limits.flatMap((limit, index) =>
      isMeant(limit, proposal)
        ? [judgedLimit(limit, `call_limits[${index}]`, proposal)]
        : []
    );
  return {
    id: "call_limit",
    clauses,
    opinion(proposal) {
      const judged = clauses(proposal);
      const { denied } = objectionsOf(judged);
      if (denied !== undefined) {
        const { place, reason, counted } = denied;
        return {
          effect: "deny",
          reason,
          metadata: { ...clauseMetadata(denied, { place, lines }), ...counted },
        };
      }
      const [first] = judged;
      return first === undefined
        ? undefined
        : { effect: "allow", metadata: first.counted };
    },
  };
}

interface JudgedLimit extends JudgedClause {
  /** How many calls have begun, and how many may. */
  readonly counted: Metadata;
}

/** The model did not propose a redirect, so only a limit within some seconds counts it. */
function isMeant(
  { tools, per_seconds }: CallLimit,
  { name, redirects }: Proposal,
): boolean {
  return isNamed(name, tools) && (per_seconds !== undefined || redirects === 0);
}

function judgedLimit(
  { id, tools, max_calls, per_seconds }: CallLimit,
  place: string,
  { run }: Proposal,
): JudgedLimit {
  const calls = run.calls(tools, per_seconds);
  const isReached = calls >= max_calls;
  return {
    place,
    id,
    effect: "deny",
    reason: `${calls} calls of ${tools.join(", ")} have begun${
      per_seconds === undefined ? "" : ` within ${per_seconds} s`
    }; ${max_calls} are allowed`,
    truth: () => isReached,
    objects: () => isReached,
    conditions: () => [
      { text: `${calls} of ${max_calls} calls`, truth: isReached },
    ],
    counted: { counted_calls: calls, max_calls },
  };
}
