import { addressRange } from "../../../policy/rules/address_range.ts";
import { urlsOf } from "../../../policy/facts.ts";
import type { Proposal } from "../../../policy/rule.ts";
import { isAddress } from "../../../policy/url_text.ts";
import type {
  RecordedFacts,
  RecordedHost,
} from "../../../runtime/record/event.ts";
import { recordedFacts } from "../../../runtime/record/recorded_facts.ts";
import { valueDifference } from "../../../tools/data/value_difference.ts";
import { quoted } from "../../../tools/data/untrusted_text.ts";
import { recordedPathFault } from "./recorded_path_fault.ts";

/**
 * Lists recorded facts about a call that cannot have been found: paths and hosts
 * that the call does not name, and contradictions.
 */
export function factFaults(
  facts: RecordedFacts,
  proposal: Proposal,
): readonly string[] {
  const faults: string[] = [];
  if ((facts.args_error === null) !== proposal.args.ok) {
    faults.push(
      proposal.args.ok
        ? "the arguments fit what is on record of the tool"
        : `the arguments do not fit: ${proposal.args.reason}`,
    );
  }
  const due = recordedFacts(proposal);
  if (valueDifference(due.args, facts.args) !== undefined) {
    faults.push(
      "the arguments that stand there are not what a validator made of others",
    );
  }
  if (valueDifference(due.paths, facts.paths) !== undefined) {
    faults.push(
      "other paths were looked up than those that the call names, or lead elsewhere after an answer",
    );
  }
  for (const found of facts.paths) {
    const fault = recordedPathFault(found);
    if (fault === undefined) continue;
    faults.push(
      `${quoted(found.path)} cannot lead to ${
        quoted(found.resolved)
      }: ${fault}`,
    );
  }
  if (facts.hosts.length === 0) return faults;
  const hosts = hostsOf(proposal);
  for (const found of facts.hosts) {
    if (!hosts.delete(found.host)) {
      faults.push(
        `${quoted(found.host)} was looked up, and the call does not name it`,
      );
    }
    faults.push(...addressFaults(found));
  }
  return faults;
}

/** The hosts of a call that may be looked up, each once. */
function hostsOf(proposal: Proposal): Set<string> {
  const urls = [...urlsOf(proposal).values()];
  return new Set(
    urls.map(({ hostname }) => hostname).filter((name) => !isAddress(name)),
  );
}

function addressFaults({ addresses }: RecordedHost): readonly string[] {
  return addresses.flatMap(({ address, range }) => {
    const due = addressRange(address);
    return due.address === address && due.range === range
      ? []
      : [`${quoted(address)} is ${due.range}, not ${quoted(range)}`];
  });
}
