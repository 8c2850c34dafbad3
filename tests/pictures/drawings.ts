import { join } from "../../deps.ts";
import { readLedger } from "../../evidence/read_ledger.ts";
import { genaiSpans } from "../../trace/genai/genai_spans.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { atTerminal, screen } from "../pseudo_terminal.ts";
import { spansSvg } from "./spans_svg.ts";
import { type TerminalLine, terminalSvg } from "./terminal_svg.ts";

/** The task whose run is shown. */
export const SHOWN_TASK = "examples/prompt_injection/task.yaml";

/** Where the pictures are. */
export const PICTURES = join(PROJECT, "docs/pictures");

/** What is typed, as documentation writes it, and as it is run here. */
const TYPED = [
  {
    shown: `mod.ts run ${SHOWN_TASK} --out out`,
    run: ["run", join(PROJECT, SHOWN_TASK), "--out", "out"],
  },
  { shown: "mod.ts verify out", run: ["verify", "out"] },
] as const;

/** The drawings, by the names of their files: each made from a real run, the same every time. */
export async function drawings(): Promise<ReadonlyMap<string, string>> {
  using folder = temporaryFolder();
  const lines: TerminalLine[] = [];
  for (const { shown, run } of TYPED) {
    lines.push({ typed: true, text: shown });
    const said = await atTerminal(run, { cwd: folder.path, types: [] });
    // The first line names the process.
    const [, ...texts] = screen(said.shown).trimEnd().split("\n");
    lines.push(...texts.map((text) => ({ typed: false, text })));
  }
  const ledger = Deno.readFileSync(join(folder.path, "out/state.jsonl"));
  const spans = readLedger(ledger).events.flatMap(genaiSpans());
  return new Map([
    [
      "run.svg",
      terminalSvg("A run at a terminal, a line a step, and its check", lines),
    ],
    ["spans.svg", spansSvg("The spans of a run as backends show them", spans)],
  ]);
}
