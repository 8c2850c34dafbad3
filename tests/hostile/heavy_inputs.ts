/** The largest text of arguments that the committed policy lets in, in bytes. */
const SIZE = 65_536;

const encoder = new TextEncoder();

/** Repeats an item between two ends until not one more fits into 64 KiB. */
function filled(
  [before, after]: readonly [string, string],
  item: (index: number) => string,
  separator = ",",
): string {
  const items: string[] = [];
  let left = SIZE - encoder.encode(before + after).length;
  for (let index = 0;; index++) {
    const next = (index === 0 ? "" : separator) + item(index);
    left -= encoder.encode(next).length;
    if (left < 0) return before + items.join("") + after;
    items.push(next);
  }
}

const LISTS = ["[", "]"] as const;
const OBJECT = ["{", "}"] as const;

/** A list under a key. */
function list(key: string): readonly [string, string] {
  return [`{"${key}":[`, "]}"];
}

/** A string under a key. */
function text(key: string): readonly [string, string] {
  return [`{"${key}":"`, '"}'];
}

function call(key: string, value: string): string {
  return JSON.stringify({ [key]: value });
}

/** Other characters each time, none of them ASCII. */
function ideograph(index: number): string {
  return String.fromCharCode(0x4e00 + (index * 7919) % 20_000);
}

function ideographs(length: number): string {
  return Array.from({ length }, (_, index) => ideograph(index)).join("");
}

