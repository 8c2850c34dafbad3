import { z } from "../../deps.ts";
import { optionalKey } from "../../tools/data/described.ts";
import { clauseId } from "../clause_id.ts";
import { anyToolPattern } from "../tool_pattern.ts";
import { type Condition, conditionSchema } from "./condition.ts";

/** Calls that only a person may allow. */
export interface Escalation {
  /** A name for it, recorded beside the rule's. */
  readonly id?: string | undefined;
  /** Exact names of tools, or beginnings of names with a `*` after them; each is allowed by `tool_registry`. */
  readonly tools: readonly string[];
  /** What the call must be; all of it. What is unknown counts as true. Left out: any call. */
  readonly when?: readonly Condition[] | undefined;
  /** Why the policy does not decide alone, for the person who is asked. */
  readonly reason: string;
}

/** The schema of one entry of `escalate`. */
export const escalationSchema: z.ZodMiniType<Escalation> = z.strictObject({
  id: z.optional(clauseId),
  tools: z.array(anyToolPattern).check(
    z.minLength(1, "expected at least one tool"),
    z.describe(
      "Exact names of tools, beginnings of names with a * after them, or * for all",
    ),
  ),
  when: optionalKey(
    z.array(conditionSchema).check(
      z.minLength(
        1,
        "expected at least one condition; leave `when` out for all calls",
      ),
    ),
    "What the call must be, all of it; what is unknown counts as true. Left out: any call",
  ),
  reason: z.string().check(
    z.minLength(1, "expected a text, found none"),
    z.describe(
      "Why the policy does not decide alone, for the person who is asked",
    ),
  ),
});
