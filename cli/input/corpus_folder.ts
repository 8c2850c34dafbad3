import { join } from "../../deps.ts";
import { MAX_DOCUMENT_BYTES } from "../../evidence/file_limits.ts";
import { readRegularFile } from "../../evidence/store/regular_file.ts";
import { whyUnreadable } from "../../evidence/store/file_error.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { documentIds } from "../../tasks/document_ids.ts";
import type { Document } from "../../tools/document.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { documentText } from "./document_text.ts";

/** What a folder of documents holds. */
export interface CorpusFolder {
  /** In the order of their paths. */
  readonly documents: readonly Document[];
  /** Entries that are not documents, in the order of the paths. */
  readonly skipped: readonly Skipped[];
}

/** Something in a folder that is left out, with the reason in a few words. */
export interface Skipped {
  /** Relative to the folder. */
  readonly path: string;
  readonly why: string;
}

/** Folders that are skipped without a report. */
const HIDDEN = /^\.|^node_modules$/;
/** How many omitted entries are named. */
const NAMED = 3;

/**
 * Reads every text file below a folder, with any extension. Names that begin
 * with a dot and `node_modules` are skipped, links are not followed, and entries
 * that are not text are listed with the reason.
 *
 * @throws {InputError} when the folder cannot be read or holds no document
 */
export function readCorpusFolder(folder: string): CorpusFolder {
  const texts = new Map<string, string>();
  const skipped: Skipped[] = [];
  for (const { path, why } of filesBelow(folder, "")) {
    const text = why === undefined ? textOf(join(folder, path)) : { why };
    if ("why" in text) skipped.push({ path, why: text.why });
    else texts.set(path, text.text);
  }
  const documents = documentsOf(texts);
  skipped.sort((a, b) => a.path < b.path ? -1 : 1);
  if (documents.length === 0) {
    const left = describeSkipped(skipped);
    throw unusable(
      folder,
      `it has no text file${left === undefined ? "" : `; ${left}`}`,
    );
  }
  return { documents, skipped };
}

/**
 * Reads a folder as this version does, and as earlier ones did, which took files
 * that end in `.md` and `.txt` alone. A record tells which of the two a run was
 * given.
 *
 * @throws {InputError} when the folder cannot be read or holds no document
 */
export function corpusReadings(
  folder: string,
): readonly (readonly Document[])[] {
  const { documents } = readCorpusFolder(folder);
  const texts = documents.map(({ path, text }) => [path, text] as const);
  const earlier = texts.filter(([path]) => /\.(md|txt)$/.test(path));
  return [documents, documentsOf(new Map(earlier))];
}

function documentsOf(
  texts: ReadonlyMap<string, string>,
): readonly Document[] {
  const paths = [...texts.keys()].sort();
  const ids = documentIds(paths);
  return paths.map((path, at) => ({
    id: ids[at] ?? path,
    path,
    text: texts.get(path) ?? "",
  }));
}

/** Counts what was left out of a folder and names the first few, in one line; `undefined` for nothing. */
export function describeSkipped(
  skipped: readonly Skipped[],
): string | undefined {
  if (skipped.length === 0) return undefined;
  const named = skipped.slice(0, NAMED)
    .map(({ path, why }) => `${terminalLine(path)} (${why})`);
  const more = skipped.length - named.length;
  return `left out: ${skipped.length}: ${named.join(", ")}${
    more === 0 ? "" : ` and ${more} more`
  }`;
}

interface Entry {
  readonly path: string;
  /** Why it is not a document. */
  readonly why?: string;
}

/** Lists files, and for every other entry, links included, the reason why it is left out. */
function* filesBelow(folder: string, below: string): Generator<Entry> {
  for (const entry of entriesOf(folder, below)) {
    if ("why" in entry) {
      yield entry;
      continue;
    }
    const path = join(below, entry.name);
    if (HIDDEN.test(entry.name)) continue;
    if (entry.isDirectory) yield* filesBelow(folder, path);
    else if (entry.isSymlink) yield { path, why: "a link" };
    else if (entry.isFile) yield { path };
    else yield { path, why: "not a regular file" };
  }
}

function entriesOf(
  folder: string,
  below: string,
): readonly (Deno.DirEntry | Required<Entry>)[] {
  try {
    return [...Deno.readDirSync(join(folder, below))];
  } catch (cause) {
    if (below !== "") return [{ path: `${below}/`, why: why(cause, below) }];
    throw unusable(
      folder,
      cause instanceof Deno.errors.NotFound
        ? "there is no such folder"
        : whyUnreadable(cause),
      { cause },
    );
  }
}

function textOf(
  path: string,
): { readonly text: string } | { readonly why: string } {
  try {
    const bytes = readRegularFile(path, {
      maxBytes: MAX_DOCUMENT_BYTES,
      mayHaveOtherNames: true,
    });
    const text = documentText(bytes);
    return text === undefined ? { why: "not a text" } : { text };
  } catch (error) {
    return { why: why(error, path) };
  }
}

/**
 * Deno replaces bytes of a name that are not UTF-8 with U+FFFD; the file cannot
 * be opened by that name.
 */
function why(error: unknown, path: string): string {
  return error instanceof Deno.errors.NotFound && path.includes("\ufffd")
    ? "its name is not UTF-8"
    : whyUnreadable(error);
}
