import { isAsked } from "../../tasks/scripted_run.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { Cancellation } from "./cancellation.ts";
import type { CassetteFile } from "./cassette_file.ts";
import type { Output } from "../command/command.ts";
import { execute, type Execution } from "./execute.ts";
import type { LiveSpans } from "./live_spans.ts";
import { resumeCommand } from "./resume_hint.ts";
import type { Progress } from "../progress/progress.ts";
import { lastTrouble } from "./last_trouble.ts";
import {
  orStopped,
  reportBrokenOff,
  reportCassette,
  reportEnd,
  reportOutage,
  reportWaiting,
} from "./run_end.ts";

/** A user's run, with everything that was opened for it. */
export interface ReportedRun {
  readonly execution: Omit<
    Execution,
    "cassette" | "online" | "signal" | "waits" | "watch"
  >;
  /** Ends the run, and what follows it. */
  readonly cancellation: Pick<Cancellation, "signal" | "next">;
  readonly record: RunRecord;
  readonly output: Output;
  /** What is written beside the record. */
  readonly cassette: CassetteFile | undefined;
  /** What is sent during the run. */
  readonly spans: LiveSpans | undefined;
  /** What is told during the run; it is disposed of when the run has ended. */
  readonly progress: Progress;
  /** The module of its own tools, as a person named it. */
  readonly toolsPath: string | undefined;
  /** The names of servers that are given on the command line. */
  readonly servers: readonly string[];
  readonly json: boolean;
}

/** The result of a run. */
export interface Reported {
  /** The exit code that fits. */
  readonly code: number;
  /** Whether the run ended, waits for a person or its model, or could not be recorded any further. */
  readonly outcome: "ended" | "waiting" | "model_out" | "broken_off";
}

/** What answers when no model was chosen. */
const SCRIPT = {
  execution_path: "stub",
  provider: "scripted",
  model: "",
} as const;

/** Executes a run for `run` and `resume`, and reports its result. */
export async function reportedRun(run: ReportedRun): Promise<Reported> {
  const { record, output, cassette, spans, progress, cancellation } = run;
  const asksModel = isAsked(run.execution.model);
  const trouble = lastTrouble({ asksModel });
  let events = 0;
  const ended = await orStopped(execute({
    ...run.execution,
    cassette,
    online: true,
    signal: cancellation.signal,
    waits: true,
    watch(event) {
      events = event.seq + 1;
      trouble.watch(event);
      progress.watch(event);
      spans?.push(event);
    },
  })).finally(() => {
    progress[Symbol.dispose]();
    return spans?.finish({ record, output, signal: cancellation.next() });
  });
  const resume = resumeCommand(
    record.name,
    run.execution.model?.info ?? SCRIPT,
    run,
  );
  const told = { record, spans: spans?.totals(), json: run.json };
  const reported = (code: number, outcome: Reported["outcome"]) => ({
    code: reportCassette(output, cassette) ?? code,
    outcome,
  });
  if ("waitsFor" in ended) {
    return reported(
      reportWaiting(output, { ...told, ...ended, resume }),
      "waiting",
    );
  }
  if ("outage" in ended) {
    const { type, message: reason } = ended.outage;
    const what = { type: "model_outage", events, error_type: type } as const;
    await record.addIncident({ ...what, reason });
    return reported(reportOutage(output, { ...told, ...ended }), "model_out");
  }
  if ("unwritten" in ended) {
    return reported(
      await reportBrokenOff(output, { record, ...ended }),
      "broken_off",
    );
  }
  const end = {
    ...told,
    ...ended,
    trouble: trouble.text(),
    isUnreachable: trouble.isUnreachable(),
  };
  return reported(reportEnd(output, end), "ended");
}
