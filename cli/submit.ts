import { submitRun } from "../evidence/store/postgres/submitted_run.ts";
import { checkSchema } from "../evidence/store/postgres/schema.ts";
import { chooseModel } from "../runtime/llm/provider/provider.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { REPLAY } from "./execution/live_model.ts";
import { withDatabaseTrouble } from "./fleet/database_trouble.ts";
import {
  DATABASE_HELP,
  DATABASE_OPTION,
  openDatabase,
} from "./fleet/open_database.ts";
import { openQueue } from "./fleet/open_queue.ts";
import { moment } from "./input/moment.ts";
import { readTaskInputs } from "./input/task_inputs.ts";
import { refuseInWorker } from "./mcp/run_servers.ts";

/** `submit`: leaves tasks to workers. */
export const submit: Command = {
  summary: "leave tasks to workers",
  help:
    `Usage: submit TASK.yaml... [--policy FILE] [--corpus DIR] [--tools NAME]
              [--llm PROVIDER:MODEL] [--tenant NAME] [--priority N] [--id ID]
              [--at TIME] [--db URL] [--json]

Adds a run for each task to a database, with its policy and its documents; a worker
whose configuration names that policy, model, module of tools and each server of the
task (\`mcp_servers\`) executes it.
Prints the id of each run, which is the name that it has in its record. All of them
are added, or none.

  --policy FILE  the policy; default: what the task names, else policy/v1.yaml
  --corpus DIR   a folder of text files; default: what the task names
  --tools NAME   tools beside the five, by their name in the configuration of workers
  --llm SPEC     ask a model, as run --llm names it, instead of following the
                 task's script; its key and address are the worker's
  --tenant NAME  whose run it is, for limits and lists; default: default
  --priority N   higher ones are executed first, and among those of one priority
                 those that were begun already; default: 0
  --id ID        the id of the run, for one task; default: <task>_<policy>_<seed>,
                 with a random part after it when a model is asked
  --at TIME      not before this moment: 2026-11-22T09:00:00Z
${DATABASE_HELP}
  --json         print a JSON object for each run: run, task

Exit codes: 0 they were added, 4 the database cannot be reached, 1 they were not
added for another reason.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [
        ...[DATABASE_OPTION, "policy", "corpus", "tools", "llm"],
        ...["tenant", "priority", "id", "at"],
      ],
      flags: ["json"],
      operands: ["TASK.yaml..."],
    });
    const llm = given.option("llm", modelSpec);
    const id = given.option("id");
    if (id !== undefined && given.operands.length > 1) {
      throw new UsageError("--id is the id of one run: name one task");
    }
    const tenant = given.option("tenant", tenantName) ?? "default";
    const priority = given.option("priority", wholeNumber) ?? 0;
    const notBefore = given.option(
      "at",
      (text) => new Date(moment("at", text)),
    );
    const submitted = given.operands.map((path) => {
      const inputs = readTaskInputs(path, {
        policy: given.option("policy"),
        corpus: given.option("corpus"),
        unscripted: llm !== undefined,
      });
      refuseInWorker(
        inputs.policy,
        inputs.task.document.mcp_servers ?? {},
      );
      tellNotes(inputs.notes, given, output);
      return {
        path,
        run: {
          runId: id ?? runIdOf(inputs.runId, llm),
          tenant,
          priority,
          notBefore,
          taskText: inputs.task.text,
          policyText: inputs.policy.text,
          policySha256: inputs.policy.sha256,
          llm,
          tools: given.option("tools"),
          documents: inputs.documents,
        },
      };
    });
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given);
      await checkSchema(database);
      await using queue = await openQueue(database);
      await database.transaction(async (session) => {
        for (const { run } of submitted) {
          await submitRun(session, run);
          await queue.send(session, run.runId, {
            ...{ priority, notBefore },
            isBegun: false,
          });
        }
      });
      for (const { path, run: { runId } } of submitted) {
        if (given.flag("json")) output.json({ run: runId, task: path });
        else output.data(terminalLine(runId));
      }
      return EXIT.ok;
    });
  },
};

/** Where own tools are asked for, only workers know their names. */
function tellNotes(
  notes: readonly string[],
  given: CommandLine,
  output: Output,
): void {
  if (given.option("tools") !== undefined) return;
  for (const note of notes) output.note(note);
}

/** A real model never does the same twice, so a random part distinguishes its runs. */
function runIdOf(name: string, llm: string | undefined): string {
  if (llm === undefined) return name;
  return `${name}_${crypto.getRandomValues(new Uint8Array(4)).toHex()}`;
}

/** Only workers have the address of a server: any will do to look at a name. */
const WORKERS_KNOW = "https://model.invalid";

function modelSpec(spec: string): string {
  if (spec.startsWith(REPLAY)) {
    throw new UsageError(
      `Cannot use --llm "${spec}": workers have no cassettes; use run`,
    );
  }
  chooseModel(spec, { baseUrl: WORKERS_KNOW });
  return spec;
}

function tenantName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text)) return text;
  throw new UsageError(
    `Cannot use --tenant "${text}": expected up to 100 letters, digits, dots, hyphens and underscores`,
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^-?\d{1,9}$/.test(text)) return value;
  throw new UsageError(
    `Cannot use --priority "${text}": expected a whole number`,
  );
}
