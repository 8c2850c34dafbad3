import type { CallLimit } from "../document/clauses.ts";
import { type ClauseLines, clauseMetadata } from "../clause.ts";
import type { Opinion, Rule } from "../rule.ts";
import { isNamed } from "../tool_pattern.ts";

/** Denies a call of tools of which so many have begun already. */
export function callLimit(
  limits: readonly CallLimit[] = [],
  lines: ClauseLines,
): Rule {
  return {
    id: "call_limit",
    opinion({ name, run, redirects }) {
      let allowed: Opinion | undefined;
      for (const [index, limit] of limits.entries()) {
        const { tools, max_calls, per_seconds } = limit;
        if (!isNamed(name, tools)) continue;
        // A redirect is no call of the model's.
        if (per_seconds === undefined && redirects > 0) continue;
        const calls = run.calls(tools, per_seconds);
        const counted = { counted_calls: calls, max_calls };
        allowed ??= { effect: "allow", metadata: counted };
        if (calls < max_calls) continue;
        const place = `call_limits[${index}]`;
        return {
          effect: "deny",
          reason: `${calls} calls of ${tools.join(", ")} have begun${
            per_seconds === undefined ? "" : ` within ${per_seconds} s`
          }; ${max_calls} are allowed`,
          metadata: {
            ...clauseMetadata(limit, { place, lines }),
            ...counted,
          },
        };
      }
      return allowed;
    },
  };
}
