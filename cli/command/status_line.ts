import { terminalLine } from "../../tools/data/untrusted_text.ts";

/** Standard error, where it is a terminal. */
export interface ErrorTerminal {
  /** Writes text as it is. */
  readonly write: (text: string) => void;
  /** How many columns it has now; 0 when that is unknown. */
  readonly columns: () => number;
}

/** One line at the end of a terminal that is replaced again and again. */
export interface StatusLine {
  /** Replaces the line; an empty text removes it. */
  show(text: string): void;
  /** Does work that writes lines of its own: they go above this one. */
  above(work: () => void): void;
}

const USUAL_COLUMNS = 80;

/**
 * Keeps a line that is replaced by a carriage return and blanks alone, so that
 * it works on every terminal. It is cut so that it never wraps.
 */
export function statusLine({ write, columns }: ErrorTerminal): StatusLine {
  let shown = "";
  const erase = () => {
    if (shown !== "") write(`\r${" ".repeat(width(shown))}\r`);
  };
  return {
    show(text) {
      const line = fitting(
        terminalLine(text),
        (columns() || USUAL_COLUMNS) - 1,
      );
      if (line === shown) return;
      // What the longer line before had more is written over with blanks.
      const rest = " ".repeat(Math.max(0, width(shown) - width(line)));
      if (line === "") erase();
      else write(`\r${line}${rest}`);
      shown = line;
    },
    above(work) {
      erase();
      try {
        work();
      } finally {
        if (shown !== "") write(shown);
      }
    },
  };
}

/** The beginning of a text that has room in so many columns. */
function fitting(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let line = "";
  let left = columns - 3;
  for (const character of text) {
    left -= width(character);
    if (left < 0) break;
    line += character;
  }
  return `${line}...`;
}

/**
 * How many columns a text has at most: terminals differ on characters beyond
 * ASCII, and none gives one of them more than two.
 */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += character <= "~" ? 1 : 2;
  return columns;
}
