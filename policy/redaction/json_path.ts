/** A place in a document: what holds it, and under which key or index. */
export interface Place {
  readonly holder: object;
  readonly key: string;
}

/** A path, ready to be followed. */
export interface JsonPath {
  /** The one name or index with which it begins, if it does not begin with several. */
  readonly top: string | undefined;
  /** Finds the places in a document that it names, each once. */
  readonly places: (document: unknown) => Iterable<Place>;
}

/** One step of a path: children by name or index, or all of them (`*`), of a node or of all below it. */
interface Segment {
  readonly selector: string;
  /** Indexes are of lists, names of objects. */
  readonly isIndex: boolean;
  readonly isWildcard: boolean;
  readonly isRecursive: boolean;
}

const SEGMENT =
  /(?:(\.\.?)(?:([A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*)|(\*))|(\.\.)?\[(?:'([^'\\]+)'|"([^"\\]+)"|(\*)|(0|[1-9]\d{0,8}))\])/uy;

/**
 * Compiles a JSONPath (RFC 9535) of names, indexes, wildcards and descendants:
 * `$.task.question`, `$..url`, `$['a b'][0].*`. Without filters, slices, unions and
 * escapes, so that it can be written and read in one line, and checked when a
 * policy is loaded.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const document = { a: [{ url: "x" }], url: "y" };
 * const found = [...compileJsonPath("$..url").places(document)];
 * assertEquals(found.map(({ holder }) => holder), [document, { url: "x" }]);
 * ```
 *
 * @throws {SyntaxError} when the text is not a JSONPath
 */
export function compileJsonPath(text: string): JsonPath {
  const segments = segmentsOf(text);
  const [first] = segments;
  const isOne = first?.isWildcard === false && !first.isRecursive;
  return {
    top: isOne ? first.selector : undefined,
    places: (document) => places(document, segments),
  };
}

function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let at = 1;
  while (text.startsWith("$") && at < text.length) {
    SEGMENT.lastIndex = at;
    const [whole = "", dots, name, star, deep, single, double, all, index] =
      SEGMENT.exec(text) ?? [];
    if (whole === "") break;
    segments.push({
      selector: name ?? single ?? double ?? index ?? "",
      isIndex: index !== undefined,
      isWildcard: (star ?? all) !== undefined,
      isRecursive: dots === ".." || deep !== undefined,
    });
    at += whole.length;
  }
  if (segments.length > 0 && at === text.length) return segments;
  throw new SyntaxError(
    `expected a JSONPath of names, indexes, * and .. such as $..url, found ${
      JSON.stringify(text)
    }`,
  );
}

/**
 * Looks at each node once a segment, however many ways lead to it: `$..*..*..*`
 * would otherwise take a time that grows with each segment as with a power.
 */
function places(
  document: unknown,
  segments: readonly Segment[],
): Iterable<Place> {
  let found: readonly Place[] = [];
  let holders = new Set(isHolder(document) ? [document] : []);
  for (const segment of segments) {
    found = [...segment.isRecursive ? withAllBelow(holders) : holders]
      .flatMap((holder) => chosen(holder, segment));
    holders = new Set(found.map(childAt).filter(isHolder));
  }
  return found;
}

function isHolder(node: unknown): node is object {
  return typeof node === "object" && node !== null;
}

/** Without recursion, since documents may be nested as deeply as they like. */
function withAllBelow(nodes: ReadonlySet<object>): ReadonlySet<object> {
  const all = new Set(nodes);
  // A set that grows goes on with what was added.
  for (const node of all) {
    for (const child of Object.values(node)) {
      if (isHolder(child)) all.add(child);
    }
  }
  return all;
}

function chosen(holder: object, segment: Segment): readonly Place[] {
  const { selector, isIndex, isWildcard } = segment;
  if (isWildcard) return Object.keys(holder).map((key) => ({ holder, key }));
  return isIndex === Array.isArray(holder) && Object.hasOwn(holder, selector)
    ? [{ holder, key: selector }]
    : [];
}

function childAt({ holder, key }: Place): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
