/**
 * The longest ledger line that is read, in bytes: a result may have 4 Mi
 * characters of JSON, and all other lines of a run are much shorter.
 */
export const MAX_LINE_BYTES: number = 2 ** 26;

/**
 * How large the small files of a run directory may be, in bytes. A manifest and
 * an attestation have a fixed number of short values; an answer takes a few
 * hundred bytes; one incident can hold the longest line of a ledger in base64.
 */
export const MAX_FILE_BYTES = {
  "manifest.json": 2 ** 20,
  "attestation.json": 2 ** 20,
  "approvals.jsonl": 2 ** 22,
  "incidents.jsonl": 3 * 2 ** 25,
} as const;

/** The largest ledger that is held in memory, in bytes; `verify` reads ledgers of any size. */
export const MAX_LEDGER_BYTES: number = 2 ** 28;

/** How large a document of a corpus may be, in bytes. */
export const MAX_DOCUMENT_BYTES: number = 2 ** 24;

/** How large a file of this name may be; `undefined` for no limit. */
export function maxBytesOf(name: string): number | undefined {
  return LIMITS.get(name);
}

const LIMITS: ReadonlyMap<string, number> = new Map(
  Object.entries(MAX_FILE_BYTES),
);
