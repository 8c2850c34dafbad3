import { pageHtml } from "../../evidence/page/page_html.ts";
import { runFiles } from "../../evidence/page/run_files.ts";
import { unreadable } from "../../evidence/store/file_error.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import { builtPage } from "../machine/built_page.ts";
import { realFuturePath } from "../machine/real_future_path.ts";

/** The report page of a run. */
export interface RunPage {
  readonly html: string;
  /** Whether it is a redacted view, which cannot be verified. */
  readonly isRedacted: boolean;
  /** Names of files of the run that are not in it. */
  readonly others: readonly string[];
}

/**
 * Makes the report page of a run.
 *
 * @throws {InputError} when the run cannot be read or shown
 */
export async function runPage(
  record: RunRecord,
  withRecord = false,
): Promise<RunPage> {
  const { files, ...rest } = await filesOf(record, withRecord);
  return { html: pageHtml(files, await builtPage()), ...rest };
}

async function filesOf(record: RunRecord, withRecord: boolean) {
  try {
    return runFiles(await record.source(), { name: record.name, withRecord });
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(record.name, cause);
  }
}

/**
 * Refuses a place inside the folder of a run; `option` names it on the command line.
 *
 * @throws {InputError} when it is inside
 */
export function refuseInsideRun(
  place: string,
  { run, option }: { readonly run: string; readonly option: string },
): void {
  const [inner, outer] = [realFuturePath(place), realFuturePath(run)];
  if (inner !== outer && !inner.startsWith(`${outer}/`)) return;
  throw unusable(
    place,
    `a run has a fixed set of files, and verify would report this one; name a place outside the run with ${option}`,
  );
}
