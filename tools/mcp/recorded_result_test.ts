import { assertEquals } from "@std/assert";
import { sha256Text } from "../data/sha256.ts";
import { recordedResult } from "./recorded_result.ts";

/** A result with so many characters of JSON. */
function resultOf(length: number) {
  const text = "ä".repeat(length - '{"a":""}'.length);
  return { a: text };
}

Deno.test("recordedResult() records 4 Mi characters whole", () => {
  const result = resultOf(4 * 2 ** 20);
  assertEquals(recordedResult(result).isWhole, true);
  assertEquals(recordedResult(result).recorded, result);
});

Deno.test("recordedResult() records more by length, hash and head", () => {
  const result = resultOf(4 * 2 ** 20 + 1);
  const { recorded, json, isWhole } = recordedResult(result);
  assertEquals(isWhole, false);
  assertEquals(json, JSON.stringify(result));
  assertEquals(recorded, {
    large_result: {
      bytes: new TextEncoder().encode(json).length,
      sha256: sha256Text(json),
      head: json.slice(0, 4096),
    },
  });
});
