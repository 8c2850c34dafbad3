import { assertEquals } from "@std/assert";
import { hash } from "node:crypto";
import { sha256 } from "./sha256.ts";

Deno.test("sha256() is the runtime's for every length up to where it is the runtime's", () => {
  for (let length = 0; length <= 4200; length += length < 300 ? 1 : 13) {
    const bytes = Uint8Array.from(
      { length },
      (_, index) => (index * 167 + length * 31) % 256,
    );
    assertEquals(sha256(bytes), hash("sha256", bytes), `${length} bytes`);
  }
});

Deno.test("sha256() reads the part of a buffer that it is given", () => {
  const buffer = Uint8Array.from({ length: 4096 }, (_, index) => index % 251);
  for (
    const [from, to] of [[0, 64], [1, 65], [63, 119], [999, 2000], [0, 4096]]
  ) {
    const part = buffer.subarray(from, to);
    assertEquals(sha256(part), hash("sha256", part.slice()));
  }
});
