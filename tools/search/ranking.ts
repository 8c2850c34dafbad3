import MiniSearch from "npm:minisearch@7.2.0";
import { vocabularyOf } from "./vocabulary.ts";
import { wordsOf } from "./words.ts";

/** What is indexed of a document. */
export interface Indexed {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** A document that was found. */
export interface Ranked {
  readonly id: string;
  readonly score: number;
  /** The words by which it was found, as documents have them, in lower case. */
  readonly terms: readonly string[];
}

/** How much a word counts in place of another. */
const SIMILAR_WEIGHT = 0.5;
/** How many words of a query are looked for in other forms; a query may be a whole text. */
const MAX_SIMILAR = 32;
/** The largest share of the score above it that the best hit of a weaker group gets. */
const BELOW = 0.9;

/**
 * Indexes texts. Returns a function that ranks them for a query by BM25+, the
 * best first; equal scores are ordered by id.
 *
 * Words count as they are written, or without their accents when no document has
 * the accented form. In place of a word that is in no document, those that are
 * nearest to it add half as much, unless the best `enough` documents have one of
 * these anyway. When fewer than `enough` are found, documents with similar words
 * come after them, group by group.
 */
export function rankingOf(
  documents: Iterable<Indexed>,
): (query: string, enough: number) => readonly Ranked[] {
  const words = new Set<string>();
  const engine = new MiniSearch({
    fields: ["title", "text", "name"],
    extractField: (document, field) =>
      field === "name" ? document.id : document[field],
    tokenize: wordsOf,
    searchOptions: { boost: { title: 2, name: 2 }, processTerm: lowerCase },
    processTerm(word) {
      const term = lowerCase(word);
      words.add(term);
      return term;
    },
  });
  engine.addAll([...documents]);
  const vocabulary = vocabularyOf(words);

  /** The documents that have one of some words exactly. */
  function having(words: readonly string[]): readonly Ranked[] {
    const found = engine.search(words.join(" "), {
      tokenize: () => [...words],
      processTerm: (word) => word,
    });
    return inOrder(
      found.map(({ id, score, terms }) => ({ id: String(id), score, terms })),
    );
  }

  /** The documents that have words of a query, or their replacements. */
  function nearest(
    query: readonly string[],
    enough: number,
  ): readonly Ranked[] {
    const found = together(
      query,
      (word) => having(vocabulary.spellings(word)),
    );
    const replaced = someOf(query)
      .filter((word) => vocabulary.spellings(word).length === 0)
      .map((word) => having(vocabulary.similar(word).next().value ?? []));
    const best = found.slice(0, enough).map(({ id }) => id);
    const covered = best.length === enough && replaced.every((others) => {
      const ids = new Set(others.map(({ id }) => id));
      return best.every((id) => ids.has(id));
    });
    return covered
      ? found
      : sumOf([found, weaker(replaced.flat(), SIMILAR_WEIGHT)]);
  }

  /** Documents with words like those of a query, group by group, while there are not `enough`. */
  function filledUp(
    found: readonly Ranked[],
    { query, enough }: {
      readonly query: readonly string[];
      readonly enough: number;
    },
  ): readonly Ranked[] {
    const all = [...found];
    const ids = new Set(all.map(({ id }) => id));
    const groups = new Map(
      someOf(query).map((word) => [word, vocabulary.similar(word)]),
    );
    while (groups.size > 0 && all.length < enough) {
      const group = new Map<string, readonly string[]>();
      for (const [word, rest] of groups) {
        const next = rest.next().value;
        if (next === undefined) groups.delete(word);
        else group.set(word, next);
      }
      const next = together(
        [...group.keys()],
        (word) => having(group.get(word) ?? []),
      ).filter(({ id }) => !ids.has(id));
      const ceiling = all.at(-1)?.score;
      const top = next[0]?.score;
      if (ceiling === undefined || top === undefined) continue;
      all.push(...weaker(next, Math.min(1, BELOW * ceiling / top)));
      for (const { id } of next) ids.add(id);
    }
    return all;
  }

  return (query, enough) => {
    const asked = wordsOf(query).map(lowerCase).filter((word) => word !== "");
    const found = nearest(asked, enough);
    return found.length < enough
      ? filledUp(found, { query: asked, enough })
      : found;
  };
}

function lowerCase(word: string): string {
  return word.toLowerCase();
}

/** Adds what each word of a query found; as in the engine, it counts once more for each word found. */
function together(
  query: readonly string[],
  having: (word: string) => readonly Ranked[],
): readonly Ranked[] {
  const found = new Map(query.map((word) => [word, having(word)]));
  const words = new Map<string, number>();
  for (const { id } of [...found.values()].flat()) {
    words.set(id, (words.get(id) ?? 0) + 1);
  }
  return inOrder(
    sumOf(query.map((word) => found.get(word) ?? [])).map((each) => (
      { ...each, score: each.score * (words.get(each.id) ?? 1) }
    )),
  );
}

/** The words whose other forms are searched. */
function someOf(query: readonly string[]): readonly string[] {
  return [...new Set(query)].slice(0, MAX_SIMILAR);
}

function sumOf(lists: readonly (readonly Ranked[])[]): readonly Ranked[] {
  const sums = new Map<string, Ranked>();
  for (const { id, score, terms } of lists.flat()) {
    const sum = sums.get(id);
    sums.set(id, {
      id,
      score: (sum?.score ?? 0) + score,
      terms: [...new Set([...sum?.terms ?? [], ...terms])],
    });
  }
  return inOrder([...sums.values()]);
}

function weaker(
  found: readonly Ranked[],
  factor: number,
): readonly Ranked[] {
  return found.map((each) => ({ ...each, score: each.score * factor }));
}

function inOrder(found: readonly Ranked[]): readonly Ranked[] {
  return found.toSorted((a, b) =>
    b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
