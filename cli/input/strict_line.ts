import { z } from "../../deps.ts";
import { type JsonMember, jsonMembers } from "../../tools/data/json_members.ts";

/** What somebody who asks calls a call. */
export type LineId = string | number | null;

/** The schema of such a name. */
export const lineId: z.ZodMiniType<string | number> = z.union([
  z.string(),
  z.number(),
]);

/** A line that could not be read, and why. */
export interface UnreadLine {
  readonly ok: false;
  /** What can be told of who asks. */
  readonly id: LineId;
  readonly error: string;
}

/** What was read from a line, and its members as they are written. */
export interface ReadLine<T> {
  readonly ok: true;
  readonly value: T;
  readonly members: readonly JsonMember[];
}

/**
 * Reads an object from a line of JSON, strictly: by the schema that its keys call
 * for, and no key twice. Whatever is in it, nothing is thrown.
 */
export function readStrictLine<T>(
  line: string,
  schemaOf: (value: object) => z.ZodMiniType<T>,
): ReadLine<T> | UnreadLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, id: null, error: "it is not JSON" };
  }
  const wrong = (error: string): UnreadLine => {
    const asked = z.object({ id: lineId }).safeParse(value);
    return { ok: false, id: asked.success ? asked.data.id : null, error };
  };
  const parsed = schemaOf(Object(value)).safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    return wrong(`${place === "" ? "" : `${place}: `}${issue?.message}`);
  }
  const members = jsonMembers(line);
  const twice = members.find(({ key }, index) =>
    members.slice(0, index).some((before) => before.key === key)
  );
  return twice === undefined
    ? { ok: true, value: parsed.data, members }
    : wrong(`the key "${twice.key}" comes twice`);
}
