import { normalize } from "../deps.ts";

/** What a server makes of the path of a request before it looks for a page. */
export interface UrlServer {
  /** Which servers do it like this. */
  readonly name: string;
  /** The path that is looked up; `undefined` where it answers 400. */
  readonly place: (path: string) => string | undefined;
}

type Step = (path: string) => string | undefined;

/** Byte for byte, as a server does that leaves text to what comes after it. */
function bytesOf(path: string): readonly number[] {
  const bytes: number[] = [];
  for (let index = 0; index < path.length; index++) {
    const escape = /^%([0-9a-f]{2})/i.exec(path.slice(index, index + 3));
    if (escape === null) {
      bytes.push(...new TextEncoder().encode(path.charAt(index)));
    } else {
      bytes.push(parseInt(escape[1] ?? "", 16));
      index += 2;
    }
  }
  return bytes;
}

/** Decodes once; bytes that are not UTF-8 become U+FFFD. */
const decode: Step = (path) =>
  new TextDecoder().decode(new Uint8Array(bytesOf(path)));

/** Decodes once, or answers 400. */
const strictly: Step = (path) => {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** Decodes UTF-8 of more bytes than need be, as old libraries do. */
const laxly: Step = (path) => {
  const bytes = bytesOf(path);
  let text = "";
  for (let index = 0; index < bytes.length; index++) {
    const first = bytes[index] ?? 0;
    const more = first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
    let code = more === 0 ? first : first & (more === 1 ? 0x1f : 0x0f);
    for (let left = more; left > 0; left--) {
      code = code * 64 + ((bytes[++index] ?? 0) & 0x3f);
    }
    text += String.fromCharCode(code);
  }
  return text;
};

/** `%u002f`, as the servers of Windows write it. */
const wide: Step = (path) =>
  path.replace(
    /%u([0-9a-f]{4})/gi,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );

const dots: Step = (path) => normalize(path);
/** RFC 3986: an empty segment is a segment, which `..` takes back. */
const dotsOfRfc: Step = (path) => {
  const kept: string[] = [];
  for (const segment of path.split("/").slice(1)) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
};
const merge: Step = (path) => path.replace(/\/+/g, "/");
const parameters: Step = (path) =>
  path.split("/").map((segment) => segment.split(";")[0]).join("/");
const backslashes: Step = (path) => path.replaceAll("\\", "/");
const lower: Step = (path) => path.toLowerCase();
const cutAtNul: Step = (path) => path.split("\0")[0];
const cutAtMark: Step = (path) => path.split(/[?#]/)[0] || "/";
const names: Step = (path) =>
  path.split("/").map((name) =>
    /^\.*$/.test(name) ? name : name.replace(/[. ]+$/, "")
  )
    .join("/");
const compatible: Step = (path) => path.normalize("NFKC");
/** `new URL(request.url, base)`: two slashes begin an authority. */
const asReference: Step = (path) =>
  URL.parse(path, "http://a.example")?.pathname;
/** All but the slashes, as a front server does that passes the path on. */
const butSlashes: Step = (path) =>
  path.split(/(%2f)/i).map((part) => /^%2f$/i.test(part) ? part : decode(part))
    .join("");

function server(name: string, steps: readonly Step[]): UrlServer {
  return {
    name,
    place: (path) =>
      steps.reduce<string | undefined>(
        (place, step) => place === undefined ? undefined : step(place),
        path,
      ),
  };
}

/** Ways in which servers in use read a path. */
export const URL_SERVERS: readonly UrlServer[] = [
  server("literal", []),
  server("decode, dots", [decode, dots]),
  server("decode strictly, dots of the RFC", [strictly, dotsOfRfc]),
  server("dots, decode", [dots, decode]),
  server("decode twice, dots", [decode, decode, dots]),
  server("decode, dots, decode, dots", [decode, dots, decode, dots]),
  server("decode thrice, dots", [decode, decode, decode, dots]),
  server("parameters, decode, dots (Tomcat)", [parameters, decode, dots]),
  server("decode, parameters, dots (Jetty)", [decode, parameters, dotsOfRfc]),
  server("decode, merge, dots (nginx)", [decode, merge, dotsOfRfc]),
  server("decode all but slashes, dots, then Tomcat", [
    butSlashes,
    dotsOfRfc,
    parameters,
    decode,
    dots,
  ]),
  server("parameters, dots, decode all but slashes, dots", [
    parameters,
    dots,
    butSlashes,
    dots,
  ]),
  server("decode, %u, backslashes, dots, names (Windows)", [
    decode,
    wide,
    backslashes,
    dots,
    names,
    lower,
  ]),
  server("decode, names, dots (Windows)", [decode, names, dots, lower]),
  server("decode laxly, dots", [laxly, dots]),
  server("decode, then laxly, dots", [decode, laxly, dots]),
  server("decode, cut at NUL, dots (C)", [decode, cutAtNul, dots]),
  server("decode, cut at ? and #, dots", [decode, cutAtMark, dots]),
  server("decode, NFKC, dots", [decode, compatible, dots]),
  server("as a reference (Node)", [asReference]),
  server("as a reference, decode, dots (Node)", [asReference, strictly, dots]),
  server("decode, as a reference", [strictly, asReference]),
  server("any case (Express)", [strictly, lower]),
];

/** Whether a server hands out the page at `page`, with or without a slash at its end. */
export function handsOut(
  { place }: UrlServer,
  { path, page }: { readonly path: string; readonly page: string },
): boolean {
  return place(path)?.replace(/\/$/, "") === page;
}
