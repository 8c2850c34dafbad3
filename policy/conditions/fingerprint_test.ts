import { assertEquals } from "@std/assert";
import { fingerprint } from "./fingerprint.ts";

Deno.test("fingerprint() may have what stands in its texts, and what is too short to tell", () => {
  const parts = fingerprint();
  parts.add("a secret");
  parts.add("Straße 😀");
  for (const part of ["a secret", "ecre", "raße", "e 😀", "se", "z", ""]) {
    assertEquals(parts.mayHave(part), true, part);
  }
});

Deno.test("fingerprint() does not have what stands in none of its texts", () => {
  const parts = fingerprint();
  parts.add("a secret");
  for (const part of ["secretly", "public", "SECRET"]) {
    assertEquals(parts.mayHave(part), false, part);
  }
  assertEquals(fingerprint().mayHave("abc"), false);
});
