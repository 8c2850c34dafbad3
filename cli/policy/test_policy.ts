import { dirname, isAbsolute, join } from "../../deps.ts";
import { clausesIn } from "../../policy/testing/coverage.ts";
import { playCase } from "../../policy/testing/play_case.ts";
import { readPolicyTests } from "../../policy/testing/test_document.ts";
import { counted } from "../../tools/data/counted.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { choice } from "../command/choice.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { imaginedTools } from "../input/asked_tools.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { loadedAs } from "../input/mistaken_file.ts";
import { readInput } from "../machine/files.ts";
import { junitReport, type Tested } from "../scenario/junit.ts";

/** `policy test`: judges tables of calls and compares each decision with what is expected. */
export async function testPolicy(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, {
    options: ["reporter", "min-coverage"],
    flags: ["coverage"],
    operands: ["FILE..."],
  });
  const reporter = given.option("reporter");
  if (reporter !== undefined) {
    choice(reporter, { where: "Cannot use --reporter", of: ["junit"] });
  }
  const least = percent(given.option("min-coverage"));
  const files: TestedFile[] = [];
  for (const path of given.operands) {
    try {
      files.push(await tested(path));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      output.error(error.message);
      const errors = error.message.split("\n");
      const failed = { name: path, path, unmet: [], errors, seconds: 0 };
      files.push({ path, tests: [failed], lines: [], clauses: [] });
    }
  }
  const tests = files.flatMap((file) => file.tests);
  if (reporter === "junit") output.data(junitReport("policies", tests));
  else tellTests(files, output);
  const covered = files.every((file) => {
    const { share, open } = coverageOf(file);
    if (given.flag("coverage") || share < least) {
      for (const { name, line } of open) {
        output.note(
          terminalLine(
            `${file.policy ?? file.path}:${line ?? 1}: no case decides ${name}`,
          ),
        );
      }
      output.note(
        `${terminalLine(file.path)}: ${Math.floor(share)} % of ${
          counted(file.clauses.length, "clause")
        } decided a case`,
      );
    }
    return share >= least;
  });
  if (tests.some(({ errors }) => errors.length > 0)) return EXIT.error;
  return covered && tests.every(({ unmet }) => unmet.length === 0)
    ? EXIT.ok
    : EXIT.no;
}

interface TestedFile {
  readonly path: string;
  /** Path of the policy, when the tests could be read. */
  readonly policy?: string;
  readonly tests: readonly Tested[];
  /** On which line each test begins. */
  readonly lines: readonly (number | undefined)[];
  /** Those of the policy, each with whether a case was decided by it. */
  readonly clauses: readonly {
    readonly name: string;
    readonly line: number | undefined;
    readonly isDecided: boolean;
  }[];
}

async function tested(path: string): Promise<TestedFile> {
  const text = readInput(path);
  const tests = loadedAs("test of a policy", {
    text,
    path,
    load: readPolicyTests,
  });
  const policyPath = beside(path, tests.policy);
  const policy = await named(
    { path, key: "policy", line: tests.lines.policy },
    () => readPolicyFile(policyPath),
  );
  const tools = await named(
    { path, key: "tools", line: tests.lines.tools },
    () =>
      imaginedTools(
        tests.tools === undefined ? undefined : beside(path, tests.tools),
        {
          called: tests.cases.flatMap(({ calls }) =>
            calls.map(({ tool }) => tool)
          ),
          servers: tests.servers,
          policy: policy.document,
        },
      ),
  );
  const decided = new Set<string>();
  const played = tests.cases.map((each): Tested => {
    const { name } = each;
    const outcome = playCase(each, { policy, tools });
    for (const clause of outcome.decided) decided.add(clause);
    return { name, path, unmet: outcome.unmet, errors: [], seconds: 0 };
  });
  const clauses = clausesIn(policy)
    .map((each) => ({ ...each, isDecided: decided.has(each.name) }));
  const lines = tests.cases.map(({ line }) => line);
  return { path, policy: policyPath, tests: played, lines, clauses };
}

/** Says of a file that cannot be used where it is named. */
async function named<T>(
  { path, key, line }: {
    readonly path: string;
    readonly key: string;
    readonly line: number | undefined;
  },
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const place = line === undefined ? {} : { line };
    const problems = cause.message.split("\n")
      .map((message) => ({ path: key, ...place, message }));
    throw new InputError(path, problems, { cause });
  }
}

function beside(path: string, name: string): string {
  return isAbsolute(name) ? name : join(dirname(path), name);
}

function tellTests(files: readonly TestedFile[], output: Output): void {
  for (const { path, tests, lines } of files) {
    for (const [index, { name, unmet }] of tests.entries()) {
      const line = lines[index];
      const place = line === undefined ? path : `${path}:${line}`;
      for (const each of unmet) {
        output.data(terminalLine(`${place}: ${name}: ${each}`));
      }
    }
  }
  const tests = files.flatMap((file) => file.tests);
  const failed = tests.filter(({ unmet }) => unmet.length > 0).length;
  const broken = tests.filter(({ errors }) => errors.length > 0).length;
  output.data(
    `${counted(tests.length - broken, "case")}, ${failed} failed${
      broken === 0 ? "" : `, ${counted(broken, "file")} cannot be used`
    }`,
  );
}

function coverageOf({ clauses }: TestedFile) {
  const open = clauses.filter(({ isDecided }) => !isDecided);
  const share = clauses.length === 0
    ? 100
    : 100 * (clauses.length - open.length) / clauses.length;
  return { share, open };
}

function percent(text: string | undefined): number {
  if (text === undefined) return 0;
  const number = Number(text);
  if (/^\d{1,3}$/.test(text) && number <= 100) return number;
  throw new UsageError(
    `Cannot use --min-coverage ${text}: expected a percentage from 0 to 100`,
  );
}
