import { stemmer } from "npm:stemmer@2.0.1";

/** Accents of Latin, Greek and Cyrillic, and the vowel signs of Arabic and Hebrew. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;

/** Letters that Unicode does not take apart. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["ħ", "h"],
  ["ı", "i"],
  ["ł", "l"],
  ["þ", "th"],
  ["ς", "σ"],
  ["ـ", ""],
  ["أ", "ا"],
  ["إ", "ا"],
  ["آ", "ا"],
  ["ى", "ي"],
  ["ة", "ه"],
]);
const SPECIAL = new RegExp(`[${[...LETTERS.keys()].join("")}]`, "g");

/** Endings that Korean hangs on a noun or a verb, the longest first. */
const KOREAN_ENDING =
  /(?<=..)(에서는|으로는|에서|에게|으로|까지|부터|처럼|보다|이나|합니다|됩니다|했습니다|되었습니다|한다|된다|했다|하는|되는|하기|은|는|이|가|을|를|에|의|로|와|과|도|만|나)$/;

/** The Arabic article, alone or after a particle. */
const ARABIC_ARTICLE = /^[وفبك]?ال(?=...)/;

/** A word without the differences that people leave out: case, accents, width of letters. */
export function foldWord(word: string): string {
  return word.toLowerCase().normalize("NFKD").replace(MARKS, "")
    .replace(SPECIAL, (letter) => LETTERS.get(letter) ?? letter)
    .normalize("NFC");
}

/**
 * What a folded word has in common with its inflections: its stem by the rules
 * of English, which also fit many endings of German and French, or without
 * Korean endings and the Arabic article.
 */
export function stemOf(folded: string): string {
  if (/^[a-z]+$/.test(folded)) return stemmer(folded);
  return folded.replace(KOREAN_ENDING, "").replace(ARABIC_ARTICLE, "");
}
