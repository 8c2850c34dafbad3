import type { WrittenApproval } from "./approval/approval_file.ts";
import type { ArtifactSource } from "./artifact_source.ts";
import type { ArtifactName, ArtifactSink } from "./artifacts.ts";
import type { BegunLedger, ReadLedger } from "./read_ledger.ts";
import type { Incident } from "./recording/incident.ts";

/** What is kept of a run under a name of its own. */
export type RunFileName =
  | ArtifactName
  | "attestation.json"
  | "approvals.jsonl"
  | "incidents.jsonl";

/** Takes what was not looked at although a run may be there, and why. */
export type PassedOver = (path: string, why: string) => void;

/** Where runs are kept: in directories, or one day in a database. */
export interface RunStore {
  /** The run of this name, whether there is one or not; nothing is looked up yet. */
  run(name: string): RunRecord;
  /**
   * The names of the runs that a folder is or holds, sorted. One that cannot be
   * read is among them, so that whoever looks at it says so and goes on.
   *
   * @throws {InputError} when there is none
   */
  runsBelow(
    folder: string,
    passedOver: PassedOver,
  ): Promise<readonly string[]>;
}

/** Where a run grows until it is disposed of. */
export type OpenSink = ArtifactSink & (Disposable | AsyncDisposable);

/**
 * Everything that is kept of one run. Whatever cannot be read or written is an
 * `InputError` that names the place, but for what the members say otherwise.
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
  /** Whether something stands under a name, readable or not. */
  has(file: RunFileName): Promise<boolean>;
  /** The text of a file, which must be there and UTF-8. */
  text(file: RunFileName): Promise<string>;
  /** The text of a file, if it is there; what is not UTF-8 reads as U+FFFD. */
  textIfThere(file: RunFileName): Promise<string | undefined>;
  /** All of it, to be verified; reading it may throw what the system says. */
  source(): Promise<ArtifactSource>;

  /** Begins the run, with an empty sandbox. */
  begin(): Promise<OpenSink>;
  /** Looks, before anything is written, whether its files let the run go on. */
  checkFiles(): Promise<void>;
  /** Looks whether the sandbox, or a folder in it, is a directory and no link to one. */
  checkSandbox(folder?: string): Promise<void>;
  /**
   * Opens a run that broke off, to go on after the complete lines of its ledger.
   * What was torn off and that the run goes on is kept as incidents. The run is
   * made again from its first event on: what is appended first must be what is
   * there already, byte for byte.
   */
  goOn(ledger: ReadLedger): Promise<OpenSink>;

  /** Keeps what happened to the process of the run. */
  addIncident(incident: Incident): void | Promise<void>;
  /**
   * Keeps the answer of a person with the time of now, unless there is one that
   * counts: `earlier` finds it in the text of `approvals.jsonl`, and it is
   * returned. Nobody else can answer in between.
   */
  addAnswer(
    answer: Omit<WrittenApproval, "v" | "timestamp">,
    earlier: (text: string) => WrittenApproval | undefined,
  ): Promise<WrittenApproval | undefined>;
  /** Keeps the text of `attestation.json`, as a whole or not at all. */
  addAttestation(text: string): Promise<void>;
}
