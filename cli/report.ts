import { join } from "../deps.ts";
import { writePage } from "../evidence/store/page_file.ts";
import { counted } from "../tools/data/counted.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import { type Command, EXIT } from "./command/command.ts";
import { refuseInsideRun, runPage } from "./input/run_page.ts";
import { openInBrowser } from "./machine/open_in_browser.ts";
import { runStore } from "./machine/run_store.ts";

/** `report`: a run as one HTML file that shows and checks it. */
export const report: Command = {
  summary: "write a run as one HTML file that shows and checks it",
  help: `Usage: report RUN_DIR [--out FILE.html] [--with-record] [--open]

Writes one HTML file that a browser opens without a network. It carries the run's
own files and the code that checks them, says at its top what the record is worth,
and shows the run: how it ended, what was denied and why, a timeline, the
conversation, every decision with the lines of the policy that made it, and what
another policy would decide. A page that checks itself can be forged: compare the
head that it states, or run verify --report FILE.

Where the policy of the run redacts, the page is a redacted view, which cannot be
verified.

  --out FILE.html  where it is written; default: named as the run is, in the
                   current folder. A report that is there is replaced
  --with-record    embed the whole record, whatever the policy redacts
  --open           open it in the browser; needs --allow-run=xdg-open, or =open

Exit codes: 0 it was written, whatever the check of the run comes to; 1 the run
cannot be read, or the file cannot be written or opened.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: ["out"],
      flags: ["with-record", "open"],
      operands: ["RUN_DIR"],
    });
    const record = runStore.run(given.operand(0));
    const out = given.option("out") ?? `${lastName(record.name)}.html`;
    refuseInsideRun(out, { run: record.name, option: "--out" });
    const { html, isRedacted, others } = await runPage(
      record,
      given.flag("with-record"),
    );
    writePage(out, html);
    output.data(
      `${terminalLine(out)}: ${counted(html.length, "byte")}${
        isRedacted
          ? ", a redacted view, which cannot be verified; --with-record embeds the record"
          : ""
      }`,
    );
    if (others.length > 0) {
      output.note(
        `not in the page: ${others.map(terminalLine).join(", ")}`,
      );
    }
    if (given.flag("open")) await openInBrowser(out);
    return EXIT.ok;
  },
};

/** The last part of a path that names something. */
function lastName(path: string): string {
  const names = join(path).split("/").filter((name) => !/^\.*$/.test(name));
  return names.at(-1) ?? "run";
}
