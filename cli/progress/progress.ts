import { isOnVirtualClock } from "../../evidence/report/run_clock.ts";
import { recordedRedaction } from "../../evidence/report/recorded_redaction.ts";
import {
  growingTimeline,
  type TimelineEntry,
} from "../../evidence/report/timeline.ts";
import { timelineLine } from "../../evidence/report/timeline_line.ts";
import { timeSpent } from "../../evidence/report/time_spent.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { tokensOf } from "../../runtime/record/usage.ts";
import { counted } from "../../tools/data/counted.ts";
import { jsonText, terminalLine } from "../../tools/data/untrusted_text.ts";
import type { Output } from "../command/command.ts";
import type { Pulse } from "../machine/pulse.ts";
import { describeWait } from "./describe_wait.ts";
import type { ProgressForm } from "./progress_form.ts";
import { stepProgress } from "./step_progress.ts";

/** What a run does, on standard error while it does it. */
export interface Progress extends Disposable {
  /** Takes the next event, once it is on record. */
  watch(event: RunEvent): void;
}

/** How often a terminal is painted again, in milliseconds. */
const REPAINT_MS = 1000;

/** Where nothing is painted, what takes longer is said once in this time, in milliseconds. */
const SAID_AGAIN_MS = 30_000;

/**
 * Tells what a run does, until it is disposed of. A terminal has one more line
 * below, which says what goes on and is painted every second. Elsewhere what
 * takes long is said again. Nothing is told of the first `recorded` events, which
 * an earlier process put on record.
 */
export function progress(
  { output, pulse, form, recorded = 0 }: {
    readonly output: Output;
    readonly pulse: Pulse;
    readonly form: ProgressForm;
    readonly recorded?: number | undefined;
  },
): Progress {
  const steps = stepProgress();
  const entries = growingTimeline();
  const spent = timeSpent();
  const startMs = pulse.now();
  let tokens = 0;
  let redact = <T extends object>(event: T) => event;
  let isLive = false;
  let saidMs = pulse.now();

  function say(line: string): void {
    output.note(line);
    saidMs = pulse.now();
  }

  function paint(): void {
    const text = steps.status(pulse.now());
    if (output.status !== undefined) {
      // A question to a person stands on the last line.
      output.status(steps.isAsked ? "" : text);
    } else if (
      form !== "json" && text !== "" && pulse.now() - saidMs >= SAID_AGAIN_MS
    ) {
      say(text);
    }
  }

  const repainting = pulse.every(REPAINT_MS, paint);
  return {
    watch(event) {
      if (event.type === "run_started") {
        isLive = !isOnVirtualClock(event);
        redact = recordedRedaction(event.policy.text).redact;
      }
      const nowMs = pulse.now();
      const step = steps.push(event, nowMs);
      const isNew = event.seq >= recorded;
      if (isNew) spent.push(event, nowMs);
      if (isNew && event.type === "llm_completed") {
        tokens += tokensOf(event.usage ?? undefined);
      }
      if (form === "steps") {
        // The last recorded wait is not over yet.
        const wait = isLive && event.seq >= recorded - 1
          ? describeWait(event)
          : undefined;
        if (wait !== undefined) say(terminalLine(wait));
        if (step !== undefined && isNew) say(step);
      } else {
        const entry = entries.push(redact(event));
        if (entry !== undefined && isNew) say(told(entry));
      }
      paint();
    },
    [Symbol.dispose]() {
      repainting[Symbol.dispose]();
      output.status?.("");
      if (isLive && form !== "json") say(summary());
    },
  };

  /** Where the time of this process went. */
  function summary(): string {
    const parts = spent.parties.map(([party, ms]) => `${party} ${seconds(ms)}`);
    const where = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
    const used = tokens === 0 ? "" : `; ${counted(tokens, "token")}`;
    return `took ${seconds(pulse.now() - startMs)}${where}${used}`;
  }

  function told(entry: TimelineEntry): string {
    return form === "json" ? jsonText(entry) : timelineLine(entry);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
