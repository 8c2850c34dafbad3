/** Spells out what JSON leaves as it is and a terminal may obey. */
export function escaped(text: string): string {
  return text.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) =>
      `\\u{${character.codePointAt(0)?.toString(16).padStart(4, "0")}}`,
  );
}
