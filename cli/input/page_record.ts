import { bytesSource } from "../../evidence/artifact_source.ts";
import { filesIn } from "../../evidence/page/data_blocks.ts";
import { pageHtml } from "../../evidence/page/page_html.ts";
import { VIEW } from "../../evidence/page/run_files.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { builtPage } from "../machine/built_page.ts";
import { readInput } from "../machine/files.ts";

/** The record of a run that is in a page. */
export interface PageRecord
  extends Pick<RunRecord, "name" | "source" | "textIfThere"> {
  /** Why the page may show something else than its record says; `undefined` when it is what this program writes. */
  pageFault(): Promise<string | undefined>;
}

/** Takes the record of a run out of a page that `report` wrote; nothing in the page is executed. */
export function pageRecord(path: string): PageRecord {
  let read: ReturnType<typeof readPage> | undefined;
  const page = () => read ??= readPage(path);
  return {
    name: path,
    // deno-lint-ignore require-await
    source: async () => bytesSource(page().files),
    // deno-lint-ignore require-await
    async textIfThere(name) {
      const bytes = page().files.get(name);
      return bytes &&
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    },
    async pageFault() {
      const { text, files } = page();
      return pageHtml(files, await builtPage()) === text ? undefined : OTHER;
    },
  };
}

const OTHER =
  "the page was changed, or another version of this program wrote it: its record was checked, but what it shows may be something else; make it again with `report`";

function readPage(path: string) {
  const text = readInput(path);
  const files = filesOf(text, path);
  if (files.has(VIEW)) {
    throw unusable(
      path,
      "it is a redacted view, without the record, and cannot be verified; `report --with-record` embeds the record",
    );
  }
  if (files.size === 0) {
    throw unusable(
      path,
      "it has no record in it, so it is no page of `report`",
    );
  }
  return { text, files };
}

function filesOf(text: string, path: string) {
  try {
    return filesIn(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, message, { cause });
  }
}
