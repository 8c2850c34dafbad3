import { effectOf } from "../../runtime/record/effect_of.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { tokensOf } from "../../runtime/record/usage.ts";
import { counted } from "../../tools/data/counted.ts";

/** Where the time of a run goes, as far as this process sees it. */
export interface TimeSpent {
  /** Takes the next event, which came at `nowMs`. */
  push(event: RunEvent, nowMs: number): void;
  /** The summary at `nowMs`, on one line. */
  summary(nowMs: number): string;
}

/** On whom a run can wait, in the order of the summary. */
const PARTIES = ["the model", "tools", "people"] as const;
type Party = typeof PARTIES[number];

/** Begins at `startMs`. The times of calls that overlap are added up. */
export function timeSpent(startMs: number): TimeSpent {
  const spent = new Map<Party, number>();
  const since = new Map<number | undefined, number>();
  let tokens = 0;
  return {
    push(event, nowMs) {
      tokens += event.type === "llm_completed"
        ? tokensOf(event.usage ?? undefined)
        : 0;
      const party = endOf(event);
      const began = since.get(event.call);
      if (party !== undefined && began !== undefined) {
        spent.set(party, (spent.get(party) ?? 0) + nowMs - began);
      }
      if (isBeginning(event)) since.set(event.call, nowMs);
      else if (party !== undefined) since.delete(event.call);
    },
    summary(nowMs) {
      const parts = PARTIES.flatMap((party) => {
        const ms = spent.get(party);
        return ms === undefined ? [] : [`${party} ${seconds(ms)}`];
      });
      const where = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
      const used = tokens === 0 ? "" : `; ${counted(tokens, "token")}`;
      return `took ${seconds(nowMs - startMs)}${where}${used}`;
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

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
