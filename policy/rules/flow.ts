import type { FlowClause } from "../document/clauses.ts";
import {
  type ClauseLines,
  clauseMetadata,
  clauseOf,
  grounds,
} from "../clause.ts";
import type { Label } from "../../tools/label.ts";
import type { CallName } from "../run_facts.ts";
import type { Ask, Metadata, Opinion, Proposal, Rule } from "../rule.ts";

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
      const looked = clauses.flatMap((clause, index) => {
        if (tool?.labels?.includes(clause.before) !== true) return [];
        const set = clause.after.flatMap((label) => {
          const by = run.labels.get(label);
          return by === undefined ? [] : [{ label, ...by }];
        });
        return [{
          isOpen: set.length === clause.after.length,
          place: `flow[${index}]`,
          clause,
          reason: reasonOf(proposal, clause, set),
          metadata: grounds([{ kind: "labels", labels: set }]),
        }];
      });
      const open = looked.filter(({ isOpen }) => isOpen);
      const denied = open.find(({ clause }) => clause.effect === "deny");
      if (denied !== undefined) {
        return {
          effect: "deny",
          reason: denied.reason,
          metadata: {
            tool: name,
            ...clauseMetadata(denied.clause, { place: denied.place, lines }),
            ...denied.metadata,
          },
        };
      }
      if (open.length === 0) return allowed(looked);
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

/** Of a call that is allowed the record says which labels were set. */
function allowed(
  looked: readonly { readonly metadata: Metadata }[],
): Opinion | undefined {
  const metadata: Metadata = Object.assign(
    {},
    ...looked.map((each) => each.metadata),
  );
  return Object.keys(metadata).length === 0
    ? undefined
    : { effect: "allow", metadata };
}

type SetLabel = CallName & { readonly label: Label };

function reasonOf(
  { name }: Proposal,
  { before, reason }: FlowClause,
  set: readonly SetLabel[],
): string {
  const since = set.map(({ label, call, tool }) =>
    `${label} since call ${call} (${tool})`
  ).join(", ");
  return `${
    JSON.stringify(name)
  } is a ${before}; the run is ${since}: ${reason}`;
}
