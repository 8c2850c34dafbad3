import type { PolicyChecked } from "../../../runtime/record/event.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import type { Rejudged } from "../../replay/rejudge.ts";
import { verdictText } from "../../replay/verdict_text.ts";
import type { EventFault } from "../event_check.ts";
import { changedDecision } from "./changed_decisions.ts";
import { factFaults } from "./fact_faults.ts";

/**
 * Lists the parts of a recorded decision that do not follow from policy, call
 * and facts on record; `version` is that of the recording program.
 */
export function decisionFaults(
  event: PolicyChecked,
  rejudged: Rejudged,
  version: string,
): readonly EventFault[] {
  const { proposal } = rejudged;
  const facts = event.facts === null || proposal === undefined
    ? []
    : factFaults(event.facts, proposal);
  const message = verdictFault(event, rejudged, version) ??
    enforcementFault(event, rejudged) ?? callFault(event, rejudged);
  const isEarly = message === undefined && proposal !== undefined &&
    !rejudged.mayLookUp;
  const early = isEarly
    ? ["a host was looked up of a call that was not to run"]
    : [];
  return [
    ...[...facts, ...early].map((message) =>
      ({ code: "impossible_fact", message }) as const
    ),
    ...message === undefined
      ? []
      : [{ code: "not_as_decided", message } as const],
  ];
}

function verdictFault(
  event: PolicyChecked,
  rejudged: Rejudged,
  version: string,
): string | undefined {
  const { decision, rule_id } = event;
  const isSame = decision === rejudged.decision && rule_id === rejudged.rule_id;
  if (isSame) return undefined;
  const row = changedDecision(version, { was: event, is: rejudged });
  if (row !== undefined) return undefined;
  const { reason } = rejudged;
  return `the record says ${
    verdictText(event)
  }; policy, call and facts on record give ${verdictText(rejudged)}${
    reason === null ? "" : `: ${quoted(reason)}`
  }`;
}

/** Whether a decision was enforced that must be, or the other way round. */
function enforcementFault(
  { enforced }: PolicyChecked,
  rejudged: Rejudged,
): string | undefined {
  if (enforced === rejudged.enforced) return undefined;
  return enforced === undefined
    ? "the decision was enforced; the policy is only audited"
    : "the decision was not enforced; the policy enforces it";
}

/** What a decision says of its call beside the verdict. */
function callFault(
  { call_sha256, metadata, asked, reason }: PolicyChecked,
  rejudged: Rejudged,
): string | undefined {
  const due = rejudged.proposal?.call_sha256 ?? null;
  if (call_sha256 !== due) {
    return `call_sha256 is ${call_sha256}; that of the proposed call is ${due}`;
  }
  if (asked !== undefined) {
    const isSame = valueDifference(rejudged.asked, asked) === undefined &&
      reason === rejudged.reason;
    if (!isSame) {
      return "the policy asks about something else, or in other words";
    }
  }
  const difference = valueDifference(rejudged.metadata, metadata);
  return difference === undefined
    ? undefined
    : `metadata.${difference.path} is ${
      spelledValue(difference.found)
    }; the rules find ${spelledValue(difference.expected)}`;
}

function spelledValue(value: unknown): string {
  return value === undefined ? "nothing" : quoted(String(value));
}
