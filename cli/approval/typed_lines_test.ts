import { assertEquals, assertRejects } from "@std/assert";
import { typedLines } from "./typed_lines.ts";

const { signal } = new AbortController();

/** Bytes as they come from a keyboard, a piece for each read; `error` when there are no more. */
async function* typed(
  pieces: readonly (string | readonly number[])[],
  error?: Error,
): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) {
    yield typeof piece === "string"
      ? new TextEncoder().encode(piece)
      : Uint8Array.from(piece);
  }
  if (error !== undefined) throw error;
}

for (
  const { what, pieces, want } of [
    { what: "a line for each read", pieces: ["a\n", "b\n"], want: ["a", "b"] },
    {
      what: "several lines at once",
      pieces: ["a\n\nb\n"],
      want: ["a", "", "b"],
    },
    { what: "a line in pieces", pieces: ["a", "b", "c\n"], want: ["abc"] },
    {
      what: "a character in pieces",
      pieces: [[0xc3], [0xa9, 0xf0, 0x9f], [0x99, 0x82, 0x0a]],
      want: ["é🙂"],
    },
    {
      what: "line ends of two characters",
      pieces: ["a\r\nb\r", "\n"],
      want: ["a", "b"],
    },
    { what: "no unfinished line", pieces: ["a\n", "yes"], want: ["a"] },
    { what: "nothing", pieces: [], want: [] },
  ]
) {
  Deno.test(`typedLines() reads ${what}, then the end`, async () => {
    const line = typedLines(typed(pieces));
    for (const each of [...want, null, null]) {
      assertEquals(await line(signal), each);
    }
  });
}

Deno.test("typedLines() reads only when a line is asked for", async () => {
  let reads = 0;
  async function* counted() {
    for await (const bytes of typed(["a\n", "b\n"])) {
      reads += 1;
      yield bytes;
    }
  }
  const line = typedLines(counted());
  assertEquals(reads, 0);
  await line(signal);
  assertEquals(reads, 1);
});

Deno.test("typedLines() stops waiting when the signal aborts, and loses no line", async () => {
  const keyboard = Promise.withResolvers<string>();
  async function* slow() {
    yield* typed([await keyboard.promise, "b\n"]);
  }
  const line = typedLines(slow());
  const controller = new AbortController();
  const waiting = line(controller.signal);
  controller.abort();
  assertEquals(await waiting, null);
  assertEquals(await line(controller.signal), null);
  keyboard.resolve("a\n");
  assertEquals([await line(signal), await line(signal)], ["a", "b"]);
});

Deno.test("typedLines() gives no line to who has stopped waiting when it comes", async () => {
  const keyboard = Promise.withResolvers<string>();
  async function* slow() {
    yield* typed([await keyboard.promise]);
  }
  const line = typedLines(slow());
  const controller = new AbortController();
  const waiting = line(controller.signal);
  keyboard.resolve("y\n");
  // Both are there before anybody hears of either.
  controller.abort();
  assertEquals([await waiting, await line(signal)], [null, "y"]);
});

Deno.test("typedLines() says so when the input cannot be read", async () => {
  const line = typedLines(typed(["a\n"], new Error("The terminal is gone")));
  assertEquals(await line(signal), "a");
  await assertRejects(() => line(signal), Error, "The terminal is gone");
});
