import { effectOf } from "../../runtime/record/effect_of.ts";
import type { RunEvent } from "../../runtime/record/event.ts";

/** Where the time of a run goes. */
export interface TimeSpent {
  /** Takes the next event, which came at `nowMs`. */
  push(event: RunEvent, nowMs: number): void;
  /** On whom the run has waited so far, and for how many milliseconds. */
  readonly parties: readonly (readonly [party: string, ms: number])[];
}

/** On whom a run can wait, in the order in which they are told. */
const PARTIES = ["the model", "tools", "people"] as const;
type Party = typeof PARTIES[number];

/** Begins with the first event. The times of calls that overlap are added up. */
export function timeSpent(): TimeSpent {
  const spent = new Map<Party, number>();
  const since = new Map<number | undefined, number>();
  return {
    push(event, nowMs) {
      const party = endOf(event);
      const began = since.get(event.call);
      if (party !== undefined && began !== undefined) {
        spent.set(party, (spent.get(party) ?? 0) + nowMs - began);
      }
      if (isBeginning(event)) since.set(event.call, nowMs);
      else if (party !== undefined) since.delete(event.call);
    },
    get parties() {
      return PARTIES.flatMap((party) => {
        const ms = spent.get(party);
        return ms === undefined ? [] : [[party, ms] as const];
      });
    },
  };
}

/** Whether somebody is waited for from this event on. */
function isBeginning(event: RunEvent): boolean {
  return event.type === "step_started" || event.type === "tool_started" ||
    event.type === "policy_checked" && effectOf(event) === "escalate";
}

/** Who was waited for until this event. */
function endOf(event: RunEvent): Party | undefined {
  switch (event.type) {
    case "llm_completed":
      return "the model";
    case "tool_finished":
      return "tools";
    case "approval_resolved":
      return "people";
  }
}
