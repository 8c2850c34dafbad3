import { assertEquals } from "@std/assert";
import { vocabularyOf } from "./vocabulary.ts";

const WORDS = [
  ...["café", "cafe", "outage", "outages", "outrage", "catalogue", "catalogs"],
  ...["2025", "2026", "数据", "库", "数据库", "accounting", "rest", "test"],
];
const vocabulary = vocabularyOf(new Set(WORDS));

for (
  const { word, want } of [
    { word: "cafe", want: ["cafe"] },
    { word: "café", want: ["café"] },
    { word: "CAFÈ", want: ["cafe", "café"] },
    { word: "tea", want: [] },
  ]
) {
  Deno.test(`vocabularyOf() has spellings of ${word}`, () => {
    assertEquals(vocabulary.spellings(word), want);
  });
}

for (
  const { word, want } of [
    { word: "cafe", want: [["café"]] },
    { word: "outage", want: [["outages"], ["outrage"]] },
    { word: "outaeg", want: [["outage", "outages"]] },
    { word: "acounting", want: [["accounting"]] },
    { word: "acountimg", want: [["accounting"]] },
    { word: "catal", want: [["catalogs", "catalogue"]] },
    { word: "2027", want: [] },
    { word: "数据", want: [["数据库"]] },
    { word: "数据库", want: [["数据"]] },
    { word: "库", want: [["数据库"]] },
    { word: "bst", want: [] },
  ]
) {
  Deno.test(`vocabularyOf() finds words like ${word}`, () => {
    assertEquals([...vocabulary.similar(word)], want);
  });
}
