import type { AskedChecker } from "./ask_checker.ts";
import type { PolicyOnRecord } from "../checker/messages.ts";
import type { RecordedLine } from "./recorded_lines.ts";
import type { Row, Story } from "./story.ts";

/** Everything that the parts of the page show. */
export interface PageRun {
  readonly lines: readonly RecordedLine[];
  readonly story: Story;
  /** Answers of people as they were written down, with their times: lines of approvals.jsonl. */
  readonly written: readonly RecordedLine[];
  /** `undefined` until it is started, and in a redacted view. */
  checker: AskedChecker | undefined;
  /** `undefined` until the checker has read it. */
  policy: PolicyOnRecord | undefined;
}

/** Which rows are listed. */
export type Filter = "all" | "denied" | "asked" | "failed";

/** Something that shows which row is selected. */
export interface Selects {
  /** Shows a row, and the event of it that was asked for. */
  select(row: Row, seq: number): void;
}
