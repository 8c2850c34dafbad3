import type { Document } from "../../../tools/document.ts";
import { type Session, textOf } from "./database.ts";

/** Files of a sandbox by their path below it. */
export type SandboxFiles = ReadonlyMap<string, Uint8Array>;

/** The folder of a sandbox with the documents of the run. */
const CORPUS = "corpus/";

/** The files of a sandbox as they were when the last receipt was recorded: the documents, and what tools made of them. */
export async function storedFiles(
  database: Session,
  runId: string,
  documents: readonly Document[],
): Promise<SandboxFiles> {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array>(
    documents.map(({ path, text }) => [
      `${CORPUS}${path}`,
      encoder.encode(text),
    ]),
  );
  const rows = await database.query(
    "select path, content from fleet.run_file where run_id = $1 order by path",
    [runId],
  );
  for (const row of rows) {
    const path = textOf(row, "path");
    const { content } = row;
    if (content instanceof Uint8Array) files.set(path, content);
    else files.delete(path);
  }
  return files;
}
