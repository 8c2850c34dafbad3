/**
 * The longest beginning of a text that fits into so many characters as a JSON
 * string, quotes included.
 */
export function fittingText(text: string, length: number): string {
  let fits = 0;
  let isTooMuch = text.length + 1;
  // The rest cannot fit: each takes a character at least.
  if (text.length > length) isTooMuch = length + 1;
  while (isTooMuch - fits > 1) {
    const middle = Math.floor((fits + isTooMuch) / 2);
    if (JSON.stringify(beginning(text, middle)).length <= length) fits = middle;
    else isTooMuch = middle;
  }
  return beginning(text, fits);
}

/** So many code units, without cutting a character in two. */
function beginning(text: string, length: number): string {
  const cut = text.slice(0, length);
  return length < text.length && /[\ud800-\udbff]$/.test(cut)
    ? cut.slice(0, -1)
    : cut;
}
