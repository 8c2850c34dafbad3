import { memorySink } from "../evidence/artifacts.ts";
import { InputError } from "../tools/data/input_error.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { choice } from "./command/choice.ts";
import { parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { unrecordedServers } from "./mcp/unrecorded_servers.ts";
import { junitReport, type Tested } from "./scenario/junit.ts";
import { playScenario, type Scenario } from "./scenario/scenario.ts";
import { loadToolModule, type ToolModule } from "./machine/tool_module.ts";
import { readTaskInputs, type TaskInputs } from "./input/task_inputs.ts";
import { serversIn } from "./input/server_option.ts";
import { taskFiles, type UnreadableTask } from "./input/task_files.ts";
import type { ToolServers } from "../tasks/tool_server.ts";

/** `test`: plays task files and compares each run with what its task expects. */
export const test: Command = {
  summary: "run tasks against what they expect",
  help: `Usage: test PATH... [--filter TEXT] [--policy FILE] [--tools FILE.ts]
            [--mcp NAME=COMMAND|URL]... [--reporter junit] [--scratch DIR]

Plays task files, without a network and without waiting, and compares each run
with the \`expect\` block of its task. In a folder, every .yaml file counts but
policies (policy.yaml, *.policy.yaml) and their tests (policy_test.yaml,
*.policy_test.yaml). Nothing is recorded. What cannot be loaded is said on standard error, whatever the filter, and the others are played.

  --filter TEXT     only tasks whose id contains the text
  --policy FILE     play all of them under this policy
  --tools FILE.ts   tools of your own, as for \`run\`; they are run for real
  --mcp NAME=COMMAND|URL
                    a server of the Model Context Protocol for each task, beside
                    those that it names under \`mcp_servers\`, or instead of the one
                    with that name; may come several times. Servers are started for
                    real, for each task anew, in its world; see \`run\`
  --reporter junit  print a JUnit report; what cannot be loaded is an error in it
  --scratch DIR     where the worlds of the tasks are made, and removed again;
                    default: the folder of the system for temporary files

Exit codes: 0 every task is as it expects, 2 one is not, 1 a task or a policy
cannot be loaded, even when all others pass.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["filter", "policy", "tools", "reporter", "scratch"],
      repeatable: ["mcp"],
      operands: ["PATH..."],
    });
    const reporter = given.option("reporter");
    if (reporter !== undefined) {
      choice(reporter, { where: "Cannot use --reporter", of: ["junit"] });
    }
    const policy = given.option("policy");
    // An unusable policy is reported once, not for each task.
    if (policy !== undefined) readPolicyFile(policy);
    const own = await given.option("tools", loadToolModule);
    const servers = serversIn(given.every("mcp"));
    const filter = given.option("filter") ?? "";
    const found = given.operands.flatMap(taskFiles)
      .map((file) => readScenario(file, { policy, own, servers }))
      .filter((each) =>
        "error" in each || each.task.document.id.includes(filter)
      );
    if (found.length === 0) throw new UsageError("Cannot find a task to test");
    for (const each of found) {
      if ("error" in each) output.error(each.error.message);
      else for (const note of each.notes) output.note(note);
    }
    const tested: Tested[] = [];
    for (const each of found) {
      tested.push(
        "error" in each
          ? broken(each)
          : await played(each, { output, scratch: given.option("scratch") }),
      );
    }
    if (reporter === "junit") output.data(junitReport("tasks", tested));
    else printLines(tested, output);
    if (tested.some(({ errors }) => errors.length > 0)) return EXIT.error;
    return tested.every(({ unmet }) => unmet.length === 0) ? EXIT.ok : EXIT.no;
  },
};

/** A task file that can be played. */
interface FileScenario extends TaskInputs, Pick<Scenario, "own"> {
  readonly path: string;
  readonly servers: ToolServers;
}

/** Where a task is played, and who hears of it. */
interface PlayOptions {
  readonly output: Output;
  readonly scratch: string | undefined;
}

function broken({ path, error }: UnreadableTask): Tested {
  const errors = error.message.split("\n");
  return { path, name: path, unmet: [], errors, seconds: 0 };
}

async function played(
  scenario: FileScenario,
  options: PlayOptions,
): Promise<Tested> {
  const { path, task } = scenario;
  const started = performance.now();
  const { unmet, errors } = await play(scenario, options);
  const seconds = (performance.now() - started) / 1000;
  return { path, name: task.document.id, unmet, errors, seconds };
}

/** Reads a task with its policy and documents; a broken task does not stop the others. */
function readScenario(
  file: string | UnreadableTask,
  { policy, own, servers }: {
    readonly policy: string | undefined;
    readonly own: ToolModule | undefined;
    readonly servers: ToolServers;
  },
): FileScenario | UnreadableTask {
  if (typeof file !== "string") return file;
  try {
    const ownTools = own?.definitions.map(({ name }) => name);
    const inputs = readTaskInputs(file, { policy, ownTools });
    const { expect, mcp_servers } = inputs.task.document;
    if (expect !== undefined) {
      const all = { ...mcp_servers, ...servers };
      return { path: file, own, servers: all, ...inputs };
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { path: file, error };
  }
  const message = "missing; a task without it cannot be tested";
  return {
    path: file,
    error: new InputError(file, [{ path: "expect", message }]),
  };
}

async function play(
  scenario: FileScenario,
  { output, scratch }: PlayOptions,
): Promise<Pick<Tested, "unmet" | "errors">> {
  if (scratch !== undefined) Deno.mkdirSync(scratch, { recursive: true });
  const world = Deno.makeTempDirSync(
    scratch === undefined ? {} : { dir: scratch },
  );
  try {
    const sink = memorySink();
    const { policy, servers } = scenario;
    const serve = (sandbox: string) =>
      unrecordedServers({ servers, policy, sandbox, note: output.note });
    const { unmet } = await playScenario(
      { ...scenario, serve },
      { world, sink },
    );
    return { unmet, errors: [] };
  } catch (error) {
    // A server cannot be used; the others are played.
    if (!(error instanceof InputError || error instanceof UsageError)) {
      throw error;
    }
    output.error(`${scenario.path}: ${error.message}`);
    return { unmet: [], errors: error.message.split("\n") };
  } finally {
    Deno.removeSync(world, { recursive: true });
  }
}

function printLines(tested: readonly Tested[], output: Output): void {
  for (const { name, path, unmet, errors } of tested) {
    if (errors.length > 0) {
      output.data(terminalLine(`ERROR  (${path})`));
      continue;
    }
    const verdict = unmet.length === 0 ? "ok    " : "FAILED";
    output.data(terminalLine(`${verdict} ${name} (${path})`));
    for (const line of unmet) output.data(`         ${line}`);
  }
  const failed = tested.filter(({ unmet }) => unmet.length > 0).length;
  const wrong = tested.filter(({ errors }) => errors.length > 0).length;
  const passed = tested.length - failed - wrong;
  output.data(
    `${passed} passed, ${failed} failed${
      wrong === 0 ? "" : `, ${wrong} not played`
    }`,
  );
}
