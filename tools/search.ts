import { MiniSearch, z } from "../deps.ts";
import { type Document, documentTitle } from "./document.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_TOP_K = 5;
const SNIPPET_LENGTH = 160;

/** The arguments of `search`. */
export interface SearchArgs {
  /** Words to look for, not empty; a document need not have all of them. */
  readonly query: string;
  /** How many hits at the most, 1 to 50. Default: 5. */
  readonly top_k?: number | undefined;
}

const args: Schema<SearchArgs> = standardSchema(z.strictObject({
  query: z.string().check(z.minLength(1), z.describe("Words to look for")),
  top_k: z.optional(
    z.int().check(
      z.minimum(1),
      z.maximum(50),
      z.describe(`How many hits at the most; ${DEFAULT_TOP_K} when left out`),
    ),
  ),
}));

/**
 * Creates the tool that ranks `documents` by relevance (BM25+, as minisearch
 * implements it). The same corpus and query give the same hits in the same
 * order; equal scores are ordered by id.
 */
export function searchTool(documents: readonly Document[]): Tool<SearchArgs> {
  let index: Index | undefined;
  return {
    name: "search",
    description: "Find the documents that best match a query",
    effects: {},
    args,
    idempotent: true,
    run({ query, top_k = DEFAULT_TOP_K }) {
      index ??= buildIndex(documents);
      const { engine, byId } = index;
      const ranked = engine.search(query)
        .map(({ id, score, terms }) => ({ id: String(id), score, terms }))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
      const hits = ranked.slice(0, top_k).flatMap(({ id, score, terms }) => {
        const document = byId.get(id);
        return document === undefined ? [] : [{
          id,
          path: document.path,
          title: documentTitle(document),
          score: Math.round(score * 1000) / 1000,
          snippet: snippet(document.text, terms),
        }];
      });
      return Promise.resolve({ query, matches: ranked.length, hits });
    },
  };
}

interface Index {
  readonly engine: MiniSearch;
  readonly byId: ReadonlyMap<string, Document>;
}

function buildIndex(documents: readonly Document[]): Index {
  const engine = new MiniSearch({
    fields: ["title", "text"],
    searchOptions: { boost: { title: 2 } },
  });
  engine.addAll(
    documents.map((document) => ({
      id: document.id,
      title: documentTitle(document),
      text: document.text,
    })),
  );
  return { engine, byId: new Map(documents.map((each) => [each.id, each])) };
}

/** Cuts one line of context around the first place that matches the longest term. */
function snippet(text: string, terms: readonly string[]): string {
  const body = text.replace(/^#.*\n/, "").replace(/\s+/g, " ").trim();
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  const folded = body.toLowerCase();
  const found = longestFirst.map((term) => folded.indexOf(term))
    .find((place) => place >= 0) ?? 0;
  const earliest = found - SNIPPET_LENGTH / 2; // in a text without spaces
  const from = earliest < 0 ? 0 : Math.max(
    earliest,
    body.lastIndexOf(" ", found - SNIPPET_LENGTH / 3) + 1,
  );
  const cut = body.slice(from, from + SNIPPET_LENGTH).trimEnd();
  return `${from > 0 ? "…" : ""}${cut}${
    from + SNIPPET_LENGTH < body.length ? "…" : ""
  }`.toWellFormed();
}
