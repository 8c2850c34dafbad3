import config from "../deno.json" with { type: "json" };
import { join } from "../deps.ts";
import type { Incident } from "../evidence/recording/incident.ts";
import { resumedRunDirectory } from "../evidence/store/run_directory.ts";
import {
  checkDirectory,
  checkRunFiles,
  RunPlaceError,
} from "../evidence/store/run_places.ts";
import type { ReadLedger } from "../evidence/read_ledger.ts";
import { InputError } from "../tools/data/input_error.ts";
import { loadPolicy } from "../policy/document/load.ts";
import type { RunStarted } from "../runtime/record/event.ts";
import type { ModelInfo } from "../runtime/run_spec.ts";
import { DivergenceError } from "../runtime/rerun/divergence.ts";
import { corpusSnapshot } from "../tasks/corpus.ts";
import { loadTask } from "../tasks/task.ts";
import type { Document } from "../tools/document.ts";
import { approverFor } from "./approval/approver.ts";
import { cancelOnSignal } from "./execution/cancellation.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, UsageError } from "./command/command.ts";
import { corpusReadings } from "./input/corpus_folder.ts";
import { durabilityOf } from "./execution/durability.ts";
import { exists } from "../evidence/store/exists.ts";
import { whyUnreadable, whyUnwritable } from "./machine/files.ts";
import { appendIncident } from "./machine/incident_file.ts";
import { whyForeign } from "./execution/going_on.ts";
import { leftoverIncidents } from "./execution/leftover_incident.ts";
import {
  liveModel,
  MODEL_OPTIONS,
  openCassette,
} from "./execution/live_model.ts";
import { liveSpans, SPAN_HELP, SPAN_OPTIONS } from "./execution/live_spans.ts";
import { readRecord } from "./input/record.ts";
import { reportedRun } from "./execution/reported_run.ts";
import { openToolHost } from "./machine/tool_host.ts";

