import { loadPolicy } from "../../../policy/document/load.ts";
import { explain } from "../../../policy/explanation.ts";
import { callRules } from "../../../policy/rules/call_rules.ts";
import type { RunEvent } from "../../../runtime/record/event.ts";
import { InputError } from "../../../tools/data/input_error.ts";
import { bytesSource } from "../../artifact_source.ts";
import { readLedger } from "../../read_ledger.ts";
import { redecide } from "../../replay/redecide.ts";
import { rejudge } from "../../replay/rejudge.ts";
import { verifyRun } from "../../verify/decisions/verify_run.ts";
import { firstPolicy } from "../../verify/first_policy.ts";
import type { Verification } from "../../verify/verify.ts";
import type { Checker, Explained, Rejudgement } from "./messages.ts";
import { leaves, originsOf, type SourceText } from "./origins.ts";
import { policyPlaces } from "./policy_places.ts";
import { signatureOf } from "./signature.ts";

/** Checks one run and answers questions about it, from its bytes alone. */
export function checker(subtle: SubtleCrypto): Checker {
  let files: ReadonlyMap<string, Uint8Array> = new Map();
  let verification: Verification | undefined;
  let events: readonly RunEvent[] | undefined;

  const recorded = () =>
    events ??= readLedger(files.get("state.jsonl") ?? new Uint8Array()).events;
  const check = () => verification ??= verifyRun(bytesSource(files));

  return {
    open(given) {
      files = given;
      verification = events = undefined;
      const text = firstPolicy(bytesSource(files));
      return { text, places: policyPlaces(text), onDeny: onDenyIn(text) };
    },
    check,
    signature: (publicKey) =>
      signatureOf({ files, digests: check().digests, publicKey }, subtle),
    explain: (seq) => explained(recorded(), seq),
    rejudge: (policyText) => judgedAgain(recorded(), policyText),
  };
}

function onDenyIn(policyText: string) {
  try {
    return loadPolicy(policyText, "the policy on record").document.on_deny;
  } catch {
    // Checking the record says what is wrong with its policy.
    return null;
  }
}

function explained(events: readonly RunEvent[], seq: number): Explained {
  const [started] = events;
  if (started?.type !== "run_started") {
    return { explanation: null, origins: [] };
  }
  const { document: policy, lines } = loadPolicy(
    started.policy.text,
    "the policy on record",
  );
  const judge = rejudge(started, { document: policy, lines });
  const sources: SourceText[] = [
    { seq: 0, tool: null, text: started.task.question },
  ];
  for (const event of events.slice(0, seq + 1)) {
    const proposal = judge.push(event)?.proposal;
    if (event.seq === seq && proposal !== undefined) {
      const rules = callRules(policy, lines);
      return {
        explanation: explain(proposal, { policy, rules, lines }),
        origins: originsOf(proposal.args.value, sources),
      };
    }
    if (event.type === "tool_finished" && event.error === null) {
      const { tool, result } = event;
      for (const { text } of leaves(result, "$")) {
        sources.push({ seq: event.seq, tool, text });
      }
    }
  }
  return { explanation: null, origins: [] };
}

function judgedAgain(
  events: readonly RunEvent[],
  policyText: string,
): Rejudgement {
  try {
    const policy = loadPolicy(policyText, "the edited policy");
    const redecided = redecide(events, policy);
    return { ok: true, version: policy.version, redecided };
  } catch (error) {
    if (error instanceof InputError) {
      return { ok: false, problems: error.problems };
    }
    throw error;
  }
}
