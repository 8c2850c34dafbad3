import type { Env } from "../env.ts";
import type { Tool } from "../../tools/tool.ts";
import type { RecordedTool, RunEvent } from "../record/event.ts";
import { clientSession, type ClientSpec } from "../session/client_session.ts";

/**
 * A client's session again: the client is its record, so each call is proposed
 * where it was proposed then. Where the record ends the session is closed, for
 * `reason`, and what had not begun to run does not. `toolOf` makes a tool of one that came later
 * and is known from the record.
 */
export async function* recordedSession(
  spec: ClientSpec,
  env: Env,
  { toolOf, reason }: {
    readonly toolOf: (recorded: RecordedTool) => Tool;
    /** Default: none. */
    readonly reason?: string;
  },
): AsyncGenerator<RunEvent, void> {
  const session = clientSession(spec, env);
  const events = session.events();
  let isClosed = false;
  while (true) {
    const next = env.next?.();
    if (next?.type === "call_proposed") {
      const { call_id: id, tool, args_json } = next;
      // Its outcome is on record; a failure is thrown by the events.
      session.call({ id, tool, args_json }).catch(() => {});
    }
    if (next?.type === "tools_changed") {
      const { tools, removed } = next;
      session.changeTools({ tools: tools.map(toolOf), removed })
        .catch(() => {});
    }
    if (!isClosed && (next === undefined || next.type === "run_finished")) {
      isClosed = true;
      session.abandon(next === undefined ? reason : next.reason);
    }
    const { done, value } = await events.next();
    if (done) return;
    yield value;
  }
}
