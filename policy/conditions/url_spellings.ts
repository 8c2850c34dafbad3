/** How often escapes are decoded. A server that decodes thrice is rare. */
const MAX_ROUNDS = 6;

/** How many spellings a path may have; with more, it is unknown what it asks for. */
const MAX_PATHS = 48;

/** The same of a path with its query. */
const MAX_SPELLINGS = 256;

/** One thing that servers do to a path before they look at it. */
type Step = (path: string) => string;

/**
 * What servers are known to do, in any order and any number of times, beside
 * decoding escapes.
 */
const STEPS: readonly Step[] = [
  withoutDotSegments,
  // nginx: repeated slashes are one.
  (path) => path.replace(/\/{2,}/g, "/"),
  // Tomcat, Jetty, Spring: what follows `;` in a segment is a parameter.
  (path) => path.replace(/;[^/]*/g, ""),
  // Node: `new URL(request.url, base)` takes `//x/admin` for `/admin` of host x.
  (path) => path.replace(/^\/{2,}[^/]*/, "") || "/",
  // Windows: a name loses its trailing dots and spaces.
  (path) => path.split("/").map(withoutTrailingDots).join("/"),
  // ASP.NET: a session without a cookie is a segment, `/(S(x))/`.
  (path) => path.replace(/\/\((?:[a-z]\([^()/]*\))+\)(?=\/|$)/gi, ""),
  // NTFS: `admin::$INDEX_ALLOCATION` is the directory, `x::$DATA` the file.
  (path) => path.replace(/:[^/:]*:\$[^/:]*/g, ""),
  // A decoded `?` or `#` ends the path of whoever parses it again.
  (path) => path.replace(/[?#].*$/s, "") || "/",
  (path) => path.normalize("NFKC"),
];

/**
 * Lists every URL, without its fragment, that some server may take this one for:
 * with escapes decoded, dot segments resolved again after each decoding, path
 * parameters left out, slashes merged, and more of that kind, in any order. With
 * and without its query, and with and without a slash at the end.
 *
 * Returns `undefined` when that is unknown: an escape is malformed or no
 * UTF-8, the path has an encoded backslash or control character, or it is still
 * encoded, or spelled too many ways, when the limit is reached.
 */
export function urlSpellings(url: URL): readonly string[] | undefined {
  const paths = pathsOf(url.pathname);
  const queries = queriesOf(url.search);
  if (paths === undefined || queries === undefined) return undefined;
  if (paths.length * queries.length > MAX_SPELLINGS) return undefined;
  const origin = canonicalOrigin(url);
  const places = paths.flatMap((path) =>
    path.endsWith("/") ? [path, path.slice(0, -1)] : [path, `${path}/`]
  );
  return [
    ...new Set(
      places.flatMap((place) =>
        ["", ...queries].map((query) => origin + place + query)
      ),
    ),
  ];
}

/** Scheme, host and port as servers see them: without userinfo, without a dot after the host. */
export function canonicalOrigin({ protocol, hostname, port }: URL): string {
  return `${protocol}//${hostname.replace(/\.+$/, "")}${port && `:${port}`}`;
}

/** Decodes escapes as often as it can; what is malformed stays as it is. */
export function fullyDecoded(text: string): string {
  let decoded = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    decoded = decodedOnce(decoded) ?? decoded;
  }
  return decoded;
}

function pathsOf(pathname: string): readonly string[] | undefined {
  if (hasLonePercent(pathname)) return undefined;
  const rounds = new Map([[pathname, 0]]);
  // A Map goes on to the entries that are added meanwhile.
  for (const [path, round] of rounds) {
    if (rounds.size > MAX_PATHS || isUnclear(path)) return undefined;
    const decoded = decodedOnce(path);
    const butSlashes = decodedButSlashes(path);
    if (decoded === undefined || butSlashes === undefined) return undefined;
    if (decoded !== path && round === MAX_ROUNDS) return undefined;
    for (const each of [decoded, butSlashes]) {
      if (!rounds.has(each)) rounds.set(each, round + 1);
    }
    for (const step of STEPS) {
      const stepped = step(path);
      if (!rounds.has(stepped)) rounds.set(stepped, round);
    }
  }
  return [...rounds.keys()];
}

/** A query as it is sent, and decoded: its `+` is a space to many. */
function queriesOf(search: string): readonly string[] | undefined {
  if (hasLonePercent(search)) return undefined;
  const queries = new Set<string>();
  let query = search;
  for (let round = 0; !queries.has(query); round++) {
    if (round > MAX_ROUNDS) return undefined;
    queries.add(query);
    queries.add(query.replaceAll("+", " "));
    const decoded = decodedOnce(query);
    if (decoded === undefined) return undefined;
    query = decoded;
  }
  return [...queries];
}

/** In a URL `%` begins an escape. Once decoded, it may be a plain character. */
function hasLonePercent(text: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(text);
}

/** Whether a path, decoded so far, has what servers read in different ways. */
function isUnclear(path: string): boolean {
  // deno-lint-ignore no-control-regex
  return /[\x00-\x1f\x7f-\x9f\\]|%u[0-9a-f]{4}/i.test(path);
}

/** `undefined` for bytes that are not UTF-8, such as a slash in two bytes: `%c0%af`. */
function decodedOnce(text: string): string | undefined {
  try {
    return text.replace(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** As a server does that tells an encoded slash from one that is written. */
function decodedButSlashes(path: string): string | undefined {
  const parts = path.split(/(%2f)/i);
  const decoded = parts.map((part, index) =>
    index % 2 === 0 ? decodedOnce(part) : part
  );
  return decoded.includes(undefined) ? undefined : decoded.join("");
}

/** Resolves `.` and `..` in a path that begins with a slash, as the standard of URLs does. */
export function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    const isDots = segment === "." || segment === "..";
    if (isDots && index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

function withoutTrailingDots(segment: string): string {
  const trimmed = segment.replace(/ +$/, "");
  if (/^\.*$/.test(trimmed)) return trimmed;
  return trimmed.replace(/[. ]+$/, "");
}
