import { effectOf } from "../../runtime/record/effect_of.ts";
import { NOBODY } from "../../policy/answer.ts";
import { askingRun, bindingOf } from "../../runtime/approval/approval.ts";
import type {
  ApprovalResolved,
  RunStarted,
} from "../../runtime/record/event.ts";
import {
  type AnswerLine,
  answerLines,
  APPROVALS,
  countingAnswers,
  DEFAULT_EXPIRES_SECONDS,
  verdictOf,
} from "../approval/approval_file.ts";
import { MAX_FILE_BYTES } from "../file_limits.ts";
import { mayHaveKey } from "../policy_key.ts";
import type { FindingList } from "./finding_list.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import type { BesideCheck } from "./beside_check.ts";
import type { PolicyReader } from "./policy_reader.ts";

/**
 * Checks the answers in an `approvals.jsonl` against the record. The first
 * answer to a decision that counted must be the recorded one, and each line must
 * answer a decision of this run. The record does not say when an answer was
 * read, so an answer written after an earlier one had expired is accepted too.
 */
export function approvalsCheck(
  chunks: Iterable<Uint8Array>,
  { findings, policies }: {
    readonly findings: FindingList;
    /** `undefined` when there is nothing that reads policies. */
    readonly policies: PolicyReader | undefined;
  },
): BesideCheck {
  const lines = answerLines(textOf(chunks));
  const bindings = new Set(lines.map(({ approval }) => approval?.bound_to));
  const asked = new Set<string>();
  let counting: ReturnType<typeof countingAnswers> = new Map();
  let started: RunStarted | undefined;
  let isWhole = true;

  for (const { line, approval } of lines) {
    if (approval !== undefined) continue;
    const message = "the line cannot be read, so it answers nothing";
    findings.add("not_an_answer", { artifact: APPROVALS, line, message });
  }

  function begin(event: RunStarted): void {
    started ??= event;
    counting = countingAnswers(lines, expirySeconds(event.policy.text));
  }

  function expirySeconds(policyText: string): number {
    if (policies === undefined && mayHaveKey(policyText, "expires_seconds")) {
      const message =
        "the policy may limit for how long an answer counts, and was not read";
      findings.add("policy_unread", { artifact: APPROVALS, message });
    }
    return policies?.expiresSeconds(policyText) ?? DEFAULT_EXPIRES_SECONDS;
  }

  function know(bound_to: string): void {
    if (bindings.has(bound_to)) asked.add(bound_to);
  }

  function compare(event: ApprovalResolved): void {
    know(event.bound_to);
    const answers = counting.get(event.bound_to) ?? [];
    const [first] = answers;
    if (first === undefined || event.approver === NOBODY) return;
    if (answers.some((each) => agrees(each, event))) return;
    const message = `the line says ${said(first)}; line ${
      event.seq + 1
    } of state.jsonl has ${event.verdict} by ${quoted(event.approver)}`;
    const { line } = first;
    findings.add("other_answer", { artifact: APPROVALS, line, message });
  }

  return {
    push({ event, gap }) {
      if (gap || event === undefined) isWhole = false;
      if (event?.type === "run_started") begin(event);
      if (event?.type === "approval_resolved") compare(event);
      if (event?.type === "policy_checked" && effectOf(event) === "escalate") {
        if (started !== undefined) {
          know(bindingOf(askingRun(started, event), event));
        }
      }
    },
    end() {
      if (!isWhole) return;
      for (const { line, approval } of lines) {
        if (approval === undefined || asked.has(approval.bound_to)) continue;
        const message = "the line answers no decision of this run";
        findings.add("answer_to_nothing", {
          artifact: APPROVALS,
          line,
          message,
        });
      }
    },
  };
}

function agrees(
  { approval }: AnswerLine,
  { approver, verdict }: ApprovalResolved,
): boolean {
  return approval !== undefined && approval.approver === approver &&
    verdictOf(approval) === verdict;
}

function said({ approval }: AnswerLine): string {
  return approval === undefined
    ? "nothing"
    : `${verdictOf(approval)} by ${quoted(approval.approver)}`;
}

/** What no run writes is not held in memory. */
function textOf(chunks: Iterable<Uint8Array>): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_FILE_BYTES[APPROVALS]) break;
  }
  return text + decoder.decode();
}
