import type { Json, JsonObject } from "../data/json.ts";
import { sha256Text } from "../data/sha256.ts";
import { MAX_RESULT_LENGTH } from "../result_length.ts";

/** How much of a larger one is recorded, in UTF-16 code units. */
const HEAD = 4096;

/** What is recorded of a result; `isWhole` says whether it is all of it. */
export interface RecordedResult {
  readonly isWhole: boolean;
  readonly recorded: JsonObject;
  /** All of it. */
  readonly json: string;
}

/**
 * What is put on record of a server's result. One with more than 4,194,304
 * characters of JSON is recorded by its length in bytes of UTF-8, their SHA-256,
 * and how it begins.
 */
export function recordedResult(result: JsonObject): RecordedResult {
  const json = JSON.stringify(result);
  if (json.length <= MAX_RESULT_LENGTH) {
    return { isWhole: true, recorded: result, json };
  }
  const large: Json = {
    bytes: new TextEncoder().encode(json).length,
    sha256: sha256Text(json),
    head: json.slice(0, HEAD).toWellFormed(),
  };
  return { isWhole: false, recorded: { large_result: large }, json };
}
