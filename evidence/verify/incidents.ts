import { isObject } from "../../tools/data/json.ts";
import { byteLines } from "./byte_lines.ts";

/** Finds the lines of an incidents.jsonl that cannot be read. */
export function* unreadableIncidents(
  chunks: Iterable<Uint8Array>,
): Generator<number, void> {
  for (const { line, bytes, terminated, cut } of byteLines(chunks)) {
    if (cut || !terminated || !holdsObject(bytes)) yield line;
  }
}

function holdsObject(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
