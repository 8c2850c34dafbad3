import { z } from "../deps.ts";
import { described, optionalKey } from "../tools/data/described.ts";
import { NOBODY } from "../policy/answer.ts";
import type { ApprovalAnswer, Approver } from "../runtime/approval/approval.ts";
import { approverNameFault } from "../runtime/approval/approver_name.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  TERMINAL_REASONS,
  type TerminalReason,
} from "../runtime/record/vocabulary.ts";
import {
  FAILURE_MODES,
  type FailureModeId,
} from "../runtime/record/failure.ts";
import { RULE_IDS, type RuleId } from "../policy/rule.ts";
import { spanProjection } from "../trace/span_projection.ts";

/** A decision that a scenario expects, other than `allow`. */
export interface ExpectedDecision {
  readonly decision: "deny" | "escalate";
  readonly rule_id: RuleId;
  /**
   * The tool that was proposed. When left out, any tool matches, and also none,
   * as for a budget.
   */
  readonly tool?: string | undefined;
  /** Facts that the decision's metadata must have. */
  readonly metadata?:
    | Readonly<Record<string, string | number | boolean>>
    | undefined;
}

/** The answer of a person to a question that a scenario expects, given in its place. */
export interface ExpectedApproval {
  /** Whose call is asked about. Default: of any tool. */
  readonly tool?: string | undefined;
  readonly verdict: ApprovalAnswer["verdict"];
  /** In whose name it is answered. Default: `tester`. */
  readonly by?: string | undefined;
}

/** What a scenario expects; keys that are left out are not checked. */
export interface Expectation {
  readonly terminal_reason: TerminalReason;
  readonly answer?: string | undefined;
  /** The failure modes of the steps that have one, in order. */
  readonly failure_modes?: readonly FailureModeId[] | undefined;
  /** Every decision that is not `allow`, in order. */
  readonly decisions?: readonly ExpectedDecision[] | undefined;
  /**
   * What a person is asked, in order, with the answers, which are given. Default:
   * nobody answers.
   */
  readonly approvals?: readonly ExpectedApproval[] | undefined;
  /** The outcome of every attempt, in order. */
  readonly attempts?: readonly AttemptOutcome[] | undefined;
  /** How many spans of each kind the trace has. */
  readonly spans?: Readonly<Record<string, number>> | undefined;
  /** Every URL that was requested, in order, as the server saw it. */
  readonly requests?: readonly string[] | undefined;
  /** Every file that was written, sorted, as it is found on the disk. */
  readonly files?: readonly string[] | undefined;
}

/** Who answers in a scenario that names nobody. */
const TESTER = "tester";

/** What was seen of a run, on its record and outside of it. */
export interface Observation {
  readonly events: readonly RunEvent[];
  readonly requests: readonly string[];
  readonly files: readonly string[];
}

/** The schema of the `expect` block of a task file. */
export const expectationSchema: z.ZodMiniType<Expectation> = z.strictObject({
  terminal_reason: described(z.enum(TERMINAL_REASONS), "Why the run ends"),
  answer: optionalKey(z.string(), "The final answer, exactly"),
  failure_modes: optionalKey(
    z.array(z.enum(FAILURE_MODES.map(({ id }) => id))),
    "The failure modes of the steps that have one, in order",
  ),
  decisions: optionalKey(
    z.array(z.strictObject({
      decision: described(z.enum(["deny", "escalate"]), "What is decided"),
      rule_id: described(z.enum(RULE_IDS), "The rule that decides"),
      tool: optionalKey(
        z.string(),
        "The tool that was proposed. Left out: any, or none",
      ),
      metadata: optionalKey(
        z.record(
          z.string(),
          z.union([z.string(), z.number(), z.boolean()]),
        ),
        "Facts that the decision must give; others are not looked at",
      ),
    })),
    "Every decision that is not allow, in order",
  ),
  approvals: optionalKey(
    z.array(z.strictObject({
      tool: optionalKey(
        z.string(),
        "The tool whose call is asked about. Left out: any",
      ),
      verdict: described(
        z.enum(["approved", "rejected"]),
        "What the person answers",
      ),
      by: optionalKey(
        z.string().check(
          z.refine(
            (name) => approverNameFault(name) === undefined,
            "expected a name that an approver can have",
          ),
        ),
        "The name of the person. Left out: tester",
      ),
    })),
    "Every question to a person, in order, with the answer, which is given. Left out: nobody answers",
  ),
  attempts: optionalKey(
    z.array(z.enum(ATTEMPT_OUTCOMES)),
    "The outcome of every attempt, in order",
  ),
  spans: optionalKey(
    z.record(
      z.enum([
        "agent_step",
        "llm_call",
        "policy_check",
        "tool_call",
        "retry_attempt",
      ]),
      z.int().check(z.minimum(0)),
    ),
    "How many spans of each kind the trace has",
  ),
  requests: optionalKey(
    z.array(z.string()),
    "Every URL that was requested, in order, as the server saw it",
  ),
  files: optionalKey(
    z.array(z.string()),
    "Every file that was written, sorted, as it is found on the disk",
  ),
});

