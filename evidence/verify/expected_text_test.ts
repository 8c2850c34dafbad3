import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import { expectedText } from "./expected_text.ts";

const encoder = new TextEncoder();

function* chunked(text: string, size: number): Generator<Uint8Array> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.slice(at, at + size);
  }
}

function digestOf(text: string) {
  const bytes = encoder.encode(text);
  return { sha256: hash("sha256", bytes), bytes: bytes.length };
}

/** Compares texts that come in pieces of some size. */
function compared(expected: string, stored: string, size: number) {
  const text = expectedText(chunked(stored, size));
  for (let at = 0; at < expected.length; at += size) {
    text.append(expected.slice(at, at + size));
  }
  const digest = text.end();
  return { digest, difference: text.difference, stored: text.stored() };
}

const LONG = Array.from({ length: 20_000 }, (_, n) => `line ${n} ä\n`).join("");

const CASES: readonly {
  readonly name: string;
  readonly expected: string;
  readonly stored: string;
  readonly line?: number;
}[] = [
  { name: "nothing", expected: "", stored: "" },
  { name: "the same", expected: "a\nb\n", stored: "a\nb\n" },
  { name: "the same, long", expected: LONG, stored: LONG },
  { name: "another first line", expected: "a\nb\n", stored: "x\nb\n", line: 1 },
  { name: "another last line", expected: "a\nb\n", stored: "a\nx\n", line: 2 },
  {
    name: "another line much later",
    expected: LONG,
    stored: LONG.replace("line 15000 ", "line 15001 "),
    line: 15_001,
  },
  {
    name: "other line breaks",
    expected: "a\nb\n",
    stored: "a\r\nb\n",
    line: 1,
  },
  {
    name: "an end that is missing",
    expected: "a\nb\n",
    stored: "a\n",
    line: 2,
  },
  { name: "a torn end", expected: "a\nb\n", stored: "a\nb", line: 2 },
  { name: "nothing stored", expected: "a\n", stored: "", line: 1 },
  { name: "a line more", expected: "a\n", stored: "a\nb\n", line: 2 },
  { name: "something for nothing", expected: "", stored: "a\n", line: 1 },
  {
    name: "a tail much later",
    expected: LONG,
    stored: `${LONG}${LONG}`,
    line: 20_001,
  },
];

for (const { name, expected, stored, line } of CASES) {
  Deno.test(`expectedText() compares ${name} in pieces of any size`, () => {
    for (const size of [1, 7, 4096, 2 ** 20]) {
      const found = compared(expected, stored, size);
      assertEquals(found.difference?.line, line, `pieces of ${size}`);
      assertEquals(found.digest, digestOf(expected));
      assertEquals(found.stored, digestOf(stored));
    }
  });
}

Deno.test("expectedText() shows the whole line as it should be and as it is", () => {
  const { difference } = compared("a\nsoll so\nb\n", "a\nsoll nicht\nb\n", 99);
  assertEquals(difference, {
    line: 2,
    expected: "soll so",
    found: "soll nicht",
  });
});

Deno.test("expectedText() compares no more once it is abandoned", () => {
  const text = expectedText(chunked("a\nb\n", 99));
  text.append("a\n");
  text.abandon();
  text.append("x\n");
  assertEquals(text.difference, undefined);
  assertEquals(text.stored(), digestOf("a\nb\n"));
});

Deno.test("expectedText() keeps what differed before it was abandoned", () => {
  const text = expectedText(chunked("a\nb\n", 99));
  text.append("x\n");
  text.abandon();
  assertEquals(text.difference?.line, 1);
});
