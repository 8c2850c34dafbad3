/**
 * Every report of the corpus, in the order of their ids.
 *
 * @module
 */
import { AUDITS } from "./audits.ts";
import { CHANGES } from "./changes.ts";
import { DISCREPANCIES } from "./discrepancies.ts";
import { DRILLS } from "./drills.ts";
import { INCIDENTS } from "./incidents.ts";
import { NOTES } from "./notes.ts";
import type { Report } from "./report.ts";
import { REVIEWS } from "./reviews.ts";

/** All 25 reports, `op-01` first. */
export const REPORTS: readonly Report[] = [
  ...AUDITS,
  ...CHANGES,
  ...DISCREPANCIES,
  ...DRILLS,
  ...INCIDENTS,
  ...NOTES,
  ...REVIEWS,
].sort((a, b) => (a.id < b.id ? -1 : 1));
