import config from "../deno.json" with { type: "json" };
import { join } from "../deps.ts";
import type { BegunLedger } from "../evidence/read_ledger.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import { type InputError, unusable } from "../tools/data/input_error.ts";
import { loadPolicy } from "../policy/document/load.ts";
import type { RunStarted } from "../runtime/record/event.ts";
import { recordedTool } from "../runtime/record/recorded_tool.ts";
import { serverOf } from "../runtime/record/server_of.ts";
import type { ModelInfo } from "../runtime/run_spec.ts";
import { openIntents } from "../runtime/rerun/open_intents.ts";
import { DivergenceError } from "../runtime/rerun/divergence.ts";
import { corpusSnapshot } from "../tasks/corpus.ts";
import type { ToolServers } from "../tasks/tool_server.ts";
import { loadTask } from "../tasks/task.ts";
import type { Document } from "../tools/document.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { closedSession } from "./execution/closed_session.ts";
import { describeEnd, endOf } from "./execution/describe_end.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { corpusReadings } from "./input/corpus_folder.ts";
import { durabilityOf } from "./execution/durability.ts";
import { isSame, othersTools, whyForeign } from "./execution/resume_hint.ts";
import { liveModel } from "./execution/live_model.ts";
import { liveSpans, SPAN_HELP } from "./execution/live_spans.ts";
import { PROGRESS_HELP } from "./progress/progress_form.ts";
import {
  OWN_RUN_FLAGS,
  OWN_RUN_OPTIONS,
  OWN_RUN_REPEATABLE,
  ownRun,
} from "./execution/own_run.ts";
import { runStore } from "./machine/run_store.ts";
import { runServers } from "./mcp/run_servers.ts";
import { serversIn } from "./input/server_option.ts";
import { loadToolModule, type ToolModule } from "./machine/tool_module.ts";

