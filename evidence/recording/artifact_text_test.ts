import { assertEquals, assertThrows } from "@std/assert";
import { hash } from "node:crypto";
import { artifactText } from "./artifact_text.ts";

/** A text whose writes are kept, each as the text of its bytes. */
function kept() {
  const writes: string[] = [];
  const text = artifactText((bytes) =>
    writes.push(new TextDecoder().decode(bytes))
  );
  return { text, writes };
}

Deno.test("artifactText() writes small pieces together when it is flushed", () => {
  const { text, writes } = kept();
  for (const piece of ["a", "", "ä", "😀\n"]) text.append(piece);
  assertEquals(writes, []);
  text.flush();
  assertEquals(writes, ["aä😀\n"]);
});

Deno.test("artifactText() writes nothing when nothing waits", () => {
  const { text, writes } = kept();
  text.flush();
  text.append("a");
  text.flush();
  text.flush();
  text.append("");
  text.flush();
  assertEquals(writes, ["a"]);
});

Deno.test("artifactText() does not let more than 64 KiB wait", () => {
  const { text, writes } = kept();
  for (let count = 0; count < 9; count++) text.append("a".repeat(5_000));
  assertEquals(writes.length, 0);
  for (let count = 0; count < 9; count++) text.append("b".repeat(5_000));
  assertEquals(writes.map((each) => each.length), [55_000]);
  text.flush();
  assertEquals(writes.map((each) => each.length), [55_000, 35_000]);
});

Deno.test("artifactText() writes a long piece as one", () => {
  const { text, writes } = kept();
  text.append("a");
  text.append("😀".repeat(65_536));
  assertEquals(writes.map((each) => each.length), [1, 131_072]);
  text.append("b");
  text.flush();
  assertEquals(writes.at(-1), "b");
});

Deno.test("artifactText() tells the SHA-256 and the number of all bytes", () => {
  const { text, writes } = kept();
  const piece = "ä€😀\n".repeat(9_999);
  for (let count = 0; count < 3; count++) text.append(piece);
  text.flush();
  text.append("end\n");
  const bytes = new TextEncoder().encode(`${piece.repeat(3)}end\n`);
  assertEquals(text.end(), {
    sha256: hash("sha256", bytes),
    bytes: bytes.length,
  });
  assertEquals(writes.join(""), `${piece.repeat(3)}end\n`);
});

Deno.test("artifactText() of nothing is empty", () => {
  const { text, writes } = kept();
  assertEquals(text.end(), {
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    bytes: 0,
  });
  assertEquals(writes, []);
});

Deno.test("artifactText() does not write again what could not be written", () => {
  let tries = 0;
  const text = artifactText(() => {
    tries += 1;
    throw new Error("The disk is full");
  });
  text.append("a");
  assertThrows(() => text.flush(), Error, "The disk is full");
  text.flush();
  assertEquals(tries, 1);
});
