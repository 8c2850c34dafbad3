import { memorySink } from "../evidence/artifacts.ts";
import { InputError } from "../policy/input_error.ts";
import { join, walkSync } from "../deps.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { choice } from "./choice.ts";
import { parseCommandLine } from "./command_line.ts";
import { type Command, EXIT, type Output, UsageError } from "./command.ts";
import { whyUnreadable } from "./files.ts";
import { junitReport, type Tested } from "./junit.ts";
import { playScenario } from "./scenario.ts";
import { readTaskInputs } from "./task_inputs.ts";

/** `test`: plays task files and compares each run with what its task expects. */
export const test: Command = {
  summary: "run tasks against what they expect",
  help: `Usage: test PATH... [--filter TEXT] [--policy FILE] [--reporter junit]
            [--scratch DIR]

Plays task files, without a network and without waiting, and compares each run
with the \`expect\` block of its task. In a folder, every .yaml file counts but
those named policy.yaml or *.policy.yaml. Nothing is recorded.

  --filter TEXT     only tasks whose id contains the text
  --policy FILE     play all of them under this policy
  --reporter junit  print a JUnit report
  --scratch DIR     where the worlds of the tasks are made, and removed again;
                    default: the folder of the system for temporary files

Exit codes: 0 every task is as it expects, 2 one is not,
1 a task or a policy cannot be loaded.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["filter", "policy", "reporter", "scratch"],
      operands: ["PATH..."],
    });
    const reporter = given.option("reporter");
    if (reporter !== undefined) {
      choice(reporter, { where: "Cannot use --reporter", of: ["junit"] });
    }
    const filter = given.option("filter") ?? "";
    const scenarios = given.operands.flatMap(taskFiles)
      .map((path) => readScenario(path, given.option("policy")))
      .filter(({ task }) => task.document.id.includes(filter));
    if (scenarios.length === 0) {
      throw new UsageError("Cannot find a task to test");
    }
    for (const { notes } of scenarios) {
      for (const note of notes) output.note(note);
    }
    const tested: Tested[] = [];
    for (const scenario of scenarios) {
      const started = performance.now();
      const unmet = await play(scenario, given.option("scratch"));
      const seconds = (performance.now() - started) / 1000;
      tested.push({
        path: scenario.path,
        name: scenario.task.document.id,
        unmet,
        seconds,
      });
    }
    if (reporter === "junit") output.data(junitReport(tested));
    else printLines(tested, output);
    return tested.every(({ unmet }) => unmet.length === 0) ? EXIT.ok : EXIT.no;
  },
};

type FileScenario = ReturnType<typeof readScenario>;

function readScenario(path: string, policy: string | undefined) {
  const inputs = readTaskInputs(path, { policy });
  if (inputs.task.document.expect === undefined) {
    throw new InputError(path, [{
      path: "expect",
      message: "missing; a task without it cannot be tested",
    }]);
  }
  return { path, ...inputs };
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

function taskFiles(path: string): readonly string[] {
  try {
    if (!Deno.statSync(path).isDirectory) return [path];
    return [...walkSync(path, { includeDirs: false, includeSymlinks: false })]
      .map((entry) => join(entry.path))
      .filter((file) =>
        file.endsWith(".yaml") && !/(^|[./])policy\.yaml$/.test(file)
      )
      .sort();
  } catch (cause) {
    throw new InputError(path, [{ path: "", message: whyUnreadable(cause) }], {
      cause,
    });
  }
}

function printLines(tested: readonly Tested[], output: Output): void {
  for (const { name, path, unmet } of tested) {
    const verdict = unmet.length === 0 ? "ok    " : "FAILED";
    output.data(terminalLine(`${verdict} ${name} (${path})`));
    for (const line of unmet) output.data(`         ${line}`);
  }
  const failed = tested.filter(({ unmet }) => unmet.length > 0).length;
  output.data(`${tested.length - failed} passed, ${failed} failed`);
}
