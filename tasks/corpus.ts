import { sha256Text } from "../tools/data/sha256.ts";
import { corpusDigest } from "../evidence/corpus_digest.ts";
import type { Env } from "../runtime/env.ts";
import type { Document } from "../tools/document.ts";
import type { FetchLike, FetchResponse } from "../tools/fetch.ts";

/** The folder of the sandbox with the documents of a run. */
const CORPUS_FOLDER = "corpus";

/** The origin at which the documents of a run can be fetched, without a network. */
export const FIXTURE_ORIGIN = "https://fixtures.local";

/** The documents of a run with the paths that they have in its sandbox. */
export function stagedDocuments(
  documents: readonly Document[],
): readonly Document[] {
  return documents.map((document) => ({
    ...document,
    path: `${CORPUS_FOLDER}/${document.path}`,
  }));
}

/** The recorded form of a corpus: one hash over the path and the hash of each document. */
export function corpusSnapshot(
  documents: readonly Document[],
): { readonly sha256: string; readonly documents: number } {
  return {
    sha256: corpusDigest(documents.map(({ path, text }) => ({
      path,
      sha256: sha256Text(text),
    }))),
    documents: documents.length,
  };
}

/**
 * Serves `https://fixtures.local/<id>` from the documents of a run and leaves
 * every other URL to `network`.
 */
export function fixtureFetch(
  documents: readonly Document[],
  network: FetchLike,
): FetchLike {
  const byId = new Map(documents.map((each) => [each.id, each]));
  return (url, init) => {
    const { origin, pathname } = new URL(url);
    if (origin !== FIXTURE_ORIGIN) return network(url, init);
    const document = byId.get(decoded(pathname.slice(1)));
    return Promise.resolve(
      document === undefined
        ? answer(404, "text/plain; charset=utf-8", "no such document\n")
        : answer(200, contentType(document.path), document.text),
    );
  };
}

/** Skips the look-up for hosts that `fixtureFetch` serves, and leaves all others to `resolve`. */
export function fixtureResolve(resolve: Env["resolve"]): Env["resolve"] {
  return (url, signal) =>
    url.origin === FIXTURE_ORIGIN
      ? Promise.resolve(undefined)
      : resolve(url, signal);
}

/** A name that cannot be decoded stays as it is and matches no document. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function answer(status: number, type: string, text: string): FetchResponse {
  const headers = new Map([["content-type", type]]);
  return {
    status,
    headers: { get: (name) => headers.get(name.toLowerCase()) ?? null },
    body: (async function* () {
      yield await Promise.resolve(new TextEncoder().encode(text));
    })(),
  };
}

/** The media type of a document that is not plain text, by its extension. */
const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ["md", "text/markdown"],
  ["markdown", "text/markdown"],
  ["html", "text/html"],
  ["htm", "text/html"],
  ["xhtml", "application/xhtml+xml"],
  ["csv", "text/csv"],
  ["json", "application/json"],
  ["xml", "application/xml"],
  ["yaml", "application/yaml"],
  ["yml", "application/yaml"],
]);

function contentType(path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  const type = CONTENT_TYPES.get(extension) ?? "text/plain";
  return `${type}; charset=utf-8`;
}
