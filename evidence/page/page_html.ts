import { htmlText, oneLine } from "../../tools/data/untrusted_text.ts";
import { dataBlock, type PageFiles } from "./data_blocks.ts";
import { hashSource } from "./hash_source.ts";
import { VIEW } from "./run_files.ts";

/** What every page has, whatever run it shows; `deno task page-build` makes it. */
export interface BuiltPage {
  /** The script that shows a run: JavaScript. */
  readonly script: string;
  /** CSS. */
  readonly style: string;
  /** The script that checks a run in a Worker: JavaScript, compressed with gzip, in base64. */
  readonly checker: string;
}

/**
 * Writes a run as one HTML file that needs nothing else. The browser executes its
 * own script and style alone, by their hashes, and the Worker that this script
 * starts; nothing can be requested.
 */
export function pageHtml(
  files: PageFiles,
  { script, style, checker }: BuiltPage,
): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const blocks = [...files].map(([name, bytes]) => dataBlock(name, bytes));
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${htmlText(titleOf(files))}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    '<div id="verdict" role="status" class="verdict checking"><div><b>Opening the record</b> <span>nothing is checked yet</span></div></div>',
    '<main id="run"><noscript><p>This page shows and checks a run with a script of its own, which this browser does not execute.</p></noscript></main>',
    ...blocks,
    `<script type="application/base64" id="checker">${checker}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** What the run was asked, and its id. */
function titleOf(files: PageFiles): string {
  const bytes = files.get("state.jsonl") ?? files.get(VIEW);
  const [line = ""] = new TextDecoder().decode(bytes).split("\n", 1);
  try {
    const { task, run_id } = JSON.parse(line);
    return `${oneLine(String(task.question), 80)} (${oneLine(String(run_id))})`;
  } catch {
    // What is wrong with the line, the checker says.
    return "Run report";
  }
}
