import { NOBODY } from "../../policy/answer.ts";

/**
 * Characters that look like a letter of `none` and that NFKD does not map to it.
 * Before the space: those of confusables.txt, the data of UTS 39 (Unicode
 * Security Mechanisms), including letters that differ by a stroke or a hook.
 * After the space are our own: letters that look alike in one case, in small
 * capitals, on their side or mirrored, substitutes used by generators of "fancy
 * text", and rings and discs.
 */
const CONFUSABLES = {
  n: "ƝƞɳΝηոռᵰⲚꓠ𐆎𐔓 пᴨɴŋ" +
    "ɲȵᶇꞐꞑꬻꬼᴎИиͶͷΠπⲛⲠⲡᏁꮑᑎᘉᥒᴝՂղՌրႶⴖᚾ𐌍𐌽𐤍אהחתกภถກ几刀冂门ꋊꓵ∩⋂⊓⨅∏",
  o: "0ØøƟɵΘΟθοσОоѲѳӨөՕօסه٥ھہەۿ۵߀०০੦૦ଠ୦௦ం౦ಂ೦ംഠ൦ං๐໐တဝ၀ჿዐᎾᏫᴏᴑ⊖⊝⍬Ⲟⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑓐𑢵𑣈𑣗𑣠𝈚🜔 ○◯◦∘⚪⭕" +
    "ᝪᴒᴓԾծםΌΦφФфᎧꭷⱺⲐⲑⵀⵙʘ๏ᓍᗝᗜ口囗回日ロㄖꄲᄆᄋᆼою¤₀⁰",
  e: "ɆɇΕЕеҽҿᎬ℮⋿ⴹꓰꬲ𐊆𑢦𑢮 εƐɛЄєԐԑᴇꭼǝƎəƏәӘ€" +
    "ɘɚɜɝɞʚᶒᶓᶔᶕᶟⱸⱻᴈꬳꬴⲈⲉꮛᏋᗴᗱᕮᕪᙓᘿᗕ∈∊∉∃∋∍ΣΞξ∑≡ЭэЗзӠӡԵեҼҾ3ʒƷȜ乇モヨ巳ꍟع",
} as const;

/** Signs that may stand for the `o`, or between the letters. */
const DISCS =
  "●•∙⬤⚫⚬⦁⏺⏹⭘◉◎◍◌◐◑◒◓◖◗❍❶⊙⊚⊛⊕⊗⊘⦾⦿⨀⨁⨂☉☯☮☻☺☹⚽⚾🏀🔘🔴🟠🟡🟢🔵🟣🟤🌑🌕🌚🌝◆◇◈⬡⬢■□▢▣⬛⬜@*#°º";

/** Letters to Unicode that look like a sign: clicks, dots, dashes and strokes. */
const SIGN_LETTERS = "ǀǁǂǃᐧᐟᐠᐝᐨᐩᐪᑊꞏᆞ一丨丶ノ";

const READINGS = new Map<string, readonly string[]>([
  ...Object.entries(CONFUSABLES).flatMap(([letter, alike]) =>
    [...alike.replaceAll(" ", "")].map((each) => [each, [letter]] as const)
  ),
  ...[...DISCS].map((each) => [each, ["o", ""]] as const),
  ...[...SIGN_LETTERS].map((each) => [each, [""]] as const),
]);

/** Where the letters A to Z are repeated as signs that Unicode normalisation does not decompose. */
const SIGNS = [0x1f150, 0x1f170, 0x1f1e6];

/**
 * Whether a reader may mistake a name for `none`, which records that there was
 * no answer: in any case, in letters of another script, width or style, with
 * zeros for `o`, with marks, spaces or signs around the letters.
 */
export function looksLikeNone(name: string): boolean {
  /** How much of `none` may have been read so far. */
  let reached: ReadonlySet<number> = new Set([0]);
  for (const character of name.normalize("NFKD")) {
    const next = new Set<number>();
    for (const reading of readingsOf(character)) {
      for (const at of reached) {
        if (NOBODY.startsWith(reading, at)) next.add(at + reading.length);
      }
    }
    reached = next;
  }
  return reached.has(NOBODY.length);
}

/**
 * The letters or digits that a character looks like, in lower case; empty for
 * any other character.
 */
function readingsOf(character: string): readonly string[] {
  const point = character.codePointAt(0) ?? 0;
  const signs = SIGNS.find((first) => point >= first && point < first + 26);
  if (signs !== undefined) return [String.fromCodePoint(97 + point - signs)];
  const small = character.toLowerCase();
  return READINGS.get(character) ?? READINGS.get(small) ??
    [small.replace(/[^\p{L}\p{N}]|\p{Lm}/gu, "")];
}
