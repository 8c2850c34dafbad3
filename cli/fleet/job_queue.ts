import type { Session } from "../../evidence/store/postgres/database.ts";

/** A hint that a run can go on. */
export interface Job {
  readonly id: string;
  /** Counts how often the job was given out. */
  readonly attempt: number;
  readonly runId: string;
}

/** When a run is to go on. */
export interface JobTiming {
  readonly priority: number;
  /** Whether the run has been begun: among those of one priority it goes first. */
  readonly isBegun: boolean;
  /** Default: at once. */
  readonly notBefore?: Date | undefined;
}

/**
 * Hands jobs out to workers and notices workers that died. A job is a hint: the
 * row of the run says what is so. There is at most one job for a run.
 */
export interface JobQueue extends AsyncDisposable {
  /** Adds the job of a run, unless there is one. */
  send(session: Session, runId: string, timing: JobTiming): Promise<void>;
  /**
   * Adds the jobs of runs that could go on and have none: they were answered by a
   * role that may not add jobs, or a job was lost.
   */
  sendMissing(session: Session): Promise<void>;
  /** The next job; `undefined` when there is none now. */
  take(): Promise<Job | undefined>;
  /**
   * Says that the holder claims the run of its job; `false` when the job was given to
   * another. Should the holder die, the job goes before those that were not begun.
   */
  hold(session: Session, job: Job): Promise<boolean>;
  /** Says that the holder lives; `false` when the job was given to another. */
  touch(session: Session, job: Job): Promise<boolean>;
  /** Ends a job that is still its holder's. */
  complete(session: Session, job: Job): Promise<void>;
  /** Gives jobs out again whose holders died. */
  supervise(): Promise<void>;
}

/** How long a holder may be silent before its job is given out again, in seconds. */
export const HEARTBEAT_SECONDS = 10;
