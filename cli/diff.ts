import {
  type RunDifference,
  runDifference,
} from "../evidence/replay/run_difference.ts";
import { oneLine, terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { runStore } from "./machine/run_store.ts";
import { valueExcerpts } from "../tools/data/excerpt.ts";

/** `diff`: where two runs first differ, and the totals of each. */
export const diff: Command = {
  summary: "say where two runs part",
  help: `Usage: diff RUN_DIR RUN_DIR [--json]

Compares two runs event by event, and prints the first event that differs and the
totals of each run. Times, and values that depend on the names of the runs, are
ignored.

  --json  print one JSON object

Exit codes: 0 both did the same, 2 they differ, 1 a record cannot be read.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      flags: ["json"],
      operands: ["RUN_DIR", "RUN_DIR"],
    });
    const runs = [given.operand(0), given.operand(1)] as const;
    const one = await runStore.run(runs[0]).ledger();
    const other = await runStore.run(runs[1]).ledger();
    const difference = runDifference(one.events, other.events);
    if (given.flag("json")) output.json({ runs, ...difference });
    else output.data(describe(runs, difference));
    return difference.first === undefined ? EXIT.ok : EXIT.no;
  },
};

function describe(
  [one, other]: readonly [string, string],
  { inputs, first, numbers: [mine, yours] }: RunDifference,
): string {
  const lines = [`A: ${terminalLine(one)}`, `B: ${terminalLine(other)}`];
  if (inputs.length > 0) lines.push(`inputs that differ: ${inputs.join(", ")}`);
  if (first === undefined) {
    lines.push("both did the same");
  } else {
    const { seq, types: [was, is], path, expected, found } = first;
    const [mine, yours] = valueExcerpts(expected, found);
    lines.push(
      `first difference: line ${seq + 1}, ${
        was === is ? was : `${was ?? "nothing"} against ${is ?? "nothing"}`
      }`,
      `  path: ${oneLine(path) || "(the event)"}`,
      `  A:    ${mine}`,
      `  B:    ${yours}`,
    );
  }
  lines.push(...columns([
    ["", "A", "B"],
    ...Object.keys({ ...mine, ...yours })
      .filter((name) => mine[name] !== 0 || yours[name] !== 0)
      .map((name) => [name, cell(mine[name]), cell(yours[name])] as const),
  ]));
  return lines.join("\n");
}

/** A total as text; a record that another program wrote may state anything as its cost. */
function cell(total: number | string | undefined): string {
  return total === undefined ? "-" : oneLine(String(total));
}

/** A table of names and two columns of totals, which end at the same place. */
function columns(
  rows: readonly (readonly [name: string, a: string, b: string])[],
): readonly string[] {
  const names = Math.max(...rows.map(([name]) => name.length));
  const totals = Math.max(
    8,
    ...rows.map(([, a, b]) => Math.max(a.length, b.length) + 2),
  );
  return rows.map(([name, a, b]) =>
    `${name.padEnd(names)}  ${a.padStart(totals)}${b.padStart(totals)}`
  );
}
