/** A place in a document: what holds it, and under which key or index. */
export interface Place {
  readonly holder: object;
  readonly key: string;
}

/** Finds the places in a document that a path names. */
export type JsonPath = (document: unknown) => Iterable<Place>;

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
 * const found = [...compileJsonPath("$..url")(document)];
 * assertEquals(found.map(({ holder }) => holder), [document, { url: "x" }]);
 * ```
 *
 * @throws {SyntaxError} when it is none
 */
export function compileJsonPath(text: string): JsonPath {
  const segments = segmentsOf(text);
  return (document) => places(document, segments);
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

/** Without recursion, since documents may be nested as deeply as they like. */
function* places(
  document: unknown,
  segments: readonly Segment[],
): Generator<Place> {
  const open = [{ node: document, step: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, step } = next;
    const segment = segments[step];
    if (typeof node !== "object" || node === null || segment === undefined) {
      continue;
    }
    for (const [key, child] of Object.entries(node).reverse()) {
      if (segment.isRecursive) open.push({ node: child, step });
      const isNamed = segment.selector === key &&
        segment.isIndex === Array.isArray(node);
      if (!segment.isWildcard && !isNamed) continue;
      if (step + 1 === segments.length) yield { holder: node, key };
      else open.push({ node: child, step: step + 1 });
    }
  }
}
