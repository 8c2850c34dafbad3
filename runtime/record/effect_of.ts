import type { PolicyChecked } from "./event.ts";

/** What a decision does: one that is not enforced lets the call run, whatever it says. */
export function effectOf(
  { decision, enforced }: Pick<PolicyChecked, "decision" | "enforced">,
): PolicyChecked["decision"] {
  return enforced === false ? "allow" : decision;
}
