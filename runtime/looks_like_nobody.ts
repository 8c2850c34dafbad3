import { NOBODY } from "../policy/answer.ts";

/**
 * Characters that look like a letter of `none` and are not made of it (NFKD):
 * those of confusables.txt, the data of UTS 39 (Unicode Security Mechanisms), also
 * where they differ from the letter by a stroke or a hook. After the space
 * stand ours: letters that look alike in one case, in small capitals or turned round,
 * and rings.
 */
const CONFUSABLES = {
  n: "ƝƞɳΝηոռᵰⲚꓠ𐆎𐔓 пᴨɴŋ",
  o: "0ØøƟɵΘΟθοσОоѲѳӨөՕօסه٥ھہەۿ۵߀०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐တဝ၀ჿዐᎾᏫᴏᴑ⊖⊝⍬Ⲟⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠𝈚🜔 ○◯◦∘⚪⭕",
  e: "ɆɇΕЕеҽҿᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮 εƐɛЄєԐԑᴇꭼǝƎəƏәӘ€",
} as const;

const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries(CONFUSABLES).flatMap(([letter, alike]) =>
    [...alike.replaceAll(" ", "")].map((each) => [each, letter] as const)
  ),
);

/** Where the letters A to Z stand once more, as signs that no form of Unicode takes apart. */
const SIGNS = [0x1f150, 0x1f170, 0x1f1e6];

/**
 * Whether a reader may take a name for the one that says that nobody answered:
 * in any case, in letters of another script, width or style, with zeros for `o`,
 * with marks, spaces or signs at the letters.
 */
export function looksLikeNobody(name: string): boolean {
  return [...name.normalize("NFKD")].map(plain).join("") === NOBODY;
}

/** The letter or digit that a character looks like, in lower case; nothing of what is neither. */
function plain(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const signs = SIGNS.find((first) => point >= first && point < first + 26);
  if (signs !== undefined) return String.fromCodePoint(97 + point - signs);
  const small = character.toLowerCase();
  return LETTERS.get(character) ?? LETTERS.get(small) ??
    small.replace(/[^\p{L}\p{N}]|\p{Lm}/gu, "");
}
