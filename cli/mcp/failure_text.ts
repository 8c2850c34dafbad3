import type {
  CallOutcome,
  Denied,
} from "../../runtime/session/call_outcome.ts";

/** Why a call has no result, for people and for the model. */
export function failureOf(
  outcome: Exclude<CallOutcome, { readonly type: "result" }>,
): string {
  switch (outcome.type) {
    case "denied":
      return denialText(outcome);
    case "reported":
      return outcome.error.message;
    case "ended":
      return "rule" in outcome.why
        ? `${denialText(outcome.why)}; the session takes no further call`
        : "Cancelled: the session takes no further call";
  }
}

function denialText({ rule, clause, reason }: Denied): string {
  const by = clause === null ? rule : `${rule} (${clause})`;
  return `Denied by ${by ?? "the policy"}: ${reason ?? "it may not run"}`;
}
