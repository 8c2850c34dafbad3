import { join } from "../deps.ts";
import { InputError } from "../policy/input_error.ts";
import type { Document } from "../tools/document.ts";
import { readInput, whyUnreadable } from "./files.ts";

/**
 * Reads the .md and .txt files below a folder, in the order of their paths.
 * Links are not followed, names that begin with a dot are passed over.
 *
 * @throws {InputError} when the folder or a file cannot be read, is empty of documents, or two have the same id
 */
export function readCorpusFolder(folder: string): readonly Document[] {
  const documents = pathsBelow(folder, "").sort().map((path) => ({
    id: path.replace(/\.(md|txt)$/, ""),
    path,
    text: readInput(join(folder, path)),
  }));
  if (documents.length === 0) {
    throw refusal(folder, "there is no .md or .txt file in it");
  }
  documents.forEach(({ id, path }, index) => {
    if (documents[index + 1]?.id === id) {
      throw refusal(
        folder,
        `${path} and another file have the same id "${id}"`,
      );
    }
  });
  return documents;
}

function pathsBelow(folder: string, below: string): string[] {
  const paths: string[] = [];
  for (const entry of entries(join(folder, below))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory) paths.push(...pathsBelow(folder, path));
    if (entry.isFile && /\.(md|txt)$/.test(entry.name)) paths.push(path);
  }
  return paths;
}

function entries(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
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
