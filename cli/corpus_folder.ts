import { join, relative, walkSync } from "../deps.ts";
import { isDocumentPath } from "../evidence/corpus_digest.ts";
import { InputError } from "../policy/input_error.ts";
import type { Document } from "../tools/document.ts";
import { readDocument, whyUnreadable } from "./files.ts";

/** What an id does not have of a path. */
const EXTENSION = /\.(md|txt)$/;

/**
 * Reads the .md and .txt files below a folder, in the order of their paths.
 * Links are not followed, names that begin with a dot are passed over.
 *
 * @throws {InputError} when the folder or a file cannot be read, is empty of documents, or two have the same id
 */
export function readCorpusFolder(folder: string): readonly Document[] {
  const documents = pathsBelow(folder).map((path) => ({
    id: path.replace(EXTENSION, ""),
    path,
    text: readDocument(join(folder, path)),
  }));
  if (documents.length === 0) {
    throw refusal(folder, "there is no .md or .txt file in it");
  }
  const paths = new Map<string, string>();
  for (const { id, path } of documents) {
    const other = paths.get(id);
    if (other !== undefined) {
      throw refusal(folder, `${other} and ${path} have the same id "${id}"`);
    }
    paths.set(id, path);
  }
  return documents;
}

function pathsBelow(folder: string): readonly string[] {
  try {
    const options = { includeDirs: false, includeSymlinks: false };
    return [...walkSync(folder, options)]
      .map(({ path }) => relative(folder, path))
      .filter(isDocumentPath)
      .sort();
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such folder"
      : whyUnreadable(cause);
    throw refusal(folder, reason, cause);
  }
}

function refusal(folder: string, message: string, cause?: unknown): InputError {
  return new InputError(folder, [{ path: "", message }], { cause });
}
