import type { WrittenApproval } from "./approval/approval_file.ts";
import type { ArtifactSource } from "./artifact_source.ts";
import type { ArtifactName, ArtifactSink } from "./artifacts.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import type { BegunLedger, ReadLedger } from "./read_ledger.ts";
import type { Incident } from "./recording/incident.ts";

/** Files of a run that have a fixed name. */
export type RunFileName =
  | ArtifactName
  | "attestation.json"
  | "approvals.jsonl"
  | "incidents.jsonl";

/** Called with a place that was not read although a run may be there, and why. */
export type PassedOver = (path: string, why: string) => void;

/** Where runs are kept: in directories, or one day in a database. */
export interface RunStore {
  /** The run of this name, whether or not it exists; nothing is looked up yet. */
  run(name: string): RunRecord;
  /**
   * The names of the runs that a folder is or holds, sorted. They include
   * unreadable ones, so that the caller can report each one and continue.
   *
   * @throws {InputError} when there is no run
   */
  runsBelow(
    folder: string,
    passedOver: PassedOver,
  ): Promise<readonly string[]>;
}

/** Where a run grows until it is disposed of. */
export type OpenSink = ArtifactSink & (Disposable | AsyncDisposable);

/** A ledger that another process may be writing. */
export interface FollowedLedger {
  /** The events of the complete lines that are new since the last time; none when nothing is. */
  next(): Promise<readonly RunEvent[]>;
}

/**
 * Everything that is kept of one run. A read or write that fails throws an
 * `InputError` that names the place, unless a member says otherwise.
 */
export interface RunRecord {
  /** As a person names it. */
  readonly name: string;
  /** How messages for people name one of its files. */
  place(file: RunFileName): string;
  /** The directory in which the tools of the run read and write. */
  readonly sandbox: string;

  /** The ledger, of a run that is finished or that broke off; it has at least one event. */
  ledger(): Promise<BegunLedger>;
  /** The ledger of a run that may still go on, from its beginning. */
  follow(): FollowedLedger;
  /** Whether there is an entry of this name, readable or not. */
  has(file: RunFileName): Promise<boolean>;
  /** The text of a file, which must be there and UTF-8. */
  text(file: RunFileName): Promise<string>;
  /** The text of a file, if it is there; what is not UTF-8 reads as U+FFFD. */
  textIfThere(file: RunFileName): Promise<string | undefined>;
  /** All of it, for `verify`; reading it may throw errors of the system. */
  source(): Promise<ArtifactSource>;

  /** Begins the run, with an empty sandbox. */
  begin(): Promise<OpenSink>;
  /** Checks, before anything is written, whether its files allow a resume. */
  checkFiles(): Promise<void>;
  /** Checks that the sandbox, or a folder in it, is a directory and not a link to one. */
  checkSandbox(folder?: string): Promise<void>;
  /**
   * Opens a run that broke off, to continue after the complete lines of its
   * ledger. The cut-off rest and the resume are kept as incidents. The run is
   * executed again from its first event: the first bytes appended must equal the
   * existing ones.
   */
  goOn(ledger: ReadLedger): Promise<OpenSink>;

  /** Keeps what happened to the process of the run. */
  addIncident(incident: Incident): void | Promise<void>;
  /**
   * Keeps the answer of a person with the time of now, unless there is one that
   * counts: `earlier` finds it in the text of `approvals.jsonl`, and it is
   * returned. No other process can answer in between.
   */
  addAnswer(
    answer: Omit<WrittenApproval, "v" | "timestamp">,
    earlier: (text: string) => WrittenApproval | undefined,
  ): Promise<WrittenApproval | undefined>;
  /** Keeps the text of `attestation.json`, completely or not at all. */
  addAttestation(text: string): Promise<void>;
}
