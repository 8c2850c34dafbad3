import { z } from "../../deps.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { refusalOfUrlText } from "./condition_url.ts";
import { toolName } from "../tool_name.ts";

/** Calls that only a person may allow. */
export interface Escalation {
  /** Exact names of tools, each of them allowed by `tool_registry`; no patterns. */
  readonly tools: readonly string[];
  /** What the arguments must be; all of it. Left out: whatever they are. */
  readonly when?: readonly Condition[] | undefined;
  /** Why the policy does not decide alone, for the person who is asked. */
  readonly reason: string;
}

/**
 * Something that holds of one argument, by exactly one of the other keys. Of an
 * argument that is missing or of another type it holds too: who cannot tell asks.
 * A path and a URL have several spellings; it holds when it does of the one that
 * the model wrote, or of one that names where the path leads below the sandbox, or
 * of any URL that a server may take this one for. Where that cannot be told,
 * every condition on a text holds.
 */
export interface Condition {
  /** Name of the argument. */
  readonly argument: string;
  /** It is this text, number or boolean. */
  readonly equals?: string | number | boolean | undefined;
  /** It is a text that begins with this one. */
  readonly starts_with?: string | undefined;
  /** It is a text that has this one in it. */
  readonly contains?: string | undefined;
  /** It is a number above this one. */
  readonly greater_than?: number | undefined;
  /** It is a text or a list longer than this, in UTF-16 code units or items. */
  readonly longer_than?: number | undefined;
}

const OPERATORS = [
  "equals",
  "starts_with",
  "contains",
  "greater_than",
  "longer_than",
] as const;

const text = z.string().check(z.minLength(1, "expected a text, found none"));

const condition: z.ZodMiniType<Condition> = z.strictObject({
  argument: text,
  equals: z.optional(z.union([z.string(), z.number(), z.boolean()])),
  starts_with: z.optional(text),
  contains: z.optional(text),
  greater_than: z.optional(z.number()),
  longer_than: z.optional(z.int().check(z.minimum(0))),
}).check(
  z.refine(
    (given) => OPERATORS.filter((key) => given[key] !== undefined).length === 1,
    `expected exactly one of ${OPERATORS.join(", ")}`,
  ),
  (context) => {
    for (const key of ["equals", "starts_with"] as const) {
      const text = context.value[key];
      if (typeof text !== "string") continue;
      const why = refusalOfUrlText(text, { whole: key === "equals" });
      if (why === undefined) continue;
      context.issues.push({
        code: "custom",
        input: text,
        path: [key],
        message: `${quoted(text)} can match no URL: ${why}`,
      });
    }
  },
);

/** The schema of one entry of `escalate`. */
export const escalationSchema: z.ZodMiniType<Escalation> = z.strictObject({
  tools: z.array(toolName).check(z.minLength(1, "expected at least one tool")),
  when: z.optional(
    z.array(condition).check(
      z.minLength(
        1,
        "expected at least one condition; leave `when` out for all calls",
      ),
    ),
  ),
  reason: text,
});

/** Whether a condition holds of the value of its argument; `undefined` when that is missing. */
export function holds(
  { equals, starts_with, contains, greater_than, longer_than }: Omit<
    Condition,
    "argument"
  >,
  value: unknown,
): boolean {
  if (equals !== undefined) {
    return typeof value !== typeof equals || value === equals;
  }
  if (greater_than !== undefined) {
    return typeof value !== "number" || value > greater_than;
  }
  if (longer_than !== undefined) {
    const sized = typeof value === "string" || Array.isArray(value);
    return !sized || value.length > longer_than;
  }
  if (typeof value !== "string") return true;
  return starts_with !== undefined
    ? value.startsWith(starts_with)
    : value.includes(contains ?? "");
}
