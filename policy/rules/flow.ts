import type { FlowClause } from "../document/clauses.ts";
import {
  type ClauseLines,
  clauseMetadata,
  clauseOf,
  grounds,
} from "../clause.ts";
import { all } from "../conditions/truth.ts";
import { type JudgedClause, objectionsOf } from "../judged_clause.ts";
import type { Metadata, Opinion, Proposal, Rule } from "../rule.ts";

/**
 * Denies, or leaves to a person, a call of a labelled tool after calls of others
 * have set some labels. It knows nothing of what is in results and arguments, so
 * it finds more than there is, and misses nothing that the labels say.
 */
export function flow(
  given: readonly FlowClause[] = [],
  lines: ClauseLines,
): Rule {
  const clauses = (proposal: Proposal): readonly JudgedFlow[] =>
    given.flatMap((clause, index) =>
      proposal.tool?.labels?.includes(clause.before) === true
        ? [judgedFlow(clause, `flow[${index}]`, proposal)]
        : []
    );
  return {
    id: "flow",
    clauses,
    opinion(proposal) {
      const { name } = proposal;
      const judged = clauses(proposal);
      const { denied, asking } = objectionsOf(judged);
      if (denied !== undefined) {
        const { place, reason, labels } = denied;
        return {
          effect: "deny",
          reason,
          metadata: {
            tool: name,
            ...clauseMetadata(denied, { place, lines }),
            ...labels,
          },
        };
      }
      return asking.length === 0 ? allowed(judged) : {
        effect: "escalate",
        asks: asking.map((each) => ({
          clause: clauseOf(each, each.place),
          reason: each.reason,
        })),
        metadata: { tool: name, ...labelsOf(asking) },
      };
    },
  };
}

interface JudgedFlow extends JudgedClause {
  /** Which of its labels are set, and by which calls. */
  readonly labels: Metadata;
}

function labelsOf(clauses: readonly JudgedFlow[]): Metadata {
  return Object.assign({}, ...clauses.map(({ labels }) => labels));
}

/** Of a call that is allowed the record says which labels were set. */
function allowed(clauses: readonly JudgedFlow[]): Opinion | undefined {
  const metadata = labelsOf(clauses);
  return Object.keys(metadata).length === 0
    ? undefined
    : { effect: "allow", metadata };
}

function judgedFlow(
  { id, after, before, effect, reason }: FlowClause,
  place: string,
  { name, run }: Proposal,
): JudgedFlow {
  const conditions = after.map((label) => {
    const by = run.labels.get(label);
    const text = by === undefined
      ? label
      : `${label} since call ${by.call} (${by.tool})`;
    return { label, by, text, truth: by !== undefined };
  });
  const set = conditions.flatMap(({ label, by }) =>
    by === undefined ? [] : [{ label, ...by }]
  );
  const since = conditions.filter((each) => each.truth)
    .map(({ text }) => text).join(", ");
  const truth = all(conditions.map((each) => each.truth));
  return {
    place,
    id,
    effect,
    reason: `${
      JSON.stringify(name)
    } is a ${before}; the run is ${since}: ${reason}`,
    truth: () => truth,
    objects: () => truth === true,
    conditions: () => conditions.map(({ text, truth }) => ({ text, truth })),
    labels: grounds([{ kind: "labels", labels: set }]),
  };
}
