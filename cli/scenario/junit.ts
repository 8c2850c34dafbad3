import { terminalLine, xmlText } from "../../tools/data/untrusted_text.ts";

/** One task, or one case of a policy, that was tested. */
export interface Tested {
  readonly name: string;
  readonly path: string;
  /** Expectations that were not met. */
  readonly unmet: readonly string[];
  /** Why it could not be played, a line each; empty when it was played. */
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** Writes a JUnit XML report of a suite, as build servers read it. */
export function junitReport(
  suite: "tasks" | "policies",
  tested: readonly Tested[],
): string {
  const failures = tested.filter(({ unmet }) => unmet.length > 0).length;
  const errors = tested.filter(({ errors }) => errors.length > 0).length;
  const seconds = tested.reduce((sum, each) => sum + each.seconds, 0);
  const counts =
    `tests="${tested.length}" failures="${failures}" errors="${errors}" time="${
      seconds.toFixed(3)
    }"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${suite}" ${counts}>`,
    ...tested.map(testCase),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function testCase({ name, path, unmet, errors, seconds }: Tested): string {
  const head = `    <testcase name="${onOneLine(name)}" classname="${
    onOneLine(path)
  }" time="${seconds.toFixed(3)}"`;
  const [what, lines] = errors.length > 0
    ? ["error", errors]
    : ["failure", unmet];
  return lines.length === 0 ? `${head}/>` : [
    `${head}>`,
    `      <${what} message="${onOneLine(lines[0] ?? "")}">${
      lines.map(onOneLine).join("\n")
    }</${what}>`,
    "    </testcase>",
  ].join("\n");
}

/** A text may contain a line end, which would look like a line of the report. */
function onOneLine(text: string): string {
  return xmlText(terminalLine(text));
}
