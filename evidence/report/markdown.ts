import { markdownLine } from "../../tools/data/untrusted_text.ts";

/** Writes text from outside as a code span that stays inside one table cell. */
export function codeCell(text: string): string {
  const line = escapePipes(markdownLine(text));
  const fence = fenceFor(line, "`");
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "" : `${fence}${pad}${line}${pad}${fence}`;
}

/** Writes a plain name from outside as it is, and any other name like `codeCell`. */
export function name(text: string): string {
  return /^[a-z0-9]+(?:[_-][a-z0-9]+|\.\d+)*$/i.test(text)
    ? text
    : codeCell(text);
}

/** Writes text from outside as a code block that it cannot end by itself. */
export function codeBlock(text: string): string {
  const lines = text.split("\n").map(markdownLine).join("\n");
  const fence = fenceFor(lines, "```");
  return `${fence}text\n${lines}\n${fence}`;
}

/** Writes a table; cells are Markdown. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)]
    .join("\n");
}

/** Markdown readers disagree on backslashes before `\|`, so no other backslash is left there. */
function escapePipes(line: string): string {
  const [last = "", ...others] = line.split("|").reverse();
  const escaped = others.map((part) => {
    let end = part.length;
    while (part[end - 1] === "\\") end -= 1;
    return part.slice(0, end) + "\\u005c".repeat(part.length - end);
  });
  return [last, ...escaped].reverse().join("\\|");
}

/** A run of backticks longer than any in `text`, at least as long as `shortest`. */
function fenceFor(text: string, shortest: string): string {
  let length = shortest.length;
  for (const [run] of text.matchAll(/`+/g)) {
    length = Math.max(length, run.length + 1);
  }
  return "`".repeat(length);
}