/** `resume`: go on with a run that broke off. */
export const resume: Command = {
  summary: "go on with a run whose process ended before it did",
  help: `Usage: resume RUN_DIR [--corpus DIR] [--durability none|intent]
              [--approve never|prompt|file] [--by NAME]
              [--llm PROVIDER:MODEL [--base-url URL] [--api-key-env NAME]
              [--model-seed N] [--record FILE]]
              [--llm replay:FILE]
              ${SPAN_HELP.usage} [--json]

Goes on with a run that broke off, from what its ledger holds. Nothing that is
there is done again: the model is not asked for an answer that is on record, and
no effect is repeated whose receipt is on record. An intent without a receipt is
carried out again when its tool is idempotent; else nobody knows whether it
happened: it is recorded as "indeterminate", and the run ends.

A line that was being written is cut off and kept in incidents.jsonl, with what
else befell the process. The run ends with the same artifacts as if it had never
been interrupted.

  --corpus DIR  the documents, when those in sandbox/corpus are not all there or
                the agent has changed them
  --llm SPEC    the model, or the cassette, that the run was begun with, as for
                \`run\`
  --record FILE write a cassette of the whole run, what is on record included
${SPAN_HELP.resume}
  --approve HOW as for \`run\`; default: file
  --by NAME     as for \`run\`
  --durability  as for \`run\`
  --json        as for \`run\`

Exit codes: 0 the run ended with final_answer, 2 it ended otherwise, 4 the model
could not be reached, or its server failed for the time being (429, 5xx), each
allowed try included: the run stays open, and \`resume\` goes on with it; also when
it ended because a tool could not reach the network, 3 it waits for approval, 1 it
could not be resumed.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [
        ...["corpus", "durability", "approve", "by"],
        ...MODEL_OPTIONS,
        ...SPAN_OPTIONS,
      ],
      flags: ["json"],
      operands: ["RUN_DIR"],
    });
    const durability = durabilityOf(given.option("durability"));
    const out = given.operand(0);
    const record = readRecord(out);
    inPlace(() => checkRunFiles(out));
    const started = startOfRun(out, record);
    const sandbox = join(out, "sandbox");
    inPlace(() => checkDirectory(sandbox));
    const documents = corpusOf(started, {
      sandbox,
      given: given.option("corpus"),
    });
    const policy = loadPolicy(started.policy.text, "the policy on record");

    const model = await liveModel(given, output, { events: record.events });
    refuseOtherModel(out, started, model?.info);
    const spans = liveSpans(given, { policy: policy.document, output });
    const approver = approverFor(given.option("approve") ?? "file", {
      policy,
      out,
      by: given.option("by"),
      output,
    });

    using cancellation = cancelOnSignal();
    using host = await openToolHost({
      policy,
      sandbox,
      online: true,
      leftover: leftoverIncidents(out, output),
    });
    using cassette = openCassette(given, { model, out });
    const note = (incident: Incident) => appendIncident(out, incident);
    using sink = openSink(out, record, (torn) => note(tornLine(torn)));
    note({ type: "resumed", events: record.events.length });
    try {
      const { code } = await reportedRun({
        execution: {
          approver,
          model,
          task: loadTask(started.task.text, "the task on record"),
          policy,
          documents,
          runId: started.run_id,
          durability,
          sandbox,
          host,
          sink,
          past: {
            events: record.events,
            sentAgain: (seq) => note({ type: "sent_again", seq }),
          },
        },
        cancellation,
        out,
        output,
        cassette,
        spans,
        json: given.flag("json"),
      });
      return code;
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      throw ledgerProblem(
        out,
        "the run does not come to this event again, so it cannot go on",
        error.divergence.seq + 1,
      );
    }
  },
};

/** Says for people what stands where no run goes on with it. */
function inPlace(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof RunPlaceError)) throw error;
    const { path, cause } = error;
    const message = `the run cannot go on: ${whyUnreadable(cause)}`;
    throw new InputError(path, [{ path: "", message }], { cause });
  }
}

function openSink(
  out: string,
  record: ReadLedger,
  keep: (torn: Uint8Array) => void,
) {
  try {
    return resumedRunDirectory(out, record, keep);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const message = cause instanceof Deno.errors.Busy
      ? "another process is writing it"
      : whyUnwritable(cause);
    throw new InputError(out, [{ path: "", message }], { cause });
  }
}

/** Who answered must go on answering. */
function refuseOtherModel(
  out: string,
  { llm }: RunStarted,
  info: ModelInfo | undefined,
): void {
  const isScripted = llm.execution_path === "stub";
  const same = info === undefined
    ? isScripted
    : info.provider === llm.provider && info.model === llm.model &&
      info.execution_path === llm.execution_path &&
      info.script_sha256 === llm.script_sha256;
  if (same) return;
  throw ledgerProblem(
    out,
    isScripted
      ? "the run follows a script; leave --llm out"
      : `the run was begun with ${llm.provider}/${llm.model} (${
        llm.script_sha256 === null
          ? llm.execution_path
          : `a cassette with the SHA-256 ${llm.script_sha256}`
      }); name it with --llm`,
    1,
  );
}

function startOfRun(out: string, { events }: ReadLedger): RunStarted {
  const [started] = events;
  if (started?.type !== "run_started") {
    throw ledgerProblem(out, "it does not begin as a run does", 1);
  }
  if (exists(join(out, "manifest.json"))) {
    throw new UsageError(`Cannot resume "${out}": the run is finished`);
  }
  const foreign = whyForeign(started);
  if (foreign !== undefined) {
    throw ledgerProblem(
      out,
      `the program that began the run has to go on with it: ${foreign}`,
      1,
    );
  }
  const { runtime_version: version = config.version } = started;
  if (version !== config.version) {
    throw ledgerProblem(
      out,
      `the run was made by version ${version}; this is ${config.version}`,
      1,
    );
  }
  return started;
}

function corpusOf(
  { corpus }: RunStarted,
  { sandbox, given }: {
    readonly sandbox: string;
    /** The folder that `--corpus` names. */
    readonly given: string | undefined;
  },
): readonly Document[] {
  if (corpus.documents === 0) return [];
  const folder = given ?? join(sandbox, "corpus");
  if (given === undefined) inPlace(() => checkDirectory(folder));
  for (const documents of corpusReadings(folder)) {
    if (corpusSnapshot(documents).sha256 === corpus.sha256) return documents;
  }
  throw new InputError(folder, [{
    path: "",
    message:
      "these are not the documents of the run; name the folder that it was made of with --corpus",
  }]);
}

function ledgerProblem(
  out: string,
  message: string,
  line?: number,
): InputError {
  const path = join(out, "state.jsonl");
  return new InputError(path, [{ path: "", line, message }]);
}

function tornLine(torn: Uint8Array): Incident {
  return { type: "torn_line", bytes: torn.length, base64: torn.toBase64() };
}
