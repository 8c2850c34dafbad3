import { assertEquals, assertThrows } from "@std/assert";
import { dataBlock, filesIn } from "./data_blocks.ts";

const BYTES = new Uint8Array([0, 255, 10, 60, 47, 115, 99, 114, 105, 112, 116]);

Deno.test("filesIn() takes out what dataBlock() wrote, byte for byte", () => {
  const page = `<p>${dataBlock("state.jsonl", BYTES)}\n${
    dataBlock("run_report.md", new Uint8Array())
  }</p>`;
  assertEquals(
    filesIn(page),
    new Map([["state.jsonl", BYTES], ["run_report.md", new Uint8Array()]]),
  );
});

for (const name of ['a"b.json', "state.jsonl ", "../x.json", "x.html", ""]) {
  Deno.test(`dataBlock() refuses the name ${JSON.stringify(name)}`, () => {
    assertThrows(() => dataBlock(name, BYTES), RangeError);
  });
}

Deno.test("filesIn() refuses a file that is there twice", () => {
  const block = dataBlock("state.jsonl", BYTES);
  assertThrows(() => filesIn(block + block), RangeError, "twice");
});

Deno.test("filesIn() refuses base64 with stray bits", () => {
  const block = dataBlock("state.jsonl", new Uint8Array([0]));
  assertThrows(() => filesIn(block.replace("AA==", "AB==")), RangeError);
});
