import { sha256Text } from "../tools/data/sha256.ts";
import type { Basis } from "./conditions/basis.ts";
import type { Metadata } from "./rule.ts";

/** On which line of the policy's file each clause begins, by its place: `deny[2]`. */
export type ClauseLines = ReadonlyMap<string, number>;

/** How a clause is named on record: by its own id, else by its place. */
export function clauseOf(
  { id }: { readonly id?: string | undefined },
  place: string,
): string {
  return id ?? place;
}

/** A clause on record: its name, and its line where that is known. */
export function clauseMetadata(
  clause: { readonly id?: string | undefined },
  { place, lines }: { readonly place: string; readonly lines: ClauseLines },
): Metadata {
  const line = lines.get(place);
  const name = { clause: clauseOf(clause, place) };
  return line === undefined ? name : { ...name, line };
}

/** Of how many values the record says that a decision rests on them. */
const MAX_SUBJECTS = 2;

/**
 * What a decision rests on, for the record: values by path, length and SHA-256,
 * never themselves; where they were seen; which calls set the labels; how many
 * calls were counted.
 */
export function grounds(bases: readonly Basis[]): Metadata {
  const metadata: Record<string, string | number | boolean> = {};
  let subjects = 0;
  for (const basis of bases) {
    if (basis.kind === "labels") {
      for (const { label, call, tool } of basis.labels) {
        metadata[`${label}_since_call`] = call;
        metadata[`${label}_since_tool`] = tool;
      }
    } else if (basis.kind === "ran") metadata.counted_calls = basis.calls;
    else if (subjects < MAX_SUBJECTS) {
      const name = subjects === 0 ? "subject" : `subject_${subjects + 1}`;
      const text = textOf(basis.value);
      metadata[name] = basis.path;
      metadata[`${name}_length`] = text.length;
      metadata[`${name}_sha256`] = sha256Text(text);
      if (basis.kind === "seen") {
        metadata[`${name}_seen_seq`] = basis.seen?.seq ?? -1;
        if (basis.seen !== null) {
          metadata[`${name}_seen_offset`] = basis.seen.offset;
        }
      }
      subjects += 1;
    }
  }
  return metadata;
}

/** A text as it is, anything else as JSON writes it. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}