/** Lists each unmet expectation on one line: what was expected and what was seen. */
export function unmet(
  expected: Expectation,
  seen: Observation,
): readonly string[] {
  const summary = summarize(seen);
  const decisions = expected.decisions === undefined
    ? undefined
    : summary.decisions.map((each, index) =>
      onlyAsked(each, expected.decisions?.[index])
    );
  const compared: Readonly<Record<string, unknown>> = {
    ...summary,
    decisions,
    approvals: summary.approvals.map((each, index) =>
      onlyNamed(each, expected.approvals?.[index])
    ),
  };
  const said = {
    ...expected,
    approvals: expected.approvals?.map(({ by = TESTER, ...rest }) => ({
      ...rest,
      by,
    })),
  };
  return Object.entries(said).flatMap(([key, want]) => {
    const [wanted, found] = [want, compared[key]].map(stable);
    return want === undefined || wanted === found
      ? []
      : [`${key}: expected ${wanted}, saw ${found}`];
  });
}

interface Summary extends Required<Omit<Expectation, "answer" | "spans">> {
  readonly answer: string | null;
  readonly spans: Readonly<Record<string, number>>;
}

/** Converts an observation to the form of an expectation. */
function summarize({ events, requests, files }: Observation): Summary {
  const finished = events.findLast(({ type }) => type === "run_finished");
  const end = finished?.type === "run_finished" ? finished : undefined;
  return {
    terminal_reason: end?.terminal_reason ?? "cancelled",
    answer: end?.answer ?? null,
    failure_modes: events.flatMap((event) =>
      event.type === "step_finished" && event.failure_mode !== null
        ? [event.failure_mode]
        : []
    ),
    decisions: events.flatMap((event) =>
      event.type === "policy_checked" && event.decision !== "allow" &&
        event.rule_id !== null
        ? [{
          decision: event.decision,
          rule_id: event.rule_id,
          tool: event.tool ?? undefined,
          metadata: event.metadata,
        }]
        : []
    ),
    approvals: approvalsIn(events),
    attempts: events.flatMap((event) =>
      event.type === "attempt_finished" ? [event.outcome] : []
    ),
    spans: countSpans(events),
    requests,
    files,
  };
}

/** Every question to a person, and how it was answered. */
function approvalsIn(events: readonly RunEvent[]): ExpectedApproval[] {
  let asked: string | undefined;
  return events.flatMap((event) => {
    if (event.type === "policy_checked") asked = event.tool ?? undefined;
    return event.type === "approval_resolved"
      ? [{ tool: asked, verdict: event.verdict, by: event.approver }]
      : [];
  });
}

/** A question without its tool, where the expectation does not ask for it. */
function onlyNamed(
  { tool, ...seen }: ExpectedApproval,
  asked: ExpectedApproval | undefined,
): ExpectedApproval {
  return asked !== undefined && asked.tool === undefined
    ? seen
    : { ...seen, tool };
}

/**
 * Answers the questions of a scenario as it expects, in their order. A question
 * that is not the expected one is answered by nobody.
 */
export function expectedApprover(
  approvals: readonly ExpectedApproval[],
): Approver {
  const left = [...approvals];
  return ({ tool }) => {
    const next = left.shift();
    const fits = next !== undefined &&
      (next.tool === undefined || next.tool === tool);
    return Promise.resolve(
      fits
        ? { approver: next.by ?? TESTER, verdict: next.verdict }
        : { approver: NOBODY, verdict: "rejected" },
    );
  };
}

function countSpans(
  events: readonly RunEvent[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {
    agent_step: 0,
    llm_call: 0,
    policy_check: 0,
    tool_call: 0,
    retry_attempt: 0,
  };
  const project = spanProjection();
  for (const { name } of events.flatMap(project)) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** A decision without its tool and the facts that the expectation does not ask for. */
function onlyAsked(
  seen: ExpectedDecision,
  asked: ExpectedDecision | undefined,
): ExpectedDecision {
  const keys = Object.keys(asked?.metadata ?? {});
  const facts = Object.entries(seen.metadata ?? {})
    .filter(([key]) => keys.includes(key));
  const metadata = asked?.metadata === undefined
    ? undefined
    : Object.fromEntries(facts);
  const tool = asked !== undefined && asked.tool === undefined
    ? undefined
    : seen.tool;
  return { ...seen, tool, metadata };
}

/** JSON that does not depend on the order of keys. */
function stable(value: unknown): string {
  return JSON.stringify(
    value,
    (_, each: unknown) =>
      typeof each === "object" && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort())
        : each,
  ) ?? "nothing";
}
