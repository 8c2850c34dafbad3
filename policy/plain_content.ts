import type { Json } from "../tools/data/json.ts";

/**
 * Writes what calls were given and gave back as text, without what must not leave
 * the record.
 */
export interface ContentRedaction {
  /** The arguments of a call: their raw text, or the value as JSON. */
  arguments(value: Json): string;
  /** The result of a call, or where it is redirected, as JSON. */
  result(value: Json): string;
}

/** Writes contents as they are, where the policy leaves out nothing. */
export const plainContent: ContentRedaction = {
  arguments: (value) =>
    typeof value === "string" ? value : JSON.stringify(value),
  result: (value) => JSON.stringify(value),
};
