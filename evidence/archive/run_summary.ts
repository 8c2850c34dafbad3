import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  PolicyChecked,
  RunEvent,
  RunTotals,
} from "../../runtime/record/event.ts";
import { tokensOf } from "../../runtime/record/usage.ts";
import type { TerminalReason } from "../../runtime/record/vocabulary.ts";

/** How a run of an archive ended: its terminal reason, or why it has none. */
export type RunEnd = TerminalReason | "waiting" | "unfinished";

/**
 * What checking a run came to: `verified`, sound as far as it goes (`waiting`,
 * `unfinished`), `findings`, or `unchecked` where nobody asked for it.
 */
export type RunCheck =
  | "verified"
  | "waiting"
  | "unfinished"
  | "findings"
  | "unchecked";

/** Denials of one rule that have the clause and the tool in common. */
export interface DenialCount {
  /** The rule that denied. */
  readonly rule: string;
  /** The clause's id or place; `null` for a rule without clauses. */
  readonly clause: string | null;
  /** The tool as it was spelled; `null` where a budget was used up. */
  readonly tool: string | null;
  readonly count: number;
}

/** An answer to an escalated call. */
export interface AnswerGiven {
  /** Who answered; `none` when nobody did. */
  readonly by: string;
  readonly verdict: "approved" | "rejected";
  /** The tool that was asked about. */
  readonly tool: string;
}

/** What an archive shows of one run. */
export interface RunSummary {
  /** As its reader named it. */
  readonly run: string;
  /** The id on record. */
  readonly run_id: string;
  /** The task's id. */
  readonly task: string;
  /** The first 12 hex digits of the policy's SHA-256. */
  readonly policy: string;
  /** `provider/model`. */
  readonly model: string;
  /** When it began by its own clock, ISO 8601 in UTC, to the second; `null` where that has no date of four-digit years. */
  readonly started: string | null;
  /** Milliseconds from the first event to the last, by the clock of the run. */
  readonly took_ms: number;
  readonly end: RunEnd;
  readonly steps: number;
  /** Calls that were allowed and begun. */
  readonly tool_calls: number;
  readonly tokens: number;
  /** As `0.0125 EUR`; `null` when it is unknown or the policy has no prices. */
  readonly cost: string | null;
  /** Names of all tools that were asked for, sorted, as they were spelled. */
  readonly tools: readonly string[];
  readonly denials: readonly DenialCount[];
  readonly answers: readonly AnswerGiven[];
  readonly check: RunCheck;
  /** Codes of what the check found, each once. */
  readonly findings: readonly string[];
  /** Hash of the last line, 64 hex digits. */
  readonly head: string;
}

/** What is known of a run beside its events. */
export interface Checked {
  /** As its reader named it. */
  readonly run: string;
  readonly check: RunCheck;
  readonly findings: readonly string[];
  readonly head: string;
  /** Whether it waits for an answer of a person. */
  readonly waits: boolean;
}

/**
 * Sums up what a run did.
 *
 * @throws {RangeError} when the events do not begin with `run_started`
 */
export function runSummary(
  events: readonly RunEvent[],
  { waits, ...known }: Checked,
): RunSummary {
  const [started] = events;
  const last = events.at(-1);
  if (started?.type !== "run_started" || last === undefined) {
    throw new RangeError("Cannot sum up a run without its beginning");
  }
  const ended = last.type === "run_finished" ? last : undefined;
  return {
    run: known.run,
    run_id: started.run_id,
    task: started.task.id,
    policy: started.policy.version,
    model: `${started.llm.provider}/${started.llm.model}`,
    started: secondOf(started.ts),
    took_ms: Number((BigInt(last.ts) - BigInt(started.ts)) / 1_000_000n),
    end: ended?.terminal_reason ?? (waits ? "waiting" : "unfinished"),
    ...ended === undefined ? countsIn(events) : countsOf(ended.totals),
    cost: ended?.totals.cost ?? null,
    tools: toolsIn(events),
    denials: denialsIn(events),
    answers: answersIn(events),
    check: known.check,
    findings: known.findings,
    head: known.head,
  };
}

/** `2026-11-22T00:00:00Z` of nanoseconds since the epoch; a record may state any number of them. */
function secondOf(ts: string): string | null {
  const date = new Date(Number(BigInt(ts) / 1_000_000n));
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return null;
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}

function countsOf({ steps, tool_calls, tokens }: RunTotals) {
  return { steps, tool_calls, tokens };
}

/** The same of a run that did not end. */
function countsIn(events: readonly RunEvent[]) {
  let [steps, tool_calls, tokens] = [0, 0, 0];
  for (const event of events) {
    steps = Math.max(steps, event.step);
    if (event.type === "tool_started") tool_calls += 1;
    if (event.type === "llm_completed" && event.usage !== null) {
      tokens += tokensOf(event.usage);
    }
  }
  return { steps, tool_calls, tokens };
}

function checksIn(events: readonly RunEvent[]): readonly PolicyChecked[] {
  return events.filter((event) => event.type === "policy_checked");
}

function toolsIn(events: readonly RunEvent[]): readonly string[] {
  const names = checksIn(events).flatMap(({ tool }) => tool ?? []);
  return [...new Set(names)].sort();
}

function denialsIn(events: readonly RunEvent[]): readonly DenialCount[] {
  const counts = new Map<string, DenialCount>();
  for (const event of checksIn(events)) {
    const { rule_id, metadata, tool } = event;
    if (effectOf(event) !== "deny" || rule_id === null) continue;
    const clause = typeof metadata.clause === "string" ? metadata.clause : null;
    const key = JSON.stringify([rule_id, clause, tool]);
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { rule: rule_id, clause, tool, count });
  }
  return [...counts.values()];
}

/** Each answer with the tool of the call that was escalated last under its id. */
function answersIn(events: readonly RunEvent[]): readonly AnswerGiven[] {
  const asked = new Map<number | string | null, string>();
  return events.flatMap((event) => {
    if (event.type === "policy_checked" && event.decision === "escalate") {
      asked.set(event.call ?? event.call_id, event.tool ?? "");
    }
    if (event.type !== "approval_resolved") return [];
    const { approver, verdict, call, call_id } = event;
    const tool = asked.get(call ?? call_id) ?? "";
    return [{ by: approver, verdict, tool }];
  });
}
