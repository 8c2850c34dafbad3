import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "./nearest.ts";

const TOOLS = ["search", "fetch", "read", "write", "summarize"];

for (
  const { word, want, known = TOOLS } of [
    { word: "serach", want: "search" },
    { word: "serch", want: "search" },
    { word: "searchh", want: "search" },
    { word: "xearch", want: "search" },
    { word: "Search", want: "search" },
    { word: "READ", want: "read" },
    { word: "sumarise", want: "summarize" },
    { word: "sum", want: "summarize" },
    { word: "esarhc", want: undefined },
    { word: "research", want: undefined },
    { word: "su", want: undefined },
    { word: "shell", want: undefined },
    { word: "", want: undefined },
    { word: "x".repeat(1_000_000), want: undefined },
    { word: "a", want: undefined, known: ["b"] },
    { word: "polcy", want: "policy", known: ["policies", "policy"] },
    { word: "pg3", want: undefined, known: ["pg3_loop", "pg3_tokens"] },
    { word: "pg1", want: "pg1_url", known: ["pg1_url", "pg2_path"] },
    { word: "constructor", want: undefined, known: [] },
  ]
) {
  Deno.test(`nearest() takes "${word.slice(0, 20)}" for ${want ?? "nothing"}`, () => {
    assertEquals(nearest(word, known), want);
  });
}

Deno.test("didYouMean() ends a sentence with a question, or not at all", () => {
  assertEquals(didYouMean("serach", TOOLS), '; did you mean "search"?');
  assertEquals(didYouMean("shell", TOOLS), "");
});
