import { clauseOf } from "../clause.ts";
import { CLAUSE_SECTIONS } from "../document/clauses.ts";
import type { PolicyDocument } from "../document/document.ts";

/** A clause of a policy, by its name and the line on which it begins. */
export interface NamedClause {
  readonly name: string;
  readonly line: number | undefined;
}

/** A key that asks a person as a clause does. */
const UNLISTED_HOSTS = "unlisted_hosts";

/** Every clause of a policy that can decide, in the order of its sections; last that unlisted hosts are left to a person. */
export function clausesIn(
  { document, lines }: {
    readonly document: PolicyDocument;
    readonly lines: ReadonlyMap<string, number>;
  },
): readonly NamedClause[] {
  const clauses = CLAUSE_SECTIONS.flatMap((section) =>
    (document[section] ?? []).map((clause, index) => {
      const place = `${section}[${index}]`;
      return { name: clauseOf(clause, place), line: lines.get(place) };
    })
  );
  return document.unlisted_hosts === "escalate"
    ? [...clauses, { name: UNLISTED_HOSTS, line: lines.get(UNLISTED_HOSTS) }]
    : clauses;
}
