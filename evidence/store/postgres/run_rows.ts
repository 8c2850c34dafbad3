import type { BegunLedger } from "../../read_ledger.ts";
import { unusable } from "../../../tools/data/input_error.ts";
import { MAX_LEDGER_BYTES } from "../../file_limits.ts";
import { regenerate } from "../../recording/regenerate.ts";
import type { RunFileName, RunRecord } from "../../run_store.ts";
import { ledgerIn } from "../stored_ledger.ts";
import { approvalsText, incidentsText } from "./beside_rows.ts";
import {
  numberOf,
  type Row,
  type Session,
  textIn,
  textOf,
} from "./database.ts";
import { type SandboxFiles, storedFiles } from "./run_files.ts";
import { storedCorpus } from "./stored_corpus.ts";

/** What the rows of one run say. */
export interface RunRows {
  /** The ledger; `undefined` when it has no line yet. */
  begun(): Promise<BegunLedger | undefined>;
  /** Every file that the run has by now. */
  texts(): Promise<ReadonlyMap<RunFileName, string>>;
  /** The text of a file, if it is there. */
  textIfThere(file: RunFileName): Promise<string | undefined>;
  /** The files of its sandbox. */
  files(): Promise<SandboxFiles>;
}

/**
 * Reads a run from its rows. Its trace and its report are made again from its
 * ledger.
 */
export function runRows(
  database: Session,
  { name, place }: Pick<RunRecord, "name" | "place">,
): RunRows {
  async function lines(): Promise<readonly string[]> {
    const [size] = await database.query(
      "select coalesce(sum(octet_length(line) + 1), 0)::float8 as bytes from fleet.ledger_line where run_id = $1",
      [name],
    );
    const bytes = numberOf(size, "bytes");
    if (bytes > MAX_LEDGER_BYTES) {
      throw unusable(
        place("state.jsonl"),
        `it has ${bytes} bytes; up to ${MAX_LEDGER_BYTES} can be read`,
      );
    }
    const rows = await database.query(
      "select line from fleet.ledger_line where run_id = $1 order by seq",
      [name],
    );
    return rows.map((row) => textOf(row, "line"));
  }

  async function ledgerText(): Promise<string> {
    return (await lines()).map((line) => `${line}\n`).join("");
  }

  async function runRow(): Promise<Row | undefined> {
    const [row] = await database.query(
      "select lines, corpus_sha256, manifest, attestation from fleet.run where run_id = $1",
      [name],
    );
    return row;
  }

  async function textIfThere(file: RunFileName): Promise<string | undefined> {
    switch (file) {
      case "approvals.jsonl":
        return await approvalsText(database, name);
      case "incidents.jsonl":
        return await incidentsText(database, name);
    }
    return (await texts()).get(file);
  }

  async function texts(): Promise<ReadonlyMap<RunFileName, string>> {
    const row = await runRow();
    const found = new Map<RunFileName, string>();
    const keep = (file: RunFileName, text: string | undefined) => {
      if (text !== undefined) found.set(file, text);
    };
    if (row === undefined) return found;
    const ledger = await ledgerText();
    keep("state.jsonl", ledger === "" ? undefined : ledger);
    const manifest = textIn(row, "manifest");
    if (manifest !== undefined) {
      const made = await projectionsOf(ledger);
      for (const file of ["trace.json", "run_report.md"] as const) {
        keep(file, made?.get(file));
      }
    }
    keep("manifest.json", manifest);
    keep("attestation.json", textIn(row, "attestation"));
    keep("approvals.jsonl", await approvalsText(database, name));
    keep("incidents.jsonl", await incidentsText(database, name));
    return found;
  }

  async function files(): Promise<SandboxFiles> {
    const sha256 = textIn(
      await runRow() ?? { corpus_sha256: null },
      "corpus_sha256",
    );
    const documents = sha256 === undefined
      ? []
      : await storedCorpus(database, sha256);
    return await storedFiles(database, name, documents);
  }

  async function begun(): Promise<BegunLedger | undefined> {
    const text = await ledgerText();
    return text === ""
      ? undefined
      : ledgerIn(new TextEncoder().encode(text), place("state.jsonl"));
  }

  return { begun, texts, textIfThere, files };
}

/** Trace and report; `undefined` when the ledger is not that of a finished run. */
async function projectionsOf(
  ledger: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return await regenerate(ledger);
  } catch (error) {
    const isUnsound = error instanceof SyntaxError ||
      error instanceof TypeError || error instanceof RangeError;
    if (!isUnsound) throw error;
    // Verifying it says which line is wrong.
    return undefined;
  }
}
