import type { Message } from "./llm/llm.ts";
import type { ProposedCall } from "./record/event.ts";
import type { CallOutcome } from "./session/call_outcome.ts";
import { outcomeText } from "./session/model_text.ts";

/** The outcome of a call after which the run may continue. */
type Survived = Exclude<CallOutcome, { readonly type: "ended" }>;

/** Tells the model the outcome of its call. */
export function toolMessage(
  { id, tool }: ProposedCall,
  outcome: Survived,
): Message {
  return { role: "tool", call_id: id, tool, content: outcomeText(outcome) };
}
