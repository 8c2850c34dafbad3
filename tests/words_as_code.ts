/** Sets the words as code that Markdown would take for its own: with `*`, `_`, `$`, `<`, `[` or `://`. */
export function wordsAsCode(text: string): string {
  return text.replace(
    /[^\s()]*(?:[*_$<[]|:\/\/)[^\s()]*?(?=[,:;.]?(?:[\s)]|$))/g,
    (word) => `\`${word}\``,
  );
}
