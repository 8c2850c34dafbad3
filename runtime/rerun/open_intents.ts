import type { RunEvent, ToolStarted } from "../record/event.ts";

/**
 * The intents without a receipt with which a record ends, by idempotency key. An
 * intent that a later step follows is none of them: such a record is wrong.
 */
export function openIntents(
  recorded: readonly RunEvent[],
): ReadonlyMap<string, ToolStarted> {
  const open = new Map<number | undefined, ToolStarted>();
  for (const event of recorded) {
    switch (event.type) {
      case "tool_started":
        open.set(event.call, event);
        break;
      case "tool_finished":
        open.delete(event.call);
        break;
      case "step_started":
      case "step_finished":
      case "run_finished":
        open.clear();
    }
  }
  return new Map(
    open.values().map((intent) => [intent.idempotency_key, intent]),
  );
}
