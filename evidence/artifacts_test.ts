import { assertEquals } from "@std/assert";
import { memorySink } from "./artifacts.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("memorySink() keeps each artifact's text in the order in which it came", () => {
  const sink = memorySink();
  sink.append("state.jsonl", bytes("1\n"));
  sink.append("trace.json", bytes("{"));
  sink.sync();
  sink.append("state.jsonl", bytes("2\n"));
  sink.append("trace.json", bytes("}"));
  sink.commit();
  assertEquals([...sink.artifacts], [
    ["state.jsonl", "1\n2\n"],
    ["trace.json", "{}"],
  ]);
});

Deno.test("memorySink() has nothing before something is appended", () => {
  assertEquals(memorySink().artifacts.size, 0);
});
