import { join } from "../deps.ts";
import { attestRun } from "./execution/attest_run.ts";
import { refuseOtherMode } from "./execution/audit_mode.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, UsageError } from "./command/command.ts";
import { durabilityOf } from "./execution/durability.ts";
import {
  OWN_RUN_FLAGS,
  OWN_RUN_OPTIONS,
  OWN_RUN_REPEATABLE,
  ownRun,
} from "./execution/own_run.ts";
import { freeFolder, namedFolder } from "./execution/run_folder.ts";
import { readSigningKey } from "./input/key_files.ts";
import {
  type ChosenModel,
  liveModel,
  REPLAY,
  REQUEST_OPTIONS,
} from "./execution/live_model.ts";
import { liveSpans, SPAN_HELP } from "./execution/live_spans.ts";
import { PROGRESS_HELP } from "./progress/progress_form.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { isAsked } from "../tasks/scripted_run.ts";
import { offeredHint } from "./execution/offered_hint.ts";
import { runStore } from "./machine/run_store.ts";
import { loadToolModule } from "./machine/tool_module.ts";
import { readTaskInputs } from "./input/task_inputs.ts";
import { runServers } from "./mcp/run_servers.ts";
import { serversIn } from "./input/server_option.ts";

/** `run`: a user's own task, on a user's own documents, under a user's own policy. */
export const run: Command = {
  summary: "run a task of your own",
  help: `Usage: run TASK.yaml [--policy FILE] [--corpus DIR] [--out DIR]
           [--tools FILE.ts] [--mcp NAME=COMMAND|URL]...
           [--durability none|intent] [--approve never|prompt|file]
           [--by NAME]
           [--llm PROVIDER:MODEL [--base-url URL] [--api-key-env NAME]
              [--model-seed N] [--system FILE] [--temperature N]
              [--max-output-tokens N] [--no-policy-hint] [--record FILE]]
           [--llm replay:FILE]
           ${SPAN_HELP.usage} [--sign KEYFILE] [--audit]
           ${PROGRESS_HELP.usage} [--json]

Runs a task and leaves four artifacts in a new folder: state.jsonl, trace.json,
run_report.md and manifest.json. Beside them, sandbox/ is what the agent could
read and write: the documents of the corpus in corpus/, and what it wrote.

  --policy FILE      the policy; default: what the task names, else policy/v1.yaml
  --corpus DIR       a folder of text files; default: what the task names
  --out DIR          a folder that does not exist yet or is empty; default:
                     runs/<task>_<policy>_<seed>, with a random part after it
                     when a real model is asked; if that is taken, with _2, _3
                     and so on. The id of the run has no such number: the same
                     script is the same run again
  --tools FILE.ts    a module that exports tools of your own, beside the five; one
                     with the name of one of the five counts instead of it. Each
                     has description, args (a Standard Schema), effects and run.
                     What it touches it says itself in effects, {} for nothing,
                     or the policy does under \`tools\`. They run in this process,
                     or in the Worker where the policy has isolation: worker
  --mcp NAME=COMMAND|URL
                     a server of the Model Context Protocol, beside those that the
                     task names under \`mcp_servers\`; may come several times. Its
                     tools are called NAME.tool in policy, script and record, and
                     NAME__tool by a model. It works in the sandbox, gets the
                     environment that the policy gives it under mcp.env, and ends
                     with the run. COMMAND is split at spaces, with quotes around
                     what belongs together; a URL (https, or http of this machine)
                     is a server over Streamable HTTP. The process needs --allow-run
                     for the command and for sh, or --allow-net for the host
  --durability WHAT  intent (default): an intent is on disk before its effect;
                     none: the operating system writes at its own time
  --approve HOW      who answers what the policy leaves to a person: never
                     (default): the call is rejected; prompt: you, at the
                     terminal, where the end of input (Ctrl-D) leaves it open as
                     file does; file: the run stops until somebody answers with
                     the command approvals, and goes on with resume
  --audit            said where the policy has \`mode: audit\`: its decisions are
                     recorded, and calls run all the same, but for those that
                     cannot run or would pass a wall of the program's own
  --by NAME          with --approve prompt: who answers; it is recorded. Without
                     it the terminal asks, once
  --llm SPEC         ask a model instead of following the task's script:
                     openai:MODEL, anthropic:MODEL, google:MODEL, ollama:MODEL,
                     or openai-compatible:MODEL with --base-url URL; keys come
                     from OPENAI_API_KEY, ANTHROPIC_API_KEY, and
                     GOOGLE_GENERATIVE_AI_API_KEY or GEMINI_API_KEY, or from the
                     variable that --api-key-env names; --model-seed goes with
                     each request. The process needs --allow-net for the model's
                     host, and --allow-env for the variable
  --system FILE      a text that the model is told before the question; like the
                     next two, default: what \`model\` in the task says
  --temperature N    from 0 to 2; default: the provider's
  --max-output-tokens N
                     how many tokens one answer may have
  --no-policy-hint   do not tell the model in one sentence which hosts and files
                     its tools may use
  --record FILE      write a cassette of the model: what it was asked, by digest
                     and by what each request adds, and what came back; FILE must
                     not exist yet and must not be inside --out
  --llm replay:FILE  answer from a cassette; another request than the recorded one
                     ends the run and says where they first differ
${SPAN_HELP.run}
  --sign KEYFILE     sign the artifacts with a private key, as keygen writes it:
                     leaves attestation.json beside them, however the run
                     ends; one that waits or stays open is signed later, with
                     sign
${PROGRESS_HELP.run}
  --json             print the result as one JSON object: of a run without an answer
                     with the reason in trouble, of a run that waits with the
                     question in waits_for, as approvals list --json prints it.
                     Meanwhile what the run does goes to standard error, an
                     object a line, as inspect --json prints it

While it runs, standard error has a line for each step; at a terminal also what
goes on at the moment. Of text of the model and of tools, these lines have names
of tools, types of errors and who answered, and nothing else.

Paths in a task are relative to its file, those of options to the current folder.

Tools: search {query, top_k?}, fetch {url}, read {path, offset?, max_bytes?},
write {path, content}, summarize {text, max_sentences?}. Of a file of more than
1 MiB, read returns a page, and where the next begins.

Each text file below the folder of the corpus is a document, in UTF-8 or, with a
byte order mark, UTF-16, of up to 16 MiB; what begins with a dot and node_modules
is passed over, and what else is left out is said in one line. Each is also served
at https://fixtures.local/ID. The ID of a .md or .txt file is its path without the
extension, unless another document has that; of any other, the whole path. Any
other URL that the policy allows is fetched from the network, if the process
may (--allow-net).

Exit codes: 0 the run ended with final_answer, 2 it ended otherwise, 4 the model
could not be reached, or its server failed temporarily (429, 5xx), in every
allowed try: the run stays open, and \`resume\` continues it; also 4 when the run
ended because a tool could not reach the network, 3 it waits for approval, 1 it
could not be run.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [
        ...["policy", "corpus", "out", "sign"],
        ...OWN_RUN_OPTIONS,
        ...REQUEST_OPTIONS,
      ],
      repeatable: OWN_RUN_REPEATABLE,
      flags: [...OWN_RUN_FLAGS, "no-policy-hint", "audit"],
      operands: ["TASK.yaml"],
    });
    const durability = durabilityOf(given.option("durability"));
    const llm = given.option("llm");
    const isUntold = given.flag("no-policy-hint");
    const own = await given.option("tools", loadToolModule);
    const { notes, ...inputs } = readTaskInputs(given.operand(0), {
      policy: given.option("policy"),
      corpus: given.option("corpus"),
      unscripted: llm !== undefined,
      ownTools: own?.definitions.map(({ name }) => name),
    });
    for (const note of notes) output.note(note);
    const servers = {
      ...inputs.task.document.mcp_servers,
      ...serversIn(given.every("mcp")),
    };
    if (isUntold && (llm === undefined || llm.startsWith(REPLAY))) {
      throw new UsageError(
        "Cannot use --no-policy-hint where no model is asked",
      );
    }
    const model = await liveModel(given, output, {
      told: {
        settings: inputs.task.document.model,
        hint: isUntold ? undefined : offeredHint(inputs.policy.document, {
          own: own?.definitions,
          servers: Object.keys(servers),
        }),
      },
    });
    const spans = liveSpans(given, {
      policy: inputs.policy.document,
      output,
    });
    const runId = runIdOf(inputs.runId, model);
    refuseOtherMode(inputs.policy.document, given.flag("audit"));
    const key = await given.option("sign", readSigningKey);

    const named = given.option("out");
    const usual = join("runs", runId);
    using folder = named === undefined ? freeFolder(usual) : namedFolder(named);
    const out = folder.path;
    if (named === undefined && out !== usual) {
      output.note(terminalLine(`${usual} is taken; this run is in ${out}`));
    }
    const record = runStore.run(out);
    await using served = await runServers({
      ...{ servers, record, note: output.note },
      policy: inputs.policy,
    });
    const { code, outcome } = await ownRun({
      ...inputs,
      runId,
      record,
      model,
      spans,
      own,
      served,
      durability,
      approve: "never",
      open: () => record.begin(),
      async ended() {
        if (key !== undefined) await attestRun(record, key);
      },
    }, { given, output });
    if (
      key !== undefined && (outcome === "waiting" || outcome === "model_out")
    ) {
      output.note(`not signed yet: sign ${out} --key FILE, once it is done`);
    }
    return code;
  },
};

/**
 * Names the run. A real model never does the same twice, so a random part
 * distinguishes its runs, their traces and the approvals of their calls.
 */
function runIdOf(name: string, model: ChosenModel | undefined): string {
  if (!isAsked(model)) return name;
  return `${name}_${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
}
