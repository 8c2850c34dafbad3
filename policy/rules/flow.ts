import type { FlowClause } from "../document/clauses.ts";
import { type ClauseLines, clauseOf } from "../clause.ts";
import type { Label } from "../../tools/label.ts";
import type { CallName } from "../run_facts.ts";
import type { Ask, Metadata, Proposal, Rule } from "../rule.ts";

/**
 * Denies, or leaves to a person, a call of a labelled tool after calls of others
 * have set some labels. It knows nothing of what is in results and arguments, so
 * it finds more than there is, and misses nothing that the labels say.
 */
export function flow(
  clauses: readonly FlowClause[] = [],
  lines: ClauseLines,
): Rule {
  return {
    id: "flow",
    opinion(proposal) {
      const { name, tool, run } = proposal;
      const open = clauses.flatMap((clause, index) => {
        if (tool?.labels?.includes(clause.before) !== true) return [];
        const set = clause.after.flatMap((label) => {
          const by = run.labels.get(label);
          return by === undefined ? [] : [{ label, by }];
        });
        return set.length < clause.after.length ? [] : [{
          place: `flow[${index}]`,
          clause,
          reason: reasonOf(proposal, clause, set),
          metadata: metadataOf(set),
        }];
      });
      const denied = open.find(({ clause }) => clause.effect === "deny");
      if (denied !== undefined) {
        const line = lines.get(denied.place);
        return {
          effect: "deny",
          reason: denied.reason,
          metadata: {
            tool: name,
            clause: clauseOf(denied.clause, denied.place),
            ...line === undefined ? {} : { line },
            ...denied.metadata,
          },
        };
      }
      if (open.length === 0) return undefined;
      return {
        effect: "escalate",
        asks: open.map(({ clause, place, reason }): Ask => ({
          clause: clauseOf(clause, place),
          reason,
        })),
        metadata: Object.assign(
          { tool: name },
          ...open.map(({ metadata }) => metadata),
        ),
      };
    },
  };
}

type SetLabel = { readonly label: Label; readonly by: CallName };

function reasonOf(
  { name }: Proposal,
  { before, reason }: FlowClause,
  set: readonly SetLabel[],
): string {
  const since = set.map(({ label, by }) =>
    `${label} since call ${by.call} (${by.tool})`
  ).join(", ");
  return `${
    JSON.stringify(name)
  } is a ${before}; the run is ${since}: ${reason}`;
}

function metadataOf(set: readonly SetLabel[]): Metadata {
  return Object.fromEntries(
    set.flatMap(({ label, by }) => [
      [`${label}_since_call`, by.call],
      [`${label}_since_tool`, by.tool],
    ]),
  );
}
