import { assertEquals, assertRejects } from "@std/assert";
import { eventData, eventText } from "./event_stream.ts";

async function read(texts: readonly string[], maxLength = 100) {
  async function* given() {
    for (const each of texts) yield await Promise.resolve(each);
  }
  return await Array.fromAsync(eventData(given(), { maxLength }));
}

Deno.test("eventData() reads what eventText() writes", async () => {
  assertEquals(await read([eventText("a") + eventText("b")]), ["a", "b"]);
});

Deno.test("eventData() puts events together, however they are cut", async () => {
  assertEquals(
    await read(["da", "ta: a\r", "\ndata:b\n", "\n", ": note\nid: 1\n\n"]),
    ["a\nb"],
  );
});

Deno.test("eventData() leaves out an event that does not end", async () => {
  assertEquals(await read(["data: a\n"]), []);
});

Deno.test("eventData() takes no event that is too long", async () => {
  await assertRejects(() => read(["data: ", "a".repeat(200)]), RangeError);
});
