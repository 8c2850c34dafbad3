import SearchableMap from "npm:minisearch@7.2.0/SearchableMap";
import { foldWord, stemOf } from "./word_forms.ts";
import { isUnspaced } from "./words.ts";

/** From which length on one letter, or two, may be wrong in a word. */
const ONE_WRONG = 4;
const TWO_WRONG = 9;

/** From which length on a word finds longer ones that begin with it. */
const PREFIX = 3;

/** The words of some documents, which can be asked for those that are like another. */
export interface Vocabulary {
  /**
   * The word itself when some document has it, else what differs from it in
   * case, accents and width of letters alone.
   */
  spellings(word: string): readonly string[];

  /**
   * The words that are like this one, the nearest first: in another spelling,
   * inflected, longer, in part the same, with one letter wrong, with two. Each
   * is in one group, and no group is empty. A group is looked for when it is
   * asked for.
   */
  similar(word: string): Generator<readonly string[], undefined>;
}

/** Collects words in lower case; what makes them findable is built when it is first asked for. */
export function vocabularyOf(words: ReadonlySet<string>): Vocabulary {
  const forms = formsOf(words);
  return {
    spellings: (word) =>
      words.has(word)
        ? [word]
        : forms.folded().get(foldWord(word))?.toSorted() ?? [],
    *similar(word): Generator<readonly string[], undefined> {
      const seen = new Set([word]);
      for (const way of ways(foldWord(word), forms)) {
        const found = new Set(way().filter((each) => !seen.has(each)));
        for (const each of found) seen.add(each);
        if (found.size > 0) yield [...found].sort();
      }
      return undefined;
    },
  };
}

/** Words by what they have in common; each kind is collected when it is first asked for. */
interface Forms {
  /** Words by their folded form. */
  readonly folded: () => ReadonlyMap<string, readonly string[]>;
  /** The words whose folded form has the same stem as another folded form. */
  readonly inflected: (form: string) => readonly string[];
  /** The folded forms, which can be asked by their beginning and by what is wrong in them. */
  readonly near: () => SearchableMap<readonly string[]>;
  /** Folded words of scripts without spaces. */
  readonly unspaced: () => readonly string[];
}

function formsOf(words: ReadonlySet<string>): Forms {
  const folded = once(() => groupedBy(words, foldWord));
  return {
    folded,
    inflected: inflections(folded),
    near: once(() => SearchableMap.from([...folded()])),
    unspaced: once(() => [...folded().keys()].filter(isUnspaced)),
  };
}

/**
 * Finds words by their stem. A stem begins as its word does, but for an article
 * of Arabic, so only words with the same first letter are stemmed.
 */
function inflections(
  folded: Forms["folded"],
): (form: string) => readonly string[] {
  const stemmed = new Map<string, ReadonlyMap<string, readonly string[]>>();
  return (form) => {
    const stem = stemOf(form);
    const first = stem.charAt(0);
    const isLatin = /[a-z]/.test(first);
    const key = isLatin ? first : "";
    let stems = stemmed.get(key);
    if (stems === undefined) {
      const forms = [...folded().keys()].filter((each) =>
        isLatin ? each.startsWith(first) : !/^[a-z]/.test(each)
      );
      stems = groupedBy(forms, stemOf);
      stemmed.set(key, stems);
    }
    return stems.get(stem)?.flatMap((each) => folded().get(each) ?? []) ?? [];
  };
}

function groupedBy(
  words: Iterable<string>,
  keyOf: (word: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    const key = keyOf(word);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [word]);
    else group.push(word);
  }
  return groups;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Each way to find words like a folded one, the surest first. */
function ways(
  form: string,
  { folded, inflected, near, unspaced }: Forms,
): readonly (() => readonly string[])[] {
  const hasDigit = /\p{N}/u.test(form);
  const letters = isUnspaced(form) || hasDigit ? 0 : [...form].length;
  const wrong = (distance: number) => () =>
    [...near().fuzzyGet(form, distance).values()].flatMap(([words]) => words);
  return [
    () => folded().get(form) ?? [],
    () => inflected(form),
    () =>
      isUnspaced(form)
        ? unspaced().filter((other) => shareAPart(form, other))
          .flatMap((other) => folded().get(other) ?? [])
        : [],
    () =>
      letters >= PREFIX || (hasDigit && form.length >= PREFIX)
        ? [...near().atPrefix(form).values()].flat()
        : [],
    () => letters >= ONE_WRONG ? swapped(form).flatMap(inflected) : [],
    ...letters >= ONE_WRONG ? [wrong(1)] : [],
    ...letters >= TWO_WRONG ? [wrong(2)] : [],
  ];
}

/** Whether one is in the other; a single character is found in others, but finds no longer ones' parts. */
function shareAPart(word: string, other: string): boolean {
  return other.includes(word) || (other.length > 1 && word.includes(other));
}

/** The word with each two neighbouring letters the other way round. */
function swapped(word: string): readonly string[] {
  return Array.from(
    { length: word.length - 1 },
    (_, at) =>
      word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) +
      word.slice(at + 2),
  );
}
