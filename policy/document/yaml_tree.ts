import { type YamlEvent, yamlEvents } from "./yaml_events.ts";

/** A YAML text as a tree whose nodes know where they are written. */
export interface YamlTree {
  /** What the text stands for, or why it stands for nothing. */
  readonly value: YamlValue;
  /** Lists what it is made of, in the order of the text; quoted scalars left out. */
  readonly parts: () => Iterable<YamlPart>;
  /** The line on which the value at a path is written, or its nearest parent that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | undefined;
}

/** The value of a YAML text. */
export type YamlValue =
  | { readonly ok: true; readonly value: unknown }
  | {
    readonly ok: false;
    /** 1-based. */
    readonly line: number | undefined;
    readonly message: string;
  };

/** Something in a YAML text that is not a quoted scalar. */
export interface YamlPart {
  readonly kind:
    | "anchor"
    | "alias"
    | "tag"
    | "directive"
    /** A scalar without quotes. */
    | "plain"
    /** A key without quotes. */
    | "plain_key"
    /** A key that is a collection, or missing. */
    | "odd_key";
  /** How it is written; empty for an odd key. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Reads a YAML text with a parser that says where each part stands. It never
 * throws. A text that the parser cannot read has no parts; one whose aliases lead
 * nowhere has parts and no value.
 */
export function yamlTree(text: string): YamlTree {
  const read = attempt(() => parse(text));
  if (!read.ok) {
    return { value: read, parts: () => [], lineOf: () => undefined };
  }
  const { events, source } = read.value;
  return {
    value: attempt(() => yamlEvents.construct(events, source)[0] ?? null),
    *parts() {
      yield* directives(events, source);
      const lineAt = lineCounter(source);
      for (const { offset, ...part } of partsOf(rootOf(events), source)) {
        yield { ...part, line: lineAt(offset) };
      }
    },
    lineOf(path) {
      const offset = offsetOf(rootOf(events), { path, source });
      return offset === undefined ? undefined : lineCounter(source)(offset);
    },
  };
}

function attempt<T>(
  work: () => T,
): Extract<YamlValue, { readonly ok: false }> | {
  readonly ok: true;
  readonly value: T;
} {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return yamlEvents.isSyntaxError(error)
      ? {
        ok: false,
        message: error.reason,
        line: error.mark && error.mark.line + 1,
      }
      : { ok: false, message: "it is nested too deep", line: undefined };
  }
}

/** More than any collection is indented. */
const INDENTATION = " ".repeat(200);

/** How many lines that are not indented far enough are put right before a text is given up. */
const MAX_INDENTED = 200;

/**
 * Parses a text. Inside brackets and quotes the indentation of a line means
 * nothing, but the parser insists on some, as YAML 1.2 does; closing brackets
 * without it are common, and are given what they lack. Lines keep their numbers.
 */
function parse(
  text: string,
): { readonly source: string; readonly events: readonly YamlEvent[] } {
  let source = text;
  let last = -1;
  for (let indented = 0;; indented++) {
    try {
      return { source, events: yamlEvents.parse(source) };
    } catch (error) {
      const start = yamlEvents.isSyntaxError(error) &&
          error.reason === "deficient indentation" && indented < MAX_INDENTED
        ? lineStart(source, error.mark?.position ?? 0)
        : last;
      if (start <= last) throw error;
      last = start;
      source = source.slice(0, start) + INDENTATION + source.slice(start);
    }
  }
}

function lineStart(text: string, position: number): number {
  const before = text.slice(0, position);
  return Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1;
}

/** A node with where it begins; -1 for one that is not written at all. */
interface Node {
  readonly event: Extract<YamlEvent, { readonly type: 2 | 3 | 4 | 5 }>;
  /** The items of a list; keys and values of a mapping, in turn. */
  readonly items: Node[];
}

/** The root of the first document. */
function rootOf(events: readonly YamlEvent[]): Node | undefined {
  const roots: Node[] = [];
  const open = [roots];
  for (const event of events) {
    if (event.type === DOCUMENT) continue;
    if (event.type === POP) {
      // Each document ends with one of its own, after which nothing is open.
      if (open.length > 1) open.pop();
      else break;
      continue;
    }
    const node: Node = { event, items: [] };
    open.at(-1)?.push(node);
    if (event.type === SEQUENCE || event.type === MAPPING) {
      open.push(node.items);
    }
  }
  return roots[0];
}

// The parser's own numbers, written out: its module is loaded late.
const DOCUMENT = 1;
const SEQUENCE = 2;
const MAPPING = 3;
const SCALAR = 4;
const ALIAS = 5;
const POP = 6;
const PLAIN = 1;

function startOf({ event }: Node): number {
  if (event.type === SCALAR) return event.valueStart;
  return event.type === ALIAS ? event.anchorStart : event.start;
}

function* directives(
  events: readonly YamlEvent[],
  source: string,
): Generator<YamlPart> {
  const [first] = events;
  if (first?.type !== DOCUMENT || first.directives.length === 0) return;
  // Only comments and blank lines can stand before it.
  const line = source.split(/\r\n?|\n/).findIndex((each) =>
    /^\ufeff?%/.test(each)
  );
  const [{ kind } = { kind: "yaml" }] = first.directives;
  yield { kind: "directive", text: `%${kind.toUpperCase()}`, line: line + 1 };
}

type Part = Omit<YamlPart, "line"> & { readonly offset: number };

function* partsOf(root: Node | undefined, source: string): Generator<Part> {
  const open: { readonly node: Node; readonly isKey: boolean }[] = root
    ? [{ node: root, isKey: false }]
    : [];
  let offset = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isKey } = next;
    const { event, items } = node;
    offset = Math.max(offset, startOf(node));
    if (event.type === ALIAS) {
      const name = source.slice(event.anchorStart, event.anchorEnd);
      yield { kind: "alias", text: `*${name}`, offset };
      continue;
    }
    const { anchorStart, anchorEnd, tagStart, tagEnd } = event;
    if (anchorStart >= 0) {
      const text = `&${source.slice(anchorStart, anchorEnd)}`;
      yield { kind: "anchor", text, offset: anchorStart };
    }
    if (tagStart >= 0) {
      const text = source.slice(tagStart, tagEnd);
      yield { kind: "tag", text, offset: tagStart };
    }
    if (event.type === SCALAR) {
      if (event.style !== PLAIN) continue;
      const text = event.valueStart < 0
        ? ""
        : source.slice(event.valueStart, event.valueEnd);
      if (isKey && text === "") yield { kind: "odd_key", text, offset };
      else yield { kind: isKey ? "plain_key" : "plain", text, offset };
      continue;
    }
    if (isKey) yield { kind: "odd_key", text: "", offset };
    items.forEach((_, index) => {
      const at = items.length - 1 - index;
      const item = items[at];
      if (item === undefined) return;
      open.push({ node: item, isKey: event.type === MAPPING && at % 2 === 0 });
    });
  }
}

/** Where the last part of a path that is there begins; its key, if it has one. */
function offsetOf(
  root: Node | undefined,
  { path, source }: {
    readonly path: readonly PropertyKey[];
    readonly source: string;
  },
): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const part of path) {
    const { event, items } = node ?? { items: [] };
    if (event?.type === SEQUENCE) {
      node = items[Number(part)];
      if (node === undefined) break;
      offset = startOf(node) < 0 ? offset : startOf(node);
    } else if (event?.type === MAPPING) {
      const at = items.findIndex((key, index) =>
        index % 2 === 0 && textOf(key, source) === String(part)
      );
      const key = items[at];
      if (key === undefined) break;
      offset = startOf(key);
      node = items[at + 1];
    } else break;
  }
  return offset;
}

function textOf({ event }: Node, source: string): string | undefined {
  if (event.type !== SCALAR || event.valueStart < 0) return undefined;
  return yamlEvents.scalarText(source, event);
}

/** Counts lines as YAML does, from 1. */
function lineCounter(text: string): (offset: number) => number {
  const starts = [...text.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) =>
    index + end.length
  );
  return (offset) => {
    const after = starts.findIndex((start) => start > offset);
    return (after < 0 ? starts.length : after) + 1;
  };
}
