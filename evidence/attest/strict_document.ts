import type { z } from "../../deps.ts";
import { parseStrictJson } from "../../tools/data/strict_json.ts";

/** A parsed document, or why a text is not one. */
export type StrictDocument<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** Far above what an attestation or a manifest needs. */
const LIMITS = { max_bytes: 65_536, max_depth: 8 };

/** Parses a small JSON document: no duplicate keys, nothing that `schema` does not name. */
export function parseStrictDocument<T>(
  text: string,
  schema: z.ZodMiniType<T>,
): StrictDocument<T> {
  const json = parseStrictJson(text, LIMITS);
  if (!json.ok) return json;
  const result = schema.safeParse(json.value);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  const parts = [issue?.path.join(".") ?? "", issue?.message ?? ""];
  return { ok: false, reason: parts.filter((each) => each !== "").join(": ") };
}
