import { assertEquals } from "@std/assert";
import { byteLines } from "./byte_lines.ts";

const encoder = new TextEncoder();

/** Splits text that comes in chunks of some size, in one buffer. */
function* chunked(text: string, size: number): Generator<Uint8Array> {
  const bytes = encoder.encode(text);
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

for (
  const { text, lines } of [
    { text: "", lines: [] },
    { text: "\n", lines: [["", true]] },
    { text: "a", lines: [["a", false]] },
    { text: "a\n", lines: [["a", true]] },
    {
      text: "a\n\nbc\nd",
      lines: [["a", true], ["", true], ["bc", true], ["d", false]],
    },
    { text: "ä€😀\nö", lines: [["ä€😀", true], ["ö", false]] },
  ]
) {
  Deno.test(`byteLines() splits ${JSON.stringify(text)} however it comes`, () => {
    for (const size of [1, 2, 3, 100]) {
      const found = Array.from(
        byteLines(chunked(text, size)),
        ({ bytes, terminated }) => [
          new TextDecoder().decode(bytes),
          terminated,
        ],
      );
      assertEquals(found, lines, `chunks of ${size}`);
    }
  });
}

Deno.test("byteLines() numbers lines from 1", () => {
  const lines = [...byteLines(chunked("a\nb\nc", 2))];
  assertEquals(lines.map(({ line }) => line), [1, 2, 3]);
});

for (
  const { text, terminated } of [
    { text: "123\n\n1\n", terminated: [true, true, true] },
    { text: "123\n123", terminated: [true, false] },
  ]
) {
  Deno.test(`byteLines() cuts nothing off ${JSON.stringify(text)} at three bytes`, () => {
    for (const size of [1, 3, 100]) {
      const lines = [...byteLines(chunked(text, size), 3)];
      assertEquals(lines.map((each) => each.terminated), terminated);
      assertEquals(lines.some(({ cut }) => cut), false, `chunks of ${size}`);
    }
  });
}

Deno.test("byteLines() keeps at most its limit of a line, and stops after a longer one", () => {
  for (const size of [1, 3, 100]) {
    let chunks = 0;
    const counted = function* () {
      for (const chunk of chunked("123\n12345678\n1\n".padEnd(900), size)) {
        chunks += 1;
        yield chunk;
      }
    };
    const lines = Array.from(
      byteLines(counted(), 3),
      ({ line, bytes, cut }) => [line, bytes.length, cut],
    );
    assertEquals(lines, [[1, 3, false], [2, 4, true]], `chunks of ${size}`);
    assertEquals(chunks, Math.ceil(8 / size), `chunks of ${size}`);
  }
});
