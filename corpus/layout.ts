/**
 * Turns the prose of a report, written in free lines, into the published page.
 *
 * @module
 */

/** The widest line a page may have. */
const WIDTH = 92;

/** Matches the marker of a list item, bulleted or numbered. */
const ITEM = /^(?:- |\d+\. )/;

function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    if (line === "") {
      line = word;
    } else if (line.length + 1 + word.length <= WIDTH) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join("\n");
}

function wrapList(block: string): string {
  const items: string[] = [];
  for (const line of block.split("\n")) {
    if (ITEM.test(line)) items.push(line);
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return items
    .map((item) => wrap(item, " ".repeat(ITEM.exec(item)?.[0].length ?? 0)))
    .join("\n");
}

/**
 * Lays out one report. Blocks are separated by blank lines. The first two, title
 * and metadata, keep their lines, and so do headings; paragraphs and list items
 * are filled to 92 columns, whatever the length of the facts drawn into them.
 * The page ends with exactly one newline.
 */
export function layOut(prose: string): string {
  const blocks = prose.trim().split(/\n{2,}/).map((block, index) => {
    if (index < 2 || block.startsWith("#")) return block;
    return ITEM.test(block) ? wrapList(block) : wrap(block, "");
  });
  return `${blocks.join("\n\n")}\n`;
}
