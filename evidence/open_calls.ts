import { effectOf } from "../runtime/record/effect_of.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { callAfter, type CurrentCall, NO_CALL } from "./current_call.ts";

/**
 * The calls of a run that are under way. In a record of version 2 each event
 * names its call, so that calls can overlap; in one of version 1 it belongs to
 * the call before it, since they run one after the other.
 */
export interface OpenCalls {
  /** The call that an event is about, as it was before the event; `NO_CALL` for an unknown one. */
  before(event: RunEvent): CurrentCall;
  /** Takes the next event, and returns the call that it is about as it is afterwards. */
  push(event: RunEvent): CurrentCall;
  /** What the model proposed in this step, and how much of it was taken up. */
  readonly turn: CurrentCall;
  /** Calls that were taken up and are not over, by the number of their `call_proposed`. Version 2. */
  readonly open: ReadonlyMap<number, CurrentCall>;
}

/** Before the first event. */
export function openCalls(): OpenCalls {
  const open = new Map<number, CurrentCall>();
  let turn = NO_CALL;

  function before({ call }: RunEvent): CurrentCall {
    return call === undefined ? turn : open.get(call) ?? NO_CALL;
  }

  /** Takes an event of one call. */
  function follow(call: number, event: RunEvent): CurrentCall {
    const after = callAfter(before(event), event);
    if (isLastOfCall(event)) open.delete(call);
    else open.set(call, after);
    return after;
  }

  return {
    before,
    push(event) {
      if (event.type === "call_proposed") {
        const { seq, call_id: id, tool, args_json } = event;
        turn = { ...turn, judged: turn.judged + 1 };
        const taken = { ...NO_CALL, calls: [{ id, tool, args_json }] };
        open.set(seq, taken);
        return taken;
      }
      if (event.call !== undefined) return follow(event.call, event);
      if (event.type === "step_started" || event.type === "step_finished") {
        open.clear();
      }
      turn = callAfter(turn, event);
      return turn;
    },
    get turn() {
      return turn;
    },
    open,
  };
}

/** Whether nothing more of a call may follow an event of it, but a budget that it used up. */
export function isLastOfCall(event: RunEvent): boolean {
  return event.type === "policy_checked" && effectOf(event) === "deny" ||
    event.type === "tool_finished" && event.redirect === null;
}
