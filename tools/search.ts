import { z } from "../deps.ts";
import { type Document, documentTitle } from "./document.ts";
import { rankingOf } from "./search/ranking.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { PageText } from "./page/page_text.ts";
import { ToolError } from "./tool_error.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_TOP_K = 5;
const SNIPPET_LENGTH = 160;
/** How much of an HTML page is searched, since converting it may take quadratic time. */
const MAX_HTML_LENGTH = 2 ** 18;

/** The arguments of `search`. */
export interface SearchArgs {
  /** Words to look for, not empty; a document need not have all of them. */
  readonly query: string;
  /** At most so many hits, 1 to 50. Default: 5. */
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

/** What `searchTool` needs beside the documents. */
export interface SearchOptions {
  /** Makes text of a page of HTML. Default: the page is its text. */
  readonly htmlText?: ((html: string) => Promise<PageText>) | undefined;
}

/**
 * Creates the tool that ranks `documents` by relevance (BM25+, as minisearch
 * implements it), by their titles, texts and names. Words are first searched as
 * they are written. If they find too little, other spellings and inflections,
 * longer words and words with a wrong letter are searched too. The same corpus
 * and query give the same hits in the same order; equal scores are ordered by
 * id.
 */
export function searchTool(
  documents: readonly Document[],
  options: SearchOptions = {},
): Tool<SearchArgs> {
  let index: Promise<Index> | undefined;
  return {
    name: "search",
    description: "Find the documents that best match a query",
    effects: {},
    labels: ["private"],
    args,
    idempotent: true,
    async run({ query, top_k = DEFAULT_TOP_K }) {
      const { rank, byId } = await (index ??= buildIndex(documents, options));
      const ranked = rank(query, top_k);
      const hits = ranked.slice(0, top_k).flatMap(({ id, score, terms }) => {
        const document = byId.get(id);
        return document === undefined ? [] : [{
          id,
          path: document.path,
          title: document.title,
          score: Math.round(score * 1000) / 1000,
          snippet: snippet(document.text, terms),
        }];
      });
      return { query, matches: ranked.length, hits };
    },
  };
}

interface Index {
  readonly rank: ReturnType<typeof rankingOf>;
  readonly byId: ReadonlyMap<string, Searchable>;
}

/** A document as it is searched. */
interface Searchable extends Document {
  readonly title: string;
}

async function buildIndex(
  documents: readonly Document[],
  { htmlText }: SearchOptions,
): Promise<Index> {
  const byId = new Map<string, Searchable>();
  for (const document of documents) {
    const readable = htmlText !== undefined && isPage(document.path)
      ? await textOfPage(document, htmlText)
      : document;
    byId.set(document.id, { ...readable, title: documentTitle(readable) });
  }
  return { rank: rankingOf(byId.values()), byId };
}

const TITLE = /<title[^>]*>([^<]*)<\/title>/i;

function isPage(path: string): boolean {
  return /\.x?html?$/i.test(path);
}

/** The text of a page, below its title; a page that cannot be converted is used as it is. */
async function textOfPage(
  document: Document,
  htmlText: (html: string) => Promise<PageText>,
): Promise<Document> {
  const html = document.text.slice(0, MAX_HTML_LENGTH);
  const [, title] = TITLE.exec(html) ?? [];
  try {
    const { text } = await htmlText(html.replace(TITLE, ""));
    if (title === undefined) return { ...document, text };
    const heading = await htmlText(title);
    return { ...document, text: `# ${heading.text}\n\n${text}` };
  } catch (error) {
    if (error instanceof ToolError) return document;
    throw error;
  }
}

/** Cuts one line of context around the first place that matches the longest term. */
function snippet(text: string, terms: readonly string[]): string {
  const body = text.replace(/^#.*\n/, "").replace(/\s+/g, " ").trim();
  const longestFirst = [...terms].sort((a, b) => b.length - a.length);
  const folded = lowerCaseInPlace(body);
  const found = longestFirst.map((term) => folded.indexOf(term))
    .find((place) => place >= 0) ?? 0;
  const earliest = found - SNIPPET_LENGTH / 2; // in a text without spaces
  const from = earliest < 0 ? 0 : Math.max(
    afterMarks(body, earliest),
    body.lastIndexOf(" ", found - SNIPPET_LENGTH / 3) + 1,
  );
  const to = afterMarks(body, from + SNIPPET_LENGTH);
  const cut = body.slice(from, to).trimEnd();
  return `${from > 0 ? "…" : ""}${cut}${to < body.length ? "…" : ""}`
    .toWellFormed();
}

/** Lower case that keeps every character at its place. */
function lowerCaseInPlace(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return text.replace(/\p{Lu}/gu, (letter) => {
    const small = letter.toLowerCase();
    return small.length === letter.length ? small : letter;
  });
}

/** The first place from `at` on where no vowel sign or accent is cut off its letter. */
function afterMarks(text: string, at: number): number {
  let place = at;
  while (/^\p{M}/u.test(text.charAt(place))) place++;
  return place;
}
