/**
 * The script of the page: reads the embedded record, shows it, and has it checked.
 *
 * @module
 */
/// <reference lib="dom" />
import { filesIn } from "./embedded_files.ts";
import { startChecker } from "./ask_checker.ts";
import { banner } from "./banner.ts";
import type { PageRun } from "./page_run.ts";
import { recordedLines } from "./recorded_lines.ts";
import { runPage } from "./run_page.ts";
import { storyOf } from "./story.ts";

const decoder = new TextDecoder();

async function show(): Promise<void> {
  const place = document.getElementById("verdict");
  const main = document.getElementById("run");
  if (place === null || main === null) return;
  const files = filesIn(document);
  const ledger = files.get("state.jsonl");
  const redacted = files.get("view.jsonl");
  const lines = recordedLines(decoder.decode(ledger ?? redacted));
  const written = recordedLines(decoder.decode(files.get("approvals.jsonl")));
  const isView = redacted !== undefined && ledger === undefined;
  const line = banner(
    place,
    isView ? undefined : async (pem) => {
      const signature = await run.checker?.signature(pem);
      if (signature !== undefined) line.signed(signature);
    },
  );
  line.checking(lines.length);
  const story = storyOf(lines);
  const run: PageRun = {
    lines,
    story,
    written,
    checker: undefined,
    policy: undefined,
  };
  const page = runPage(main, run);
  if (isView) {
    const { head } = headOf(files);
    line.unknown(
      "A redacted view; it cannot be verified",
      `The policy of the run leaves parts out, so the record is not in this page. It was made from the record whose head is ${head}; report --with-record embeds all of it.`,
    );
    return;
  }
  const packed = document.getElementById("checker")?.textContent ?? "";
  const checker = await startChecker(packed).catch(() => undefined);
  if (checker === undefined) {
    line.unknown(
      "This browser cannot check the record",
      "Nothing is vouched for. A browser of 2025 or later checks it, and so does verify --report FILE.",
    );
    return;
  }
  run.checker = checker;
  try {
    run.policy = await checker.open(files);
    // The verdict comes before everything else that the checker is asked.
    const checked = checker.check();
    page.policyRead();
    line.found(await checked);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    line.unknown(
      "The record could not be checked",
      `Nothing is vouched for: ${why}`,
    );
  }
}

function headOf(
  files: ReadonlyMap<string, Uint8Array>,
): { readonly head: string } {
  const said = recordedLines(decoder.decode(files.get("redacted.json")))[0]
    ?.json;
  return { head: typeof said?.head === "string" ? said.head : "unknown" };
}

show().catch((error) => {
  const place = document.getElementById("verdict");
  if (place === null) return;
  banner(place, undefined).unknown(
    "This page cannot be shown",
    `Nothing is vouched for: ${error.message}. It was changed, or this browser is older than 2025; verify --report FILE checks its record.`,
  );
});