/** Texts of arguments that are as slow to judge as 64 KiB can be made, by name. */
export const HEAVY_ARGUMENTS: Readonly<Record<string, string>> = {
  "nesting to the end": "[".repeat(SIZE / 2) + "]".repeat(SIZE / 2),
  "an open bracket to the end": "[".repeat(SIZE),
  "lists 32 deep": filled(LISTS, () => "[".repeat(31) + "]".repeat(31)),
  "objects 32 deep": filled(
    list("a"),
    () => `${'{"a":'.repeat(30)}1${"}".repeat(30)}`,
  ),
  "long keys in each other": `${
    filled(["", "1"], () => `{"${"k".repeat(2_100)}":`, "")
  }${"}".repeat(31)}`,
  "objects with a key each": filled(
    list("path"),
    (n) => `{"${n.toString(36)}":1}`,
  ),
  "unique objects with a key each": filled(
    list("unique"),
    (n) => `{"${n.toString(36)}":1}`,
  ),
  "as many objects as there may be": `{"path":[${
    Array.from(
      { length: 2040 },
      (_, n) => `{"${`${n.toString(36)}_`.padEnd(24, "k")}":1}`,
    ).join(",")
  }]}`,
  "many short keys": filled(OBJECT, (n) => `"${n.toString(36)}":1`),
  "many keys": filled(OBJECT, (n) => `"k${n}":1`),
  "many keys that are numbers": filled(OBJECT, (n) => `"${n}":1`),
  "many keys in reverse": filled(OBJECT, (n) => `"${99_999 - n}":1`),
  "many keys in no order": filled(
    OBJECT,
    (n) => `"${1_000_000 + n * 7919 % 100_003}":1`,
  ),
  "many keys with escapes": filled(OBJECT, (n) => `"\\u0061${n}":1`),
  "many keys with a flaw": filled(OBJECT, (n) => `"${n}\\ud800":1`),
  "many small objects": filled(list("tags"), (n) => `{"${n}":1}`),
  "many empty objects": filled(list("text"), () => "{}"),
  "one key many times": filled(OBJECT, () => '"a":1'),
  "a key twice, at both ends": filled(
    ['{"z":1,', ',"z":1}'],
    (n) => `"k${n}":1`,
  ),
  "a forbidden key at the end": filled(
    ["{", ',"__proto__":1}'],
    (n) => `"k${n}":1`,
  ),
  "one long key": `{"${"k".repeat(SIZE - 10)}":1}`,
  "a long key twice": `{"${"k".repeat(32_000)}":1,"${"k".repeat(32_000)}":1}`,
  "numbers for a path": filled(list("path"), () => "1"),
  "empty strings for a query": filled(list("query"), () => '""'),
  "lists for a URL": filled(list("url"), () => "[]"),
  "objects for unique tags": filled(list("unique"), (n) => `{"${n}":1}`),
  "numbers for unique tags": filled(list("unique"), (n) => `${n}`),
  "strings for unique tags": filled(list("unique"), (n) => `"${n}"`),
  "the largest numbers": filled(list("query"), () => "1e308"),
  "numbers out of range": filled(list("query"), () => "1e400"),
  "numbers next to zero": filled(list("query"), (n) => `4.94${n}e-324`),
  "numbers of 17 digits": filled(
    list("query"),
    (n) => `0.1234567890123${n}`,
  ),
  "numbers of 780 digits": filled(
    list("query"),
    () => `0.${"123456789".repeat(87)}`,
  ),
  "integers of 15 digits": filled(list("query"), (n) => `${1e14 + n}`),
  "one long integer": `{"query":${"9".repeat(SIZE - 10)}}`,
  "one long fraction": `{"query":0.${"9".repeat(SIZE - 12)}}`,
  "one huge exponent": `{"query":1e${"9".repeat(SIZE - 12)}}`,
  "words that are no strings": filled(list("query"), () => "false"),
  "one long string": filled(text("query"), () => "a", ""),
  "a string of escapes": filled(text("query"), () => "\\n", ""),
  "a string of escaped letters": filled(text("query"), () => "\\u00e9", ""),
  "a string of quotes": filled(text("query"), () => '\\"', ""),
  "a string of NUL": filled(text("query"), () => "\\u0000", ""),
  "a string of lone surrogates": filled(text("path"), () => "\\ud800", ""),
  "a string of two-byte letters": filled(text("text"), () => "é", ""),
  "a string without an end": `{"query":"${'\\"'.repeat(SIZE / 2 - 6)}`,
  "a quote to the end": '"'.repeat(SIZE),
  "spaces after a string": `{"query":"a"${" ".repeat(SIZE - 13)}}`,
  "spaces after many strings": filled(LISTS, () => `""${" ".repeat(62)}`),
  "a file's text": JSON.stringify({
    path: "in.md",
    content: "line\n".repeat(10_000),
  }),
  "a path of 2048 names": call("path", `${"a/".repeat(2047)}b`),
  "a path of 64 long names": call("path", `${"b".repeat(62)}/`.repeat(64)),
  "a path of 64 short names": call("path", `${"b/".repeat(63)}b`),
  "a path that goes up and down": call("path", `${"a/../".repeat(800)}b`),
  "a path that goes up and down 31 times": call(
    "path",
    `${"a/../".repeat(31)}b`,
  ),
  "a path of dots": call("path", `${"./".repeat(2000)}b`),
  "a path of slashes": call("path", `${"/".repeat(4000)}b`),
  "a path of 64 KiB": filled(text("path"), () => "a/", ""),
  "percent signs encoded over and over": call(
    "path",
    Array(15).fill(`%${"25".repeat(126)}2e`).join("/"),
  ),
  "a path of percent signs": call(
    "path",
    Array(15).fill("%25".repeat(84)).join("/"),
  ),
  "dots encoded over and over": filled(text("path"), () => "%252e", ""),
  "a ligature of 18 letters": call(
    "path",
    Array(15).fill("\ufdfa".repeat(84)).join("/"),
  ),
  "combining characters in no order": call(
    "path",
    Array(15).fill(`a${"\u0315\u0300\u0327\u0345".repeat(31)}`).join("/"),
  ),
  "combining characters to the end": filled(
    text("path"),
    () => "\u0315\u0300\u0327\u0345",
    "",
  ),
  "a URL of 64 KiB": filled(text("url"), () => "https://a.test/", ""),
  "a host of 64 KiB": filled(['{"url":"https://', '/"}'], () => "a", ""),
  "labels of 64 KiB": filled(['{"url":"https://', '/"}'], () => "ü.", ""),
  "ideographs of 64 KiB": filled(
    ['{"url":"https://', '/"}'],
    ideograph,
    "",
  ),
  "a host of 2 KiB": call("url", `https://${"a".repeat(2030)}/`),
  "a host of ideographs": call("url", `https://${ideographs(2030)}/`),
  "labels of ideographs": call(
    "url",
    `https://${[...ideographs(1000)].join(".")}/`,
  ),
  "a host of combining characters": call(
    "url",
    `https://a${"\u0315\u0300\u0327\u0345".repeat(500)}/`,
  ),
  "a host of encoded letters": call("url", `https://${"%41".repeat(670)}/`),
  "a host in punycode": call(
    "url",
    `https://xn--${"a".repeat(1000)}-${"z".repeat(1000)}/`,
  ),
  "subdomains of a host": call(
    "url",
    `https://${"a.".repeat(1000)}fixtures.local/`,
  ),
  "a URL that goes up and down": call(
    "url",
    `https://fixtures.local/${"a/../".repeat(400)}`,
  ),
  "numbers for an address": call("url", `https://${"1.".repeat(1000)}/`),
  "colons for an address": call("url", `https://[${":".repeat(2000)}]/`),
  "many paths of missing files": filled(list("paths"), (n) => `"${n}"`),
  "many paths of one file": filled(list("paths"), () => '"in.md"'),
  "64 paths of missing files": JSON.stringify({
    paths: Array.from({ length: 64 }, (_, n) => `${n}`),
  }),
  "many URLs": filled(list("urls"), (n) => `"https://fixtures.local/${n}"`),
  "many URLs of no host": filled(list("urls"), () => '"https:"'),
};

/** Names of tools that are as slow to judge as 64 KiB can be made. */
export const HEAVY_NAMES: Readonly<Record<string, string>> = {
  "a long name": "n".repeat(SIZE),
  "a name of quotes": '"'.repeat(SIZE),
  "a name of lone surrogates": "\ud800".repeat(SIZE / 3),
};
