import { join } from "../../../deps.ts";
import { InputError, unusable } from "../../../tools/data/input_error.ts";
import type { BegunLedger, ReadLedger } from "../../read_ledger.ts";
import type { Incident } from "../../recording/incident.ts";
import type { RunRecord, RunStore } from "../../run_store.ts";
import { cannotWrite, whyUnreadable } from "../file_error.ts";
import {
  addApproval,
  addIncidentRow,
  approvalsText,
  databaseTime,
} from "./beside_rows.ts";
import {
  type Claim,
  type Claimant,
  claimRun,
  releaseRun,
  type Unclaimed,
} from "./claim.ts";
import { type Database, DatabaseError, textOf } from "./database.ts";
import { followedRows } from "./followed_rows.ts";
import { laySandbox } from "./laid_sandbox.ts";
import { type RowSink, rowSink, type RowSinkOptions } from "./row_sink.ts";
import { rowSource } from "./row_source.ts";
import { isRunName, RUN_NAME_RULE } from "./run_name.ts";
import { runRows } from "./run_rows.ts";
import { sandboxChanges } from "./sandbox_changes.ts";

/** How runs are kept in a database. */
export interface PostgresStoreOptions {
  /** Its schema is the one of this program. */
  readonly database: Database;
  /** A folder for the sandboxes of the runs that this process executes. */
  readonly scratch: string;
  /** In whose name runs are begun and resumed. */
  readonly claimant: Claimant;
  /** As of `rowSink`. Default: no. */
  readonly isPipelined?: boolean | undefined;
  /** The time of answers and incidents. Default: that of the database. */
  readonly now?: (() => Date) | undefined;
}

/** A run in a database. */
export interface RowRun extends RunRecord {
  /**
   * Opens a run that was claimed, from its first event on; its sandbox is laid
   * out anew from the database. `ledger` is what was read after the claim.
   */
  open(
    claim: Claim,
    ledger: Pick<ReadLedger, "sound" | "events">,
    told?: Pick<RowSinkOptions, "cancelled" | "lost" | "appended">,
  ): Promise<RowSink>;
  /** The ledger; `undefined` when it has no line yet. */
  begun(): Promise<BegunLedger | undefined>;
}

/** A store of runs in a database. */
export interface RowStore extends RunStore {
  run(name: string): RowRun;
}

/**
 * Keeps each run in rows of a database; the id of a run is its name. The files
 * of its tools are on the disk while it is executed, and in rows afterwards.
 */
export function postgresStore(
  options: PostgresStoreOptions,
): RowStore {
  const { database } = options;
  return {
    run: (name) => rowRun(name, options),
    async runsBelow(folder) {
      const rows = await database.query(
        `select run_id from fleet.run where $1 in ('', run_id)
         order by run_id collate "C"`,
        [folder],
      );
      if (rows.length > 0) return rows.map((row) => textOf(row, "run_id"));
      throw unusable(
        folder === "" ? database.name : folder,
        "there is no such run in the database",
      );
    },
  };
}

