import type { OpenSink, RunRecord } from "../../evidence/run_store.ts";
import { approverFor } from "../approval/approver.ts";
import type { CommandLine } from "../command/command_line.ts";
import type { Output } from "../command/command.ts";
import { pricingFault } from "../../runtime/record/answer_cost.ts";
import { scriptedModel } from "../../tasks/scripted_run.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { openToolHost, type ServedTools } from "../machine/tool_host.ts";
import type { ToolModule } from "../machine/tool_module.ts";
import { cancelOnSignal } from "./cancellation.ts";
import type { Execution } from "./execute.ts";
import { leftoverIncidents } from "./leftover_incident.ts";
import { type ChosenModel, MODEL_OPTIONS, openCassette } from "./live_model.ts";
import { type LiveSpans, SPAN_FLAGS, SPAN_OPTIONS } from "./live_spans.ts";
import { progress } from "../progress/progress.ts";
import { PROGRESS_FLAGS, progressForm } from "../progress/progress_form.ts";
import { machinePulse } from "../machine/pulse.ts";
import { type Reported, reportedRun } from "./reported_run.ts";

/** The options for executing a run, new or resumed. */
export const OWN_RUN_OPTIONS = [
  ...["durability", "approve", "by", "tools"],
  ...MODEL_OPTIONS,
  ...SPAN_OPTIONS,
] as const;

/** Those of them that may come several times. */
export const OWN_RUN_REPEATABLE = ["mcp"] as const;

/** The flags for executing a run, new or resumed. */
export const OWN_RUN_FLAGS = [
  "json",
  ...PROGRESS_FLAGS,
  ...SPAN_FLAGS,
] as const;

/** A user's run, new or resumed. */
export interface OwnRun extends
  Pick<
    Execution,
    "task" | "policy" | "documents" | "runId" | "durability" | "past"
  > {
  readonly record: RunRecord;
  readonly model: ChosenModel | undefined;
  readonly spans: LiveSpans | undefined;
  /** Tools of one's own, beside the five. */
  readonly own: ToolModule | undefined;
  /** Tools that servers serve. */
  readonly served: ServedTools | undefined;
  /** Who answers what the policy leaves to a person, when `--approve` does not say. */
  readonly approve: "never" | "file";
  /** Opens the record, when everything else is open. */
  readonly open: () => Promise<OpenSink>;
  /** Called when the run has ended, while signals do not end the process. Default: nothing. */
  readonly ended?: () => Promise<void>;
}

/**
 * Opens what a run needs, executes it, and reports its result.
 *
 * @throws {UsageError} when the approver or the cassette of the command line
 *   cannot be used
 * @throws {InputError} when the policy has no price for its model, or its tools,
 *   its cassette or its record cannot be opened
 */
export async function ownRun(
  { record, spans, own, served, approve, open, ended, ...run }: OwnRun,
  { given, output }: { readonly given: CommandLine; readonly output: Output },
): Promise<Reported> {
  const { policy, model } = run;
  const { info } = model ?? scriptedModel(run.task.document);
  const { max_cost } = policy.document.loop_budget;
  const fault = pricingFault({ model: info, max_cost });
  if (fault !== undefined) throw unusable("the policy", fault);
  const approver = approverFor(given.option("approve") ?? approve, {
    policy,
    run: record,
    by: given.option("by"),
    output,
  });
  const form = progressForm(given);
  using cancellation = cancelOnSignal();
  const { sandbox } = record;
  using host = await openToolHost({
    policy,
    sandbox,
    named: record.name,
    online: true,
    leftover: leftoverIncidents(record, output),
    own,
    served,
  });
  using cassette = openCassette(given, { model, out: record.name });
  await using sink = await open();
  served?.begun();
  const reported = await reportedRun({
    execution: { ...run, approver, sandbox, host, sink },
    cancellation,
    record,
    output,
    cassette,
    spans,
    progress: progress({
      output,
      pulse: machinePulse,
      form,
      recorded: run.past?.events.length,
    }),
    toolsPath: own?.path,
    servers: [
      ...new Set(given.every("mcp").map((each) => each.replace(/=.*/s, ""))),
    ],
    json: given.flag("json"),
  });
  if (reported.outcome === "ended") await ended?.();
  return reported;
}
