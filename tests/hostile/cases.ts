import { z } from "../../deps.ts";
import { CLAUSE_CASES } from "./clause_cases.ts";
import { RECORD_CASES } from "./record_cases.ts";
import { RUN_DIRECTORY_CASES } from "./run_directory_cases.ts";
import casesText from "./cases.json" with { type: "text" };
import escalationText from "./escalation.json" with { type: "text" };
import { TERMINAL_CASES } from "./terminal_cases.ts";

/** One thing that a model may propose, and what must become of it. */
export interface HostileCase {
  /** Begins with `ok-` when it must be allowed. */
  readonly id: string;
  /** Which gate it is for. */
  readonly family: string;
  /** What is proposed, as its family writes it. */
  readonly input: unknown;
  /** The policy and whatever else its family needs. */
  readonly context: CaseContext;
  readonly expected: OutcomeKind;
  /** `<rule>.<clause>`; a denial must name the rule. */
  readonly rule_id: string;
  readonly why: string;
}

/** How a case may end: it runs, a gate says no, or it is malformed or fails as foreseen. */
export type OutcomeKind = "allow" | "deny" | "error";

/** What all families have; each reads more with a schema of its own. */
export interface CaseContext {
  readonly [key: string]: unknown;
  /** Outcomes that are as good as the expected one. */
  readonly also_ok?: readonly OutcomeKind[] | undefined;
  /** How large a decision may be, in bytes of JSON. */
  readonly max_reason_bytes?: number | undefined;
  /** The exit code with which a command ends, where it is not 0. */
  readonly code?: number | undefined;
}

const outcomeKind = z.enum(["allow", "deny", "error"]);

const schema: z.ZodMiniType<readonly HostileCase[]> = z.array(z.object({
  id: z.string(),
  family: z.string(),
  input: z.unknown(),
  context: z.looseObject({
    also_ok: z.optional(z.array(outcomeKind)),
    max_reason_bytes: z.optional(z.number()),
    code: z.optional(z.number()),
  }),
  expected: outcomeKind,
  rule_id: z.string(),
  why: z.string(),
}));

/** Every case of `cases.json`, and then of the families that have a file of their own. */
export const HOSTILE_CASES: readonly HostileCase[] = [
  ...[casesText, escalationText]
    .flatMap((text) => schema.parse(JSON.parse(text))),
  ...CLAUSE_CASES,
  ...RUN_DIRECTORY_CASES,
  ...RECORD_CASES,
  ...TERMINAL_CASES,
];

/** Whether a case is a benign call that only looks like an attack. */
export function isBenign({ id }: HostileCase): boolean {
  return id.startsWith("ok-");
}
