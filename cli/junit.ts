import { terminalLine, xmlText } from "../tools/data/untrusted_text.ts";

/** One task that was tested. */
export interface Tested {
  readonly name: string;
  readonly path: string;
  /** What was expected and not seen. */
  readonly unmet: readonly string[];
  readonly seconds: number;
}

/** Writes a JUnit XML report, as build servers read it. */
export function junitReport(tested: readonly Tested[]): string {
  const failures = tested.filter(({ unmet }) => unmet.length > 0).length;
  const seconds = tested.reduce((sum, each) => sum + each.seconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${tested.length}" failures="${failures}" time="${
      seconds.toFixed(3)
    }">`,
    `  <testsuite name="tasks" tests="${tested.length}" failures="${failures}" time="${
      seconds.toFixed(3)
    }">`,
    ...tested.map(testCase),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function testCase({ name, path, unmet, seconds }: Tested): string {
  const head = `    <testcase name="${onOneLine(name)}" classname="${
    onOneLine(path)
  }" time="${seconds.toFixed(3)}"`;
  return unmet.length === 0 ? `${head}/>` : [
    `${head}>`,
    `      <failure message="${onOneLine(unmet[0] ?? "")}">${
      unmet.map(onOneLine).join("\n")
    }</failure>`,
    "    </testcase>",
  ].join("\n");
}

/** What was told may hold a line end, which would look like a line of the report. */
function onOneLine(text: string): string {
  return xmlText(terminalLine(text));
}
