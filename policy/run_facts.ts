import type { Source } from "./conditions/condition.ts";
import type { Label } from "../tools/label.ts";

/** A call of a run, as reasons and the record name it. */
export interface CallName {
  /** Its number among the calls that were proposed, from 1. */
  readonly call: number;
  readonly tool: string;
}

/** Where a value was seen before. */
export interface Seen {
  /** Number of the event with the text: 0 for the question, else that of a tool's result. */
  readonly seq: number;
  /** Where it begins in the text, in UTF-16 code units of its NFC form. */
  readonly offset: number;
}

/** What a run has come to when one of its calls is judged. */
export interface RunFacts {
  /** Number of the call that is judged, from 1. */
  readonly call: number;
  /** When it is judged, in milliseconds of the run's clock. */
  readonly atMs: number;
  /** The labels that calls of the run have set, each with the first that did. */
  readonly labels: ReadonlyMap<Label, CallName>;
  /** How many calls of some tools have begun; of the last so many seconds, redirects too, if a number is given. */
  calls(tools: readonly string[], withinSeconds?: number): number;
  /** Where a value was seen; `undefined` when nowhere, `unknown` beyond what is indexed, or where it is spelled otherwise. */
  seen(value: string, sources: readonly Source[]): Seen | undefined | "unknown";
}

/** A run in which nothing has happened. */
export const NEW_RUN: RunFacts = {
  call: 1,
  atMs: 0,
  labels: new Map(),
  calls: () => 0,
  seen: () => undefined,
};
