/** A text, and the encoding of its bytes by its name in the Encoding Standard. */
export interface DecodedText {
  readonly text: string;
  readonly charset: string;
}

/** What says in which encoding bytes are. */
export interface Declaration {
  /** The `Content-Type` that came with them. */
  readonly contentType: string | null;
}

/** How far a page is searched for what it says of its encoding, as in browsers. */
const PRESCAN_BYTES = 1024;

const BYTE_ORDER_MARKS = [
  { charset: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
  { charset: "utf-16be", bytes: [0xfe, 0xff] },
  { charset: "utf-16le", bytes: [0xff, 0xfe] },
] as const;

/** Types that are text even when they do not say in which encoding. */
const GUESSABLE =
  /^\s*(?:text\/[^;\s]+|application\/(?:[^;\s]+\+)?xml|image\/svg\+xml)?\s*(?:;|$)/i;

const MARKUP =
  /^\s*(?:text\/html|(?:text|application)\/(?:[^;\s]+\+)?xml)\s*(?:;|$)/i;

/** Bytes that do not occur in a text, by https://mimesniff.spec.whatwg.org/#binary-data-byte. */
// deno-lint-ignore no-control-regex
const BINARY = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/**
 * Decodes the body of a response; `undefined` when it is not text. A byte order
 * mark wins, then the `Content-Type`, then what a page says of itself. When the
 * bytes do not decode in one of these encodings, the next is tried, then UTF-8,
 * and last windows-1252, if the type is that of a text.
 */
export function decodedText(
  body: Uint8Array,
  { contentType }: Declaration,
): DecodedText | undefined {
  const type = contentType ?? "";
  for (
    const label of [
      markedCharset(body),
      charsetOf(type),
      MARKUP.test(type) ? pageCharset(body) : undefined,
      "utf-8",
    ]
  ) {
    if (label === undefined) continue;
    const decoded = decodedAs(label, body);
    if (decoded !== undefined && !decoded.text.includes("\0")) return decoded;
  }
  const guess = GUESSABLE.test(type)
    ? decodedAs("windows-1252", body)
    : undefined;
  return guess === undefined || BINARY.test(guess.text) ? undefined : guess;
}

/**
 * The text, when all bytes are valid in the encoding; `undefined` otherwise and
 * for an unknown label.
 */
function decodedAs(label: string, body: Uint8Array): DecodedText | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return { text: decoder.decode(body), charset: decoder.encoding };
  } catch {
    return undefined;
  }
}

function markedCharset(body: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(({ bytes }) =>
    bytes.every((byte, index) => body[index] === byte)
  )?.charset;
}

/** The parameter `charset` of a media type, bare or between quotes. */
function charsetOf(type: string): string | undefined {
  const found = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"']+))/i
    .exec(type);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}

/**
 * The encoding that a page states in its first bytes: `<meta charset>`, `<meta
 * http-equiv>` or an XML declaration. A page that can be read here is not
 * UTF-16.
 */
function pageCharset(body: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1")
    .decode(body.subarray(0, PRESCAN_BYTES))
    .replace(/<!--[^]*?(?:-->|$)/g, "");
  const declared = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']/i
    .exec(head)?.[1];
  const [meta] = head.matchAll(/<meta[\s/]([^>]*)>?/gi)
    .map(([, attributes = ""]) => metaCharset(attributes))
    .filter((charset) => charset !== undefined);
  const label = meta ?? declared;
  return label !== undefined && /^\s*utf-?16/i.test(label) ? "utf-8" : label;
}

function metaCharset(attributes: string): string | undefined {
  const charset = attribute(attributes, "charset");
  if (charset !== undefined) return charset;
  return /^content-type$/i.test(attribute(attributes, "http-equiv") ?? "")
    ? charsetOf(
      `;${
        attribute(attributes, "content")?.replace(/^[^]*?(?=charset)/i, "") ??
          ""
      }`,
    )
    : undefined;
}

function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(
    `(?:^|[\\s/"'])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`,
    "i",
  ).exec(attributes);
  return (found?.[1] ?? found?.[2] ?? found?.[3])?.trim();
}
