/**
 * Finds the line (1-based) on which the value at `path` is written in a YAML
 * text, or the nearest parent of it that can be found.
 *
 * It follows the keys and dashes of block style by their indentation; what
 * stands inside a flow collection (`{…}`, `[…]`) is on the line of its parent.
 */
export function yamlLine(
  text: string,
  path: readonly PropertyKey[],
): number | undefined {
  const lines = text.split("\n").map(indented);
  let at = -1;
  let indent = -1;
  for (const part of path) {
    const found = typeof part === "number"
      ? nthItem(lines, at, indent, part)
      : keyBelow(lines, at, indent, String(part));
    if (found === undefined) break;
    at = found.line;
    indent = found.indent;
  }
  return at < 0 ? undefined : at + 1;
}

interface Line {
  readonly indent: number;
  /** The text without its indentation; empty for blank lines and comments. */
  readonly text: string;
}

interface Place {
  readonly line: number;
  readonly indent: number;
}

function indented(line: string): Line {
  const text = line.trimStart();
  return {
    indent: line.length - text.length,
    text: text.startsWith("#") ? "" : text,
  };
}

/** The key among the children of the node at `at`, whose own indentation is `indent`. */
function keyBelow(
  lines: readonly Line[],
  at: number,
  indent: number,
  key: string,
): Place | undefined {
  const own = at < 0 ? undefined : lines[at];
  let level: number | undefined;
  // The first key of a list item stands on the line of its dash.
  if (own?.text.startsWith("- ") && own.indent === indent) {
    const first = own.text.slice(1).trimStart();
    level = indent + own.text.length - first.length;
    if (isKey(first, key)) return { line: at, indent: level };
  }
  for (let line = at + 1; line < lines.length; line++) {
    const { indent: depth, text } = lines[line] ?? { indent: 0, text: "" };
    if (text === "") continue;
    if (depth <= indent) return undefined;
    level ??= depth;
    if (depth === level && isKey(text, key)) return { line, indent: depth };
  }
  return undefined;
}

function nthItem(
  lines: readonly Line[],
  at: number,
  indent: number,
  index: number,
): Place | undefined {
  let level: number | undefined;
  let seen = -1;
  for (let line = at + 1; line < lines.length; line++) {
    const { indent: depth, text } = lines[line] ?? { indent: 0, text: "" };
    if (text === "") continue;
    const isItem = text === "-" || text.startsWith("- ");
    // A list may stand at the indentation of its key.
    if (depth < indent || (depth === indent && !isItem)) return undefined;
    if (!isItem) continue;
    level ??= depth;
    if (depth === level && ++seen === index) return { line, indent: depth };
  }
  return undefined;
}

function isKey(text: string, key: string): boolean {
  return [key, `"${key}"`, `'${key}'`].some((name) =>
    text.startsWith(name) && /^\s*:(\s|$)/.test(text.slice(name.length))
  );
}
