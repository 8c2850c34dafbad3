import { NOBODY } from "../../policy/answer.ts";
import type { ContentRedaction } from "../../policy/plain_content.ts";
import { effectOf } from "../../runtime/record/effect_of.ts";
import type {
  ApprovalResolved,
  PolicyChecked,
  RunEvent,
} from "../../runtime/record/event.ts";
import { counted } from "../../tools/data/counted.ts";
import type { Json } from "../../tools/data/json.ts";
import { proposedCall } from "../current_call.ts";
import { openCalls } from "../open_calls.ts";
import { boundedList } from "./bounded_list.ts";
import { clauseLine } from "./clause_line.ts";
import { codeBlock, codeCell } from "./markdown.ts";
import { secondsOf } from "./run_clock.ts";

/** A call that a reviewer looks at: it was denied, or left to a person. */
interface ReviewedCall {
  readonly step: number;
  readonly tool: string;
  /** What it was given, redacted. */
  readonly args: string;
  question: Timed<PolicyChecked> | undefined;
  answer: Timed<ApprovalResolved> | undefined;
  denial: Timed<PolicyChecked> | undefined;
}

/**
 * Says on which line of the policy a clause begins, and what that line says; empty
 * when that is unknown. `recorded` is the line on record, if it is there.
 */
type Clauses = (clause: string, recorded: number | undefined) => string;

interface Timed<Event> {
  readonly event: Event;
  readonly atMs: number;
}

/** Collects the calls that a reviewer looks at, up to a limit. */
export interface CallReview {
  /** Takes the next event, redacted, and as it is on record, with its time after the first one. */
  push(event: RunEvent, recorded: RunEvent, atMs: number): void;
  /** A section with each of them; empty when there are none. */
  section(): readonly string[];
}

const MAX_CALLS = 50;
/** How much of arguments and of a line of the policy is shown, in characters. */
const MAX_ARGUMENTS = 1000;
const MAX_LINE = 100;

/** Starts without a call. `policyText` is the policy on record. */
export function callReview(
  { content, policyText }: {
    readonly content: ContentRedaction;
    readonly policyText: string;
  },
): CallReview {
  const calls = boundedList<ReviewedCall>(MAX_CALLS);
  const recordedCalls = openCalls();
  /** Calls that a person was asked about, by their number. */
  const asked = new Map<number | undefined, ReviewedCall>();
  const lines = policyText.split("\n");
  const clauses: Clauses = (clause, recorded) => {
    const line = recorded ?? clauseLine(policyText, clause);
    const text = line === undefined ? undefined : lines[line - 1]?.trim();
    if (text === undefined) return "";
    // A line of JSON may have a bracket and nothing else.
    const shown = /[a-z]/i.test(text)
      ? `: ${codeCell(cut(content.arguments(text), MAX_LINE))}`
      : "";
    return `, line ${line} of the policy${shown}`;
  };

  /** A call with the arguments that were judged. */
  function begun(event: PolicyChecked, given: Json): ReviewedCall {
    const call: ReviewedCall = {
      step: event.step,
      tool: event.tool ?? "",
      args: shortened(content.arguments(given)),
      question: undefined,
      answer: undefined,
      denial: undefined,
    };
    calls.add(call);
    return call;
  }

  return {
    push(event, recorded, atMs) {
      const current = recordedCalls.push(recorded);
      if (event.type === "approval_resolved") {
        const call = asked.get(event.call);
        if (call !== undefined) call.answer = { event, atMs };
        return;
      }
      if (event.type !== "policy_checked" || event.call_id === null) return;
      if (recorded.type !== "policy_checked") return;
      const before = asked.get(event.call);
      asked.delete(event.call);
      const effect = effectOf(event);
      if (effect === "allow") return;
      const call = before ?? begun(
        event,
        recorded.facts?.args ?? current.redirect ??
          proposedCall(current)?.args_json ?? "",
      );
      if (effect === "deny") call.denial = { event, atMs };
      else {
        call.question = { event, atMs };
        asked.set(event.call, call);
      }
    },
    section() {
      if (calls.items.length === 0) return [];
      const [first = "", ...more] = calls.items.map((call) =>
        reviewed(call, clauses)
      );
      return [
        "## Denied, or left to a person",
        first,
        ...more,
        ...calls.rest("call") === "" ? [] : [calls.rest("call").trim()],
      ];
    },
  };
}

function reviewed(
  { step, tool, args, question, answer, denial }: ReviewedCall,
  clauses: Clauses,
): string {
  const judged = question ?? denial;
  return [
    `### Step ${step}: ${codeCell(tool) || "a call without a name"}, ${
      verdictOf({ answer, denial })
    }`,
    [
      ...question === undefined ? [] : reasonsOf(question.event, clauses)
        .map((reason) => `- Left to a person: ${reason}`),
      ...denial === undefined || question !== undefined
        ? []
        : reasonsOf(denial.event, clauses).map((reason) =>
          `- Denied: ${reason}`
        ),
      ...leadsTo(judged?.event),
      `- When: ${timesOf({ question, answer, denial })}`,
    ].join("\n"),
    codeBlock(args),
  ].join("\n\n");
}

function verdictOf(
  { answer, denial }: Pick<ReviewedCall, "answer" | "denial">,
): string {
  if (answer !== undefined) {
    const { approver, verdict } = answer.event;
    const by = approver === NOBODY
      ? "not approved by anybody"
      : `${verdict} by ${codeCell(approver)}`;
    const isStopped = denial !== undefined && verdict === "approved";
    return isStopped ? `${by}, then denied` : by;
  }
  return denial === undefined ? "not answered" : "denied";
}

/** Why a call was denied or is asked about: each rule, with its clause and where that is. */
function reasonsOf(
  { rule_id, reason, metadata, asked = [] }: PolicyChecked,
  clauses: Clauses,
): readonly string[] {
  const { clause, line } = metadata;
  const why = asked.length > 0
    ? asked
    : [{ rule_id, reason, clause: typeof clause === "string" ? clause : "" }];
  return why.map((each) => {
    const rule = each.rule_id === null ? "" : ` by \`${each.rule_id}\``;
    const isRecorded = each.clause === clause && typeof line === "number";
    const place = each.clause === ""
      ? ""
      : `, clause ${codeCell(each.clause)}${
        clauses(each.clause, isRecorded ? line : undefined)
      }`;
    return `${codeCell(each.reason ?? "")}${rule}${place}`;
  });
}

/** Where the path of a call leads, as the person was shown it. */
function leadsTo(judged: PolicyChecked | undefined): readonly string[] {
  const { target_path, resolved_path } = judged?.metadata ?? {};
  return typeof target_path === "string" && typeof resolved_path === "string"
    ? [`- Leads to: ${codeCell(target_path)} is ${codeCell(resolved_path)}`]
    : [];
}

function timesOf(
  { question, answer, denial }: Pick<
    ReviewedCall,
    "question" | "answer" | "denial"
  >,
): string {
  return [
    ...question === undefined ? [] : [`asked at ${secondsOf(question.atMs)}`],
    ...answer === undefined ? [] : [`answered at ${secondsOf(answer.atMs)}`],
    ...denial === undefined ? [] : [`denied at ${secondsOf(denial.atMs)}`],
  ].join(", ");
}

function shortened(text: string): string {
  const left = text.length - MAX_ARGUMENTS;
  return left <= 0
    ? text
    : `${text.slice(0, MAX_ARGUMENTS)}…\n${
      counted(left, "more character")
    }; the ledger has them`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
