/**
 * Makes everything on a record fit that somebody has changed in one place.
 *
 * @module
 */
import { hash } from "node:crypto";
import { canonicalize } from "../tools/data/canonicalize.ts";
import { policyReader } from "../evidence/verify/decisions/recorded_policy.ts";
import {
  countedAfter,
  countedTotals,
  NOTHING_COUNTED,
} from "../evidence/verify/story/recount.ts";
import { bindingOf } from "../runtime/approval/approval.ts";
import type {
  PolicyChecked,
  RunEvent,
  RunStarted,
  ToolStarted,
} from "../runtime/record/event.ts";

/** Whether the event with this index has a key of its own, which stays as it is. */
export type IsOwn = (index: number, key: string) => boolean;

/**
 * Numbers events anew and makes everything fit that follows from them: hashes of
 * task, policy and calls, bindings, idempotency keys, totals.
 */
export function refitted(
  events: readonly RunEvent[],
  isOwn: IsOwn = () => false,
): readonly RunEvent[] {
  const [first] = events;
  if (first?.type !== "run_started") return events;
  const run = refittedStart(first, (key) => isOwn(0, key));
  let counted = NOTHING_COUNTED;
  let checked: PolicyChecked | undefined;
  return events.map((event, seq) => ({ ...event, seq })).map(
    (event, index, numbered): RunEvent => {
      const own = (key: string) => isOwn(index, key);
      counted = countedAfter(
        counted,
        index === 0 ? run : event,
        policyReader,
      );
      switch (event.type) {
        case "run_started":
          return run;
        case "policy_checked": {
          const started = numbered[index + 1];
          checked = started?.type === "tool_started" && !own("call_sha256")
            ? { ...event, call_sha256: callHash(started) }
            : event;
          return checked;
        }
        case "approval_resolved": {
          if (checked === undefined || own("bound_to")) return event;
          const { run_id, policy, tools } = run;
          const name = checked.tool;
          const tool = tools.find((each) => each.name === name) ?? null;
          const bound_to = bindingOf({ run_id, policy, tool }, checked);
          return { ...event, bound_to };
        }
        case "tool_started": {
          if (own("idempotency_key")) return event;
          const key = canonicalize([
            run.run_id,
            event.seq,
            event.tool,
            event.args,
          ]);
          return { ...event, idempotency_key: hash("sha256", key ?? "") };
        }
        case "run_finished": {
          if (own("totals")) return event;
          return {
            ...event,
            totals: { ...event.totals, ...countedTotals(counted) },
          };
        }
      }
      return event;
    },
  );
}

function refittedStart(
  event: RunStarted,
  isOwn: (key: string) => boolean,
): RunStarted {
  const { task, policy } = event;
  if (isOwn("sha256") || isOwn("version")) return event;
  const sha256 = hash("sha256", policy.text);
  return {
    ...event,
    task: { ...task, sha256: hash("sha256", task.text) },
    policy: { ...policy, sha256, version: sha256.slice(0, 12) },
  };
}

/** The hash by which a decision names its call. */
export function callHash(
  { tool, args }: Pick<ToolStarted, "tool" | "args">,
): string {
  return hash("sha256", JSON.stringify([tool, canonicalize(args)]));
}
