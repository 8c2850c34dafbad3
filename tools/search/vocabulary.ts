import { SearchableMap } from "../../deps.ts";
import { foldWord, stemOf } from "./word_forms.ts";
import { isUnspaced } from "./words.ts";

/** How long a word is before one letter, or two, may be wrong in it. */
const ONE_WRONG = 4;
const TWO_WRONG = 9;

/** How long a word is before longer ones are found by it as their beginning. */
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
   * is in one group, and no group is empty.
   */
  similar(word: string): readonly (readonly string[])[];
}

/** Collects words in lower case; what makes them findable is built when it is first asked for. */
export function vocabularyOf(words: ReadonlySet<string>): Vocabulary {
  let built: Forms | undefined;
  const forms = () => built ??= formsOf(words);
  return {
    spellings: (word) =>
      words.has(word)
        ? [word]
        : forms().folded.get(foldWord(word))?.toSorted() ?? [],
    similar(word) {
      const seen = new Set([word]);
      return ways(foldWord(word), forms())
        .map((way) => {
          const found = way().filter((each) => !seen.has(each));
          for (const each of found) seen.add(each);
          return [...new Set(found)].sort();
        })
        .filter((group) => group.length > 0);
    },
  };
}

interface Forms {
  readonly folded: SearchableMap<string[]>;
  readonly stems: ReadonlyMap<string, readonly string[]>;
  /** Folded words of scripts without spaces. */
  readonly unspaced: readonly string[];
}

function formsOf(words: Iterable<string>): Forms {
  const folded = new SearchableMap<string[]>();
  const stems = new Map<string, string[]>();
  for (const word of words) {
    const form = foldWord(word);
    folded.fetch(form, () => []).push(word);
    const stem = stemOf(form);
    const sharing = stems.get(stem);
    if (sharing === undefined) stems.set(stem, [word]);
    else sharing.push(word);
  }
  const unspaced = [...folded.keys()].filter(isUnspaced);
  return { folded, stems, unspaced };
}

/** Each way to find words like a folded one, the surest first. */
function ways(
  form: string,
  { folded, stems, unspaced }: Forms,
): readonly (() => readonly string[])[] {
  const hasDigit = /\p{N}/u.test(form);
  const letters = isUnspaced(form) || hasDigit ? 0 : [...form].length;
  const wrong = (distance: number) => () =>
    [...folded.fuzzyGet(form, distance).values()].flatMap(([words]) => words);
  return [
    () => folded.get(form) ?? [],
    () => stems.get(stemOf(form)) ?? [],
    () =>
      isUnspaced(form)
        ? unspaced.filter((other) => shareAPart(form, other))
          .flatMap((other) => folded.get(other) ?? [])
        : [],
    () =>
      letters >= PREFIX || (hasDigit && form.length >= PREFIX)
        ? [...folded.atPrefix(form).values()].flat()
        : [],
    () =>
      letters >= ONE_WRONG
        ? swapped(form).flatMap((other) => stems.get(stemOf(other)) ?? [])
        : [],
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
