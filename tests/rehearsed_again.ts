/**
 * Rehearsals that are done again from their record, or broken off and resumed.
 *
 * @module
 */
import { governedLoop } from "../runtime/loop.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { type Rerun, rerun } from "../runtime/rerun/rerun.ts";
import type { GovernedSpec } from "../runtime/run_spec.ts";
import { toolRegistry } from "../tools/registry.ts";
import { type Rehearsal, stage } from "./rehearsal.ts";

/** The loop of a run that is done again. */
export function started(spec: GovernedSpec, again: Rerun) {
  const tools = toolRegistry(again.tools([...spec.tools.values()]));
  return {
    run: governedLoop(again.spec({ ...spec, tools }), again.env),
    follow: again.follow,
  };
}

/** Does a run again from its events, without a world: nothing may be asked or run. */
export async function again(given: Rehearsal, recorded: readonly RunEvent[]) {
  const { spec } = stage({
    ...given,
    llm: () => Promise.reject(new Error("the model was asked")),
    work: () => Promise.reject(new Error("the tool was run")),
  });
  const { run, follow } = started(spec, rerun(recorded));
  const events: RunEvent[] = [];
  for await (const event of follow(run)) {
    events.push(event);
  }
  return events;
}

/** Breaks a run off after `length` events and resumes it; says which intents were sent again, by their seq. */
export async function interrupted(given: Rehearsal, length: number) {
  const { spec, world, signal } = stage(given);
  const first: RunEvent[] = [];
  if (length > 0) {
    for await (
      const event of governedLoop(spec, { ...world(1_000_000n), signal })
    ) {
      first.push(event);
      if (first.length === length) break;
    }
  }
  const sentAgain: number[] = [];
  const { run, follow } = started(
    spec,
    rerun(first, {
      env: (start) => world(length === 0 ? 1_000_000n : start),
      signal,
      sentAgain: (seq) => void sentAgain.push(seq),
    }),
  );
  const events: RunEvent[] = [];
  for await (const event of follow(run)) {
    events.push(event);
  }
  return { events, sentAgain };
}
