import { Parser } from "npm:htmlparser2@10.1.0";
import type { PageText } from "./page_text.ts";

/** How deep elements may be nested; reading stops at the first deeper one. */
const MAX_OPEN = 1024;

/** How deep nested elements are kept; of deeper ones only the text is kept. */
const MAX_KEPT = 128;

/** How deep nested lists and quotations are kept: each indents all its lines. */
const MAX_INDENTED = 8;

/** How many characters the text of a page may have. */
const MAX_TEXT = 2 ** 20;

/** How much of a page is parsed between two checks of the limits. */
const PIECE = 2 ** 12;

/** The largest indentation that each element adds, including its marker. */
const INDENTED: ReadonlyMap<string, number> = new Map([
  ["blockquote", 2],
  ["ul", 3],
  // The width of ` mmmdccclxxxviii. `.
  ["ol", 18],
]);

/** Elements that show in the text, with the line breaks that each adds before and after it. */
const LAYOUT: ReadonlyMap<string, number> = new Map([
  ...["a", "body", "wbr"].map((name) => [name, 0] as const),
  ...["br", "li", "article", "aside", "div", "footer", "form", "header"]
    .map((name) => [name, 2] as const),
  ...["main", "nav", "section"].map((name) => [name, 2] as const),
  ...["blockquote", "hr", "ol", "p", "pre", "table", "ul"]
    .map((name) => [name, 4] as const),
  ...["h1", "h2", "h3", "h4", "h5", "h6"].map((name) => [name, 5] as const),
]);

/** Elements without an end tag, with the length of their text. */
const VOID: ReadonlyMap<string, number> = new Map([
  ["br", 0],
  ["hr", 40],
  ["wbr", 0],
]);

const UNSEEN = new Set(["script", "style"]);

/** The largest number that Roman numerals write, and the largest that a list begins with. */
const MAX_ROMAN = 3999;
const MAX_START = 2 ** 31 - 1;

/** An element that is not closed yet. */
interface Open {
  readonly name: string;
  /** Whether it is kept. */
  readonly kept: boolean;
  /** For a list with Roman numerals: the number of its next item, and where its tag is. */
  roman?: { next: number; readonly at: number } | undefined;
}

/**
 * Reduces a page to the parts that its text is made of: a shallow tree with
 * little indentation and with list numbers that can be written. It stops where
 * the page is nested too deep or its text would be too long. So the counts here
 * bound the work and the output of the conversion to text, for every page.
 */
export function boundedHtml(html: string): PageText {
  const parts: string[] = [];
  const open: Open[] = [];
  /** How many of each kind are open and kept. */
  const counts = { kept: 0, indented: 0, links: 0, pre: 0, unseen: 0 };
  let indent = 0;
  let length = 0;
  let truncated = false;

  /** Reserves room for more text; once the room is used up, nothing follows. */
  function take(more: number): boolean {
    length += more;
    truncated ||= length > MAX_TEXT;
    return !truncated;
  }

  function isKept(name: string): boolean {
    if (counts.unseen > 0 || counts.kept >= MAX_KEPT) return false;
    if (name === "a" && counts.links > 0) return false;
    return LAYOUT.has(name) &&
      !(INDENTED.has(name) && counts.indented >= MAX_INDENTED);
  }

  function count(name: string, by: 1 | -1): void {
    counts.kept += by;
    indent += by * (INDENTED.get(name) ?? 0);
    if (INDENTED.has(name)) counts.indented += by;
    if (name === "a") counts.links += by;
    if (name === "pre") counts.pre += by;
  }

  /** Counts an item; a list that is too long for Roman numerals gets none. */
  function countItem(list: Open | undefined): void {
    if (list?.roman === undefined) return;
    const { next, at } = list.roman;
    list.roman.next += 1;
    if (next <= MAX_ROMAN) return;
    parts[at] = (parts[at] ?? "").replace(/ type=.*/, ">");
    list.roman = undefined;
  }

  const parser = new Parser({
    onopentag(name, attributes) {
      if (truncated) return;
      truncated = open.length === MAX_OPEN;
      const kept = isKept(name) && take(
        (LAYOUT.get(name) ?? 0) * (1 + indent) + (VOID.get(name) ?? 0) +
          (attributes.href ?? "").length + 3,
      );
      if (UNSEEN.has(name)) counts.unseen += 1;
      if (kept && name === "li") countItem(open.at(-1));
      const { tag, roman } = tagOf(name, attributes);
      open.push({
        name,
        kept,
        roman: roman === undefined
          ? undefined
          : { next: roman, at: parts.length },
      });
      if (!kept) return;
      count(name, 1);
      parts.push(tag);
    },
    ontext(text) {
      if (truncated || counts.unseen > 0) return;
      const breaks = counts.pre > 0 ? text.split("\n").length - 1 : 0;
      if (take(text.length + breaks * indent)) parts.push(escaped(text));
    },
    onclosetag(name) {
      if (truncated) return;
      const kept = open.pop()?.kept;
      if (UNSEEN.has(name)) counts.unseen -= 1;
      if (!kept) return;
      count(name, -1);
      if (!VOID.has(name)) parts.push(`</${name}>`);
    },
  });
  for (let at = 0; at < html.length && !truncated; at += PIECE) {
    parser.write(html.slice(at, at + PIECE));
  }
  parser.end();
  return { text: parts.join(""), truncated };
}

interface Tag {
  readonly tag: string;
  /** The number of the first item, in a list that counts in Roman numerals. */
  readonly roman?: number;
}

function tagOf(
  name: string,
  { href, start, type }: Readonly<Record<string, string>>,
): Tag {
  if (name === "a" && href !== undefined) {
    return { tag: `<a href="${escaped(href).replaceAll('"', "&quot;")}">` };
  }
  return name === "ol" ? orderedList(start, type) : { tag: `<${name}>` };
}

/** Letters and Roman numerals know no zero; the latter end early. */
function orderedList(start = "", type = ""): Tag {
  const [given = "1"] = /^\s*[+-]?\d{1,15}/.exec(start) ?? [];
  const first = Math.max(-MAX_START, Math.min(MAX_START, Number(given)));
  const tag = `<ol start="${first}"`;
  if (first < 1) return { tag: `${tag}>` };
  if (/^[aA]$/.test(type)) return { tag: `${tag} type="${type}">` };
  return /^[iI]$/.test(type) && first <= MAX_ROMAN
    ? { tag: `${tag} type="${type}">`, roman: first }
    : { tag: `${tag}>` };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
