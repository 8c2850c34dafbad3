import { assertEquals } from "@std/assert";
import { findingList } from "./finding_list.ts";

const message = "x";

Deno.test("findingList() puts the ledger first, and each file in the order of its lines", () => {
  const list = findingList();
  list.add("file_unexpected", { artifact: "a.txt", message });
  list.add("differs", { artifact: "manifest.json", line: 3, message });
  list.add("differs", { artifact: "trace.json", line: 9, message });
  list.add("wrong_totals", { artifact: "state.jsonl", line: 8, message });
  list.add("wrong_hash", { artifact: "state.jsonl", line: 2, message });
  assertEquals(
    list.list().map(({ artifact, line }) => [artifact, line]),
    [
      ["state.jsonl", 2],
      ["state.jsonl", 8],
      ["trace.json", 9],
      ["manifest.json", 3],
      ["a.txt", undefined],
    ],
  );
});

Deno.test("findingList() keeps the first finding of a line", () => {
  const list = findingList();
  list.add("wrong_hash", { artifact: "state.jsonl", line: 2, message });
  list.add("wrong_seq", { artifact: "state.jsonl", line: 2, message });
  list.add("differs", { artifact: "trace.json", line: 2, message });
  assertEquals(
    list.list().map(({ code }) => code),
    ["wrong_hash", "differs"],
  );
  assertEquals(list.unlisted, 0);
});

Deno.test("findingList() lists ten findings of a code in a file and counts the others", () => {
  const list = findingList();
  for (let line = 1; line <= 13; line++) {
    list.add("wrong_hash", { artifact: "state.jsonl", line, message });
  }
  list.add("wrong_seq", { artifact: "state.jsonl", line: 14, message });
  assertEquals(list.list().length, 11);
  assertEquals(list.unlisted, 3);
});
