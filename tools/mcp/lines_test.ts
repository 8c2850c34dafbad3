import { assertEquals } from "@std/assert";
import { byteLines } from "./lines.ts";

async function read(
  chunks: readonly (string | Uint8Array)[],
  maxBytes = 100,
): Promise<unknown[]> {
  const encoder = new TextEncoder();
  async function* given() {
    for (const each of chunks) {
      yield await Promise.resolve(
        typeof each === "string" ? encoder.encode(each) : each,
      );
    }
  }
  return await Array.fromAsync(byteLines(given(), { maxBytes }));
}

Deno.test("byteLines() puts lines together, however they are cut", async () => {
  assertEquals(await read(["a\nb", "c\r\n\n", "d\n"]), ["a", "bc", "d"]);
});

Deno.test("byteLines() puts a character together that is cut in two", async () => {
  const [first, ...rest] = new TextEncoder().encode("ä\n");
  assertEquals(
    await read([new Uint8Array([first ?? 0]), new Uint8Array(rest)]),
    ["ä"],
  );
});

Deno.test("byteLines() leaves out a last line that is not ended", async () => {
  assertEquals(await read(["a\nb"]), ["a"]);
});

Deno.test("byteLines() goes on after a line that is not UTF-8", async () => {
  for (const bytes of [[255, 10], [0xe2, 0x82, 10]]) {
    assertEquals(await read([new Uint8Array(bytes), "a\n"]), [
      { fault: "a line is not UTF-8" },
      "a",
    ]);
  }
});

Deno.test("byteLines() stops at a line that is too long", async () => {
  assertEquals(await read(["a\n", "bbb", "bbb", "\nc\n"], 5), [
    "a",
    { fault: "a line is longer than 5 bytes" },
  ]);
});

Deno.test("byteLines() keeps what it read when a buffer is used again", async () => {
  const buffer = new TextEncoder().encode("ab");
  async function* given() {
    yield await Promise.resolve(buffer);
    buffer.set([0x63, 0x0a]);
    yield buffer;
  }
  assertEquals(
    await Array.fromAsync(byteLines(given(), { maxBytes: 9 })),
    ["abc"],
  );
});