/** `resume`: continue a run that broke off. */
export const resume: Command = {
  summary: "continue a run whose process ended early",
  help: `Usage: resume RUN_DIR [--corpus DIR] [--tools FILE.ts]
              [--mcp NAME=COMMAND|URL]...
              [--durability none|intent]
              [--approve never|prompt|file] [--by NAME]
              [--llm PROVIDER:MODEL [--base-url URL] [--api-key-env NAME]
              [--model-seed N] [--record FILE]]
              [--llm replay:FILE]
              ${SPAN_HELP.usage} ${PROGRESS_HELP.usage}
              [--json]

Continues a run that broke off, from its ledger. Recorded work is not repeated:
the model is not asked for an answer that is on record, and an effect with a
recorded receipt is not repeated. An intent without a receipt is carried out again
when its tool is idempotent; otherwise its outcome is unknown: it is recorded as
"indeterminate", and the run ends.

A session of \`govern\`, whose calls come from another program's own loop, cannot
continue: its record is ended. Nothing runs, and a call without a receipt gets one
that says that its outcome is unknown.

An unfinished last line is cut off and kept in incidents.jsonl, with the other
incidents of the process. The run ends with the same artifacts as if it had never
been interrupted.

  --corpus DIR  the documents, when those in sandbox/corpus are not all there or
                the agent has changed them
  --tools FILE  the module with the run's own tools, if it has any
  --mcp NAME=COMMAND|URL
                a server that \`run\` was given; those that the task names are
                started again without it. A tool whose definition has changed
                since the run began is denied by tool_pin
  --llm SPEC    the model, or the cassette, that the run was begun with, as for
                \`run\`
  --record FILE write a cassette of the whole run, what is on record included
${SPAN_HELP.resume}
  --approve HOW as for \`run\`; default: file
  --by NAME     as for \`run\`
  --durability  as for \`run\`
${PROGRESS_HELP.resume}
  --json        as for \`run\`

Exit codes: 0 the run ended with final_answer, or a session was ended, 2 it ended otherwise, 4 the model
could not be reached, or its server failed temporarily (429, 5xx), in every
allowed try: the run stays open, and \`resume\` continues it; also 4 when the run
ended because a tool could not reach the network, 3 it waits for approval, 1 it
could not be resumed.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["corpus", ...OWN_RUN_OPTIONS],
      repeatable: OWN_RUN_REPEATABLE,
      flags: OWN_RUN_FLAGS,
      operands: ["RUN_DIR"],
    });
    const durability = durabilityOf(given.option("durability"));
    const record = runStore.run(given.operand(0));
    const ledger = await record.ledger();
    await record.checkFiles();
    const { started } = ledger;
    await refuseOtherRun(record, started);
    if (started.llm.execution_path === "client") {
      return await endSession({ record, ledger, given }, output);
    }
    const own = await given.option("tools", loadToolModule);
    const task = loadTask(started.task.text, "the task on record");
    const servers = {
      ...task.document.mcp_servers,
      ...serversIn(given.every("mcp")),
    };
    refuseOtherServers(record, started, servers);
    refuseOtherTools(record, started, own);
    await record.checkSandbox();
    const documents = await corpusOf(started, {
      record,
      given: given.option("corpus"),
    });
    const policy = loadPolicy(started.policy.text, "the policy on record");

    const model = await liveModel(given, output, { record: ledger });
    refuseOtherModel(record, started, model?.info);
    const spans = liveSpans(given, { policy: policy.document, output });
    await using served = await runServers({
      ...{ servers, policy, record, note: output.note },
      recorded: started.tools,
    });
    try {
      const { code } = await ownRun({
        task,
        policy,
        documents,
        runId: started.run_id,
        record,
        model,
        spans,
        own,
        served,
        durability,
        approve: "file",
        open: () => record.goOn(ledger),
        past: {
          events: ledger.events,
          sentAgain: (seq) => record.addIncident({ type: "sent_again", seq }),
        },
      }, { given, output });
      return code;
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      throw ledgerProblem(
        record,
        "the run does not reach this event again, so it cannot be resumed",
        error.divergence.seq + 1,
      );
    }
  },
};

/** Ends the record of a session whose process is gone; it needs nothing but the record. */
async function endSession(
  { record, ledger, given }: {
    readonly record: RunRecord;
    readonly ledger: BegunLedger;
    readonly given: CommandLine;
  },
  output: Output,
): Promise<number> {
  const unused = ["corpus", ...OWN_RUN_OPTIONS]
    .find((name) => given.option(name) !== undefined) ??
    OWN_RUN_REPEATABLE.find((name) => given.every(name).length > 0);
  if (unused !== undefined) {
    throw new UsageError(
      `Cannot use --${unused}: the calls came from a client with a loop of its own, so the record is only ended`,
    );
  }
  const finished = await closedSession(record, ledger);
  if (given.flag("json")) output.json(endOf(record.name, finished));
  else {
    output.data(terminalLine(`${record.name}: ${describeEnd(finished)}`));
  }
  const unknown = openIntents(ledger.events).size;
  if (unknown > 0) {
    output.note(
      `calls whose outcome is unknown: ${unknown}; see ${
        terminalLine(record.place("run_report.md"))
      }`,
    );
  }
  return EXIT.ok;
}

/** A run goes on with the servers that it began with, by name; what they serve by now is compared with the record. */
function refuseOtherServers(
  record: RunRecord,
  started: RunStarted,
  servers: ToolServers,
): void {
  const begun = new Set(started.tools.flatMap((tool) => serverOf(tool) ?? []));
  const missing = [...begun].find((name) => !Object.hasOwn(servers, name));
  if (missing !== undefined) {
    throw ledgerProblem(
      record,
      `the run has tools of the server ${
        terminalLine(missing)
      }; name its command with --mcp ${terminalLine(missing)}=COMMAND`,
      1,
    );
  }
}

/** The tools of a run that are not ours must be those of the module, which must touch what they touched. */
function refuseOtherTools(
  record: RunRecord,
  started: RunStarted,
  own: ToolModule | undefined,
): void {
  const given = new Map(
    own?.definitions.map((tool) => [tool.name, recordedTool(tool)]),
  );
  const others = othersTools(started)
    .filter((tool) => serverOf(tool) === undefined);
  const missing = others.filter(({ name }) => !given.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => JSON.stringify(name)).join(", ");
    throw ledgerProblem(
      record,
      own === undefined
        ? `the run has tools that are not ours: ${names}; name the module that exports them with --tools`
        : `the run has tools that ${own.path} does not export: ${names}`,
      1,
    );
  }
  const changed = started.tools.find((tool) => {
    const now = given.get(tool.name);
    return now !== undefined && !isSame(now, tool);
  });
  if (changed === undefined) return;
  throw ledgerProblem(
    record,
    `the tool ${
      JSON.stringify(changed.name)
    } says other effects, or another idempotent, than when the run began; take the module of that time`,
    1,
  );
}

/** A run must be resumed with the model that it was begun with. */
function refuseOtherModel(
  record: RunRecord,
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
    record,
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

/** Only the program that began a run can resume it, and only while it is unfinished. */
async function refuseOtherRun(
  record: RunRecord,
  started: RunStarted,
): Promise<void> {
  if (await record.has("manifest.json")) {
    throw new UsageError(`Cannot resume "${record.name}": the run is finished`);
  }
  const foreign = whyForeign(started);
  if (foreign !== undefined) {
    throw ledgerProblem(
      record,
      `only the program that began the run can resume it: ${foreign}`,
      1,
    );
  }
  const { runtime_version: version = config.version } = started;
  if (version !== config.version) {
    throw ledgerProblem(
      record,
      `the run was made by version ${version}; this is ${config.version}`,
      1,
    );
  }
}

async function corpusOf(
  { corpus }: RunStarted,
  { record, given }: {
    readonly record: RunRecord;
    /** The folder that `--corpus` names. */
    readonly given: string | undefined;
  },
): Promise<readonly Document[]> {
  if (corpus.documents === 0) return [];
  const folder = given ?? join(record.sandbox, "corpus");
  if (given === undefined) await record.checkSandbox("corpus");
  for (const documents of corpusReadings(folder)) {
    if (corpusSnapshot(documents).sha256 === corpus.sha256) return documents;
  }
  throw unusable(
    folder,
    "these are not the documents of the run; name the folder that it was made of with --corpus",
  );
}

function ledgerProblem(
  record: RunRecord,
  message: string,
  line?: number,
): InputError {
  return unusable(record.place("state.jsonl"), message, { line });
}
