/**
 * Runs of tasks that can be broken off at any byte of their ledger, and gone on
 * with, while every effect is counted outside of the record.
 *
 * @module
 */
import { execute } from "../cli/execution/execute.ts";
import { openToolHost } from "../cli/machine/tool_host.ts";
import { readTaskInputs, type TaskInputs } from "../cli/input/task_inputs.ts";
import { join } from "../deps.ts";
import type { ArtifactSink } from "../evidence/artifacts.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import {
  resumedRunDirectory,
  runDirectory,
} from "../evidence/store/run_directory.ts";
import type { Durability } from "../evidence/recording/record_run.ts";
import type { RunFinished } from "../runtime/record/event.ts";
import type { Tool } from "../tools/tool.ts";
import { PROJECT } from "./program.ts";

/** The tasks that are broken off. */
export const CRASH_TASKS = [
  "tasks/canonical.yaml",
  "tasks/failure_modes/tool_call_failure.yaml",
  "tests/crash/denied_and_told.yaml",
] as const;

/** Reads one of them. */
export function crashTask(path: string): TaskInputs {
  return readTaskInputs(join(PROJECT, path), {
    corpus: join(PROJECT, "corpus/v1"),
  });
}

/** How a run is played. */
export interface Play {
  readonly task: TaskInputs;
  /** Holds the run directory `run` and the log of effects. */
  readonly folder: string;
  readonly durability: Durability;
  /** Whether tools may be run twice. Default: as they say. */
  readonly idempotent?: boolean;
}

/** The lines of the log: each run of a tool, as `<tool> <idempotency key>`. */
export function effects(folder: string): readonly string[] {
  try {
    return Deno.readTextFileSync(join(folder, "effects")).split("\n")
      .slice(0, -1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Plays a run from its beginning; `through` is between it and the disk. */
export async function play(
  given: Play,
  through: (sink: ArtifactSink) => ArtifactSink = (sink) => sink,
): Promise<RunFinished> {
  const run = join(given.folder, "run");
  const sandbox = join(run, "sandbox");
  Deno.mkdirSync(sandbox, { recursive: true });
  using sink = runDirectory(run);
  return await executed(given, { sandbox, sink: through(sink) });
}

/** Resumes a run that broke off. */
export async function goOn(given: Play): Promise<RunFinished> {
  const run = join(given.folder, "run");
  const record = readLedger(Deno.readFileSync(join(run, "state.jsonl")));
  using sink = await opened(() => resumedRunDirectory(run, record, () => {}));
  return await executed(given, {
    sandbox: join(run, "sandbox"),
    sink,
    past: { events: record.events, sentAgain() {} },
  });
}

/**
 * Opens what may be busy for a moment: a child that another test is starting has
 * every open file of this process, and its lock, until it begins.
 */
async function opened<T>(open: () => T, tries = 100): Promise<T> {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Deno.errors.Busy) || tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return await opened(open, tries - 1);
  }
}

async function executed(
  { task, folder, durability, idempotent }: Play,
  how: Pick<Parameters<typeof execute>[0], "sandbox" | "sink" | "past">,
): Promise<RunFinished> {
  using host = await openToolHost({ ...task, ...how, online: false });
  const { finished } = await execute({
    ...task,
    ...how,
    durability,
    online: false,
    waits: false,
    signal: new AbortController().signal,
    host: {
      ...host,
      tools: async (documents) =>
        (await host.tools(documents)).map((tool) =>
          logged({ ...tool, idempotent: idempotent ?? tool.idempotent }, folder)
        ),
    },
  });
  return finished;
}

/** The same tool, each run of which is written down before it happens. */
function logged(tool: Tool, folder: string): Tool {
  return {
    ...tool,
    run(args, context) {
      Deno.writeTextFileSync(
        join(folder, "effects"),
        `${tool.name} ${context.idempotencyKey}\n`,
        { append: true },
      );
      return tool.run(args, context);
    },
  };
}