function rowRun(
  name: string,
  { database, scratch, claimant, now, isPipelined }: PostgresStoreOptions,
): RowRun {
  if (!isRunName(name)) throw unusable(name, RUN_NAME_RULE);
  const place: RunRecord["place"] = (file) => join(name, file);
  const sandbox = join(scratch, name, "sandbox");

  const rows = runRows(database, { name, place });

  async function addIncident(incident: Incident): Promise<void> {
    const at = now?.() ?? await databaseTime(database);
    await addIncidentRow(database, name, { incident, at });
  }

  const open: RowRun["open"] = async (claim, { sound, events }, told = {}) => {
    laySandbox(sandbox, await rows.files());
    const changes = sandboxChanges(sandbox);
    // What is laid out is on record already.
    changes();
    const known = new TextDecoder().decode(sound).split("\n").slice(0, -1);
    if (known.length !== events.length || known.length !== claim.lines) {
      throw unusable(name, "another process is writing it");
    }
    return rowSink({
      ...{ database, claim, known, changes, isPipelined },
      ...told,
    });
  };

  async function claimed(): Promise<Claim> {
    const claim = await claimRun(database, name, claimant);
    if (typeof claim === "object") return claim;
    throw unusable(name, UNCLAIMED[claim]);
  }

  /** Opens the run, or gives it back when that fails. */
  async function opened(
    claim: Claim,
    ledger: Pick<ReadLedger, "sound" | "events">,
  ) {
    try {
      return await open(claim, ledger);
    } catch (error) {
      await releaseRun(database, claim);
      throw error;
    }
  }

  return {
    name,
    place,
    sandbox,
    open,
    begun: () => read(name, rows.begun),
    ledger: () =>
      read(name, async () => {
        const ledger = await rows.begun();
        if (ledger !== undefined) return ledger;
        throw unusable(place("state.jsonl"), "there is no such file");
      }),
    follow() {
      const given = { name, place: place("state.jsonl") };
      const ledger = followedRows(database, given);
      return { next: () => read(name, () => ledger.next()) };
    },
    has: (file) =>
      read(name, async () => await rows.textIfThere(file) !== undefined),
    text: (file) =>
      read(name, async () => {
        const text = await rows.textIfThere(file);
        if (text !== undefined) return text;
        throw unusable(place(file), "there is no such file");
      }),
    textIfThere: (file) => read(name, () => rows.textIfThere(file)),
    source: () =>
      read(name, async () => rowSource(await rows.texts(), await rows.files())),
    begin: () =>
      write("the run there", name, async () => {
        await database.query(
          "insert into fleet.run (run_id) values ($1) on conflict do nothing",
          [name],
        );
        const claim = await claimed();
        if (claim.lines === 0) {
          return await opened(claim, { sound: new Uint8Array(), events: [] });
        }
        await releaseRun(database, claim);
        throw unusable(name, "there is such a run already");
      }),
    // Rows have no kind, and hold no file that is too large to be read.
    checkFiles: () => Promise.resolve(),
    checkSandbox: () => Promise.resolve(),
    goOn: (ledger) =>
      write("the run there", name, async () => {
        const claim = await claimed();
        const sink = await opened(claim, ledger);
        try {
          await addIncident({ type: "resumed", events: ledger.events.length });
        } catch (error) {
          await sink[Symbol.asyncDispose]();
          throw error;
        }
        return sink;
      }),
    addIncident: (incident) =>
      write(
        "the incident there",
        place("incidents.jsonl"),
        () => addIncident(incident),
      ),
    addAnswer: (answer, earlier) =>
      write(
        "the answer there",
        place("approvals.jsonl"),
        () =>
          database.transaction(async (session) => {
            // No other process answers until this transaction has ended.
            await session.query(
              "select pg_advisory_xact_lock(hashtextextended($1, 0))",
              [name],
            );
            const text = await approvalsText(session, name) ?? "";
            const before = earlier(text);
            if (before !== undefined) return before;
            await addApproval(session, { name, answer, at: now?.() });
            return undefined;
          }),
      ),
    addAttestation: (text) =>
      write("the attestation there", place("attestation.json"), async () => {
        await database.query(
          "update fleet.run set attestation = $2 where run_id = $1",
          [name, text],
        );
      }),
  };
}

const UNCLAIMED: Readonly<Record<Unclaimed, string>> = {
  missing: "there is no such run in the database",
  held: "another process is writing it",
  finished: "another process has finished it",
  stuck: "it is stuck; let it be tried again with: runs retry",
};

async function read<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    if (!(cause instanceof DatabaseError)) throw cause;
    throw unusable(name, whyUnreadable(cause), { cause });
  }
}

async function write<T>(
  what: string,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    throw cannotWrite(what, name, cause);
  }
}
