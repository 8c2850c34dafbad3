import { assert, assertEquals, assertThrows } from "@std/assert";
import { compilePattern } from "../data/pattern.ts";
import { re2Syntax } from "./re2_syntax.ts";

/** What ECMAScript knows under `u`, which must match the same texts. */
const SAME = [
  ...["^[a-z]+$", "a.c", "[^x]", "[]", "[^]", "^$", "a|b", "(?:ab)+?c"],
  ...[
    "\\d{2,3}",
    "\\D",
    "\\w+",
    "\\W",
    "\\s",
    "\\S",
    "[\\s]",
    "[\\S]",
    "[^\\s]",
  ],
  ...["\\bfoo\\b", "o\\B", "[\\b]", "\\t\\n\\v\\f\\r", "\\0", "\\cJ", "\\x41"],
  ...["\\u0041", "\\u{1F600}", "\\ud83d\\ude00", "[\\u{1F600}-\\u{1F64F}]"],
  ...[
    "\\/",
    "\\.",
    "[\\]\\-]",
    "[-a]",
    "[a-]",
    "[.-/]",
    "[[]",
    "[[:x]",
    "\\$\\^",
  ],
  ...[
    "(?<year>\\d{4})-(?<month>\\d\\d)",
    "\\p{L}",
    "\\p{Lu}",
    "[\\p{Letter}-]",
  ],
  ...["\\p{Script=Greek}", "\\P{L}", "^x?", "x{2}", "a{0,3}b"],
  ...["^https?://[^\\s/$.?#].[^\\s]*$", "^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$"],
];

const TEXTS = [
  ...[
    "",
    "a",
    "abc",
    "aBc",
    "a\nc",
    "a\rc",
    "a\u2028c",
    "foo bar",
    "food",
    "x",
  ],
  ...[
    "12",
    "1234-56",
    "A",
    "\u00a0",
    "\u3000",
    "\ufeff",
    "\v",
    "\b",
    "\0",
    "\n",
  ],
  ...[
    "😀",
    "😁x",
    "é",
    "É",
    "Ω",
    "ω",
    "[",
    "]",
    "-",
    ".",
    "/",
    "[:x",
    "\\",
    "$^",
  ],
  ...[
    "https://a.test/x",
    "a.b+c@d-e.test",
    "aab",
    "aaab",
    "ababc",
    "\t\n\v\f\r",
  ],
];

for (const pattern of SAME) {
  Deno.test(`re2Syntax() of ${pattern} matches as ECMAScript does`, () => {
    const { matches } = compilePattern(re2Syntax(pattern));
    const own = new RegExp(pattern, "u");
    for (const text of TEXTS) {
      const [found] = matches(text);
      assertEquals(found !== undefined, own.test(text), JSON.stringify(text));
    }
  });
}

/** What other languages write, read as it is meant. */
for (
  const { pattern, yes, no } of [
    { pattern: "^[\\w-.]+$", yes: "a-b.c", no: "a b" },
    { pattern: "^ftp\\:", yes: "ftp://x", no: "ftps" },
    { pattern: "^a\\-b\\_c\\ d\\é$", yes: "a-b_c dé", no: "ab_c dé" },
    { pattern: "^(?i)yes$", yes: "YES", no: "no" },
    { pattern: "^(?i:yes)!$", yes: "Yes!", no: "no!" },
    { pattern: "(?s)^a.b$", yes: "a\nb", no: "ab" },
    { pattern: "^(?P<name>x)$", yes: "x", no: "y" },
    { pattern: "\\Ax+\\Z", yes: "xx", no: "xx\n" },
    { pattern: "^[\\d-x]+$", yes: "1-x", no: "y" },
    { pattern: "^\\x{41}\\p{L}\\pL$", yes: "Aäö", no: "A1ö" },
    { pattern: "^[@#%&~`!\"']+$", yes: "@&~", no: "a" },
  ]
) {
  Deno.test(`re2Syntax() of ${pattern} matches what is meant`, () => {
    const { matches } = compilePattern(re2Syntax(pattern));
    assert([...matches(yes)].length > 0, yes);
    assertEquals([...matches(no)], [], no);
  });
}

for (
  const { pattern, message } of [
    { pattern: "^(?=.*\\d)x", message: "look-ahead" },
    { pattern: "(?!a)b", message: "look-ahead" },
    { pattern: "(?<=a)b", message: "look-behind" },
    { pattern: "(?<!a)b", message: "look-behind" },
    { pattern: "(a)\\1", message: "back-references" },
    { pattern: "(?<x>a)\\k<x>", message: "back-references" },
    { pattern: "\\y", message: "the escape \\y is not known" },
    { pattern: "[a", message: "a [ is never closed" },
    { pattern: "\\", message: "the escape \\ is not known" },
    { pattern: "\\p", message: "a \\p without a property" },
  ]
) {
  Deno.test(`re2Syntax() refuses ${pattern}`, () => {
    assertThrows(() => re2Syntax(pattern), SyntaxError, message);
  });
}
