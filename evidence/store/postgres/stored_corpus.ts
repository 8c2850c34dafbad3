import { z } from "../../../deps.ts";
import type { Document } from "../../../tools/document.ts";
import { unusable } from "../../../tools/data/input_error.ts";
import { corpusDigest } from "../../corpus_digest.ts";
import { sha256Text } from "../../../tools/data/sha256.ts";
import { type Session, textOf } from "./database.ts";

const DOCUMENTS: z.ZodMiniType<readonly Document[]> = z.array(
  z.strictObject({ id: z.string(), path: z.string(), text: z.string() }),
);

/** The one hash of documents, under which they are kept. */
export function documentsSha256(documents: readonly Document[]): string {
  return corpusDigest(documents.map(({ path, text }) => ({
    path,
    sha256: sha256Text(text),
  })));
}

/** Keeps documents under their hash, unless they are there; returns the hash. */
export async function keepCorpus(
  database: Session,
  documents: readonly Document[],
): Promise<string> {
  const sha256 = documentsSha256(documents);
  const kept = documents.map(({ id, path, text }) => ({ id, path, text }));
  await database.query(
    "insert into fleet.corpus (sha256, documents) values ($1, $2) on conflict do nothing",
    [sha256, JSON.stringify(kept)],
  );
  return sha256;
}

/**
 * The documents with a hash.
 *
 * @throws {InputError} when they are not there, or not what their hash says
 */
export async function storedCorpus(
  database: Session,
  sha256: string,
): Promise<readonly Document[]> {
  const [row] = await database.query(
    "select documents from fleet.corpus where sha256 = $1",
    [sha256],
  );
  const name = `corpus ${sha256}`;
  if (row === undefined) throw unusable(name, "it is not in the database");
  const documents = parsed(textOf(row, "documents"));
  if (documents !== undefined && documentsSha256(documents) === sha256) {
    return documents;
  }
  throw unusable(name, "its documents in the database are not those");
}

function parsed(text: string): readonly Document[] | undefined {
  try {
    return DOCUMENTS.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
