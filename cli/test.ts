import { memorySink } from "../evidence/artifacts.ts";
import { unreadable } from "../evidence/store/file_error.ts";
import { InputError } from "../tools/data/input_error.ts";
import { join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
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
import { junitReport, type Tested } from "./scenario/junit.ts";
import { playScenario, type Scenario } from "./scenario/scenario.ts";
import { loadToolModule, type ToolModule } from "./machine/tool_module.ts";
import { readTaskInputs, type TaskInputs } from "./input/task_inputs.ts";

/** `test`: plays task files and compares each run with what its task expects. */
export const test: Command = {
  summary: "run tasks against what they expect",
  help: `Usage: test PATH... [--filter TEXT] [--policy FILE] [--tools FILE.ts]
            [--reporter junit] [--scratch DIR]

Plays task files, without a network and without waiting, and compares each run
with the \`expect\` block of its task. In a folder, every .yaml file counts but
policies (policy.yaml, *.policy.yaml) and their tests (policy_test.yaml,
*.policy_test.yaml). Nothing is recorded. What cannot be loaded is said on standard error, whatever the filter, and the others are played.

  --filter TEXT     only tasks whose id contains the text
  --policy FILE     play all of them under this policy
  --tools FILE.ts   tools of your own, as for \`run\`; they are run for real
  --reporter junit  print a JUnit report; what cannot be loaded is an error in it
  --scratch DIR     where the worlds of the tasks are made, and removed again;
                    default: the folder of the system for temporary files

Exit codes: 0 every task is as it expects, 2 one is not, 1 a task or a policy
cannot be loaded, even when all others pass.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["filter", "policy", "tools", "reporter", "scratch"],
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
    const filter = given.option("filter") ?? "";
    const found = given.operands.flatMap(taskFiles)
      .map((file) => readScenario(file, { policy, own }))
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
          : await played(each, given.option("scratch")),
      );
    }
    if (reporter === "junit") output.data(junitReport("tasks", tested));
    else printLines(tested, output);
    if (tested.some(({ errors }) => errors.length > 0)) return EXIT.error;
    return tested.every(({ unmet }) => unmet.length === 0) ? EXIT.ok : EXIT.no;
  },
};

/** A file or a folder that cannot be read as tasks. */
interface Broken {
  readonly path: string;
  readonly error: InputError;
}

/** A task file that can be played. */
interface FileScenario extends TaskInputs, Pick<Scenario, "own"> {
  readonly path: string;
}

function broken({ path, error }: Broken): Tested {
  const errors = error.message.split("\n");
  return { path, name: path, unmet: [], errors, seconds: 0 };
}

async function played(
  scenario: FileScenario,
  scratch: string | undefined,
): Promise<Tested> {
  const { path, task } = scenario;
  const started = performance.now();
  const unmet = await play(scenario, scratch);
  const seconds = (performance.now() - started) / 1000;
  return { path, name: task.document.id, unmet, errors: [], seconds };
}

/** Reads a task with its policy and documents; a broken task does not stop the others. */
function readScenario(
  file: string | Broken,
  { policy, own }: {
    readonly policy: string | undefined;
    readonly own: ToolModule | undefined;
  },
): FileScenario | Broken {
  if (typeof file !== "string") return file;
  try {
    const ownTools = own?.definitions.map(({ name }) => name);
    const inputs = readTaskInputs(file, { policy, ownTools });
    if (inputs.task.document.expect !== undefined) {
      return { path: file, own, ...inputs };
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
  scratch: string | undefined,
): Promise<readonly string[]> {
  if (scratch !== undefined) Deno.mkdirSync(scratch, { recursive: true });
  const world = Deno.makeTempDirSync(
    scratch === undefined ? {} : { dir: scratch },
  );
  try {
    return (await playScenario(scenario, { world, sink: memorySink() })).unmet;
  } finally {
    Deno.removeSync(world, { recursive: true });
  }
}

function taskFiles(path: string): readonly (string | Broken)[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
    return [...walkSync(path, { includeDirs: false, includeSymlinks: false })]
      .map((entry) => join(entry.path))
      .filter((file) =>
        file.endsWith(".yaml") && !/(^|[./])policy(_test)?\.yaml$/.test(file)
      )
      .sort();
  } catch (cause) {
    return [{ path, error: unreadable(path, cause) }];
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
