import {
  type ContentRedaction,
  plainContent,
} from "../../policy/plain_content.ts";
import { mayHaveKey } from "../policy_key.ts";

/** What the report of a run leaves out. */
export interface ReportRedaction {
  /** Returns an event without what must not leave the record. */
  readonly redact: <T extends object>(event: T) => T;
  /** Writes what calls were given without it. */
  readonly content: ContentRedaction;
  /** How many patterns it replaces. */
  readonly patterns: number;
  /** How many paths it replaces. */
  readonly paths: number;
}

/** Finds in a policy's text what the report of its run leaves out. */
export type ReadRedaction = (policyText: string) => ReportRedaction;

/** Leaves out nothing. */
export const NO_REDACTION: ReportRedaction = {
  redact: (event) => event,
  content: plainContent,
  patterns: 0,
  paths: 0,
};

/**
 * Takes a policy for one that leaves out nothing, without a parser for it.
 *
 * @throws {RangeError} when the text may say something else
 */
export function withoutRedaction(policyText: string): ReportRedaction {
  if (mayHaveKey(policyText, "redact")) {
    throw new RangeError("Cannot report on a run whose policy was not read");
  }
  return NO_REDACTION;
}
