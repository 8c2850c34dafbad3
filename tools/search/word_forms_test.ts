import { assertEquals } from "@std/assert";
import { foldWord, stemOf } from "./word_forms.ts";

const SPELLINGS = [
  ["Café", "cafe"],
  ["cafe\u0301", "cafe"],
  ["ＣＡＦＥ", "cafe"],
  ["Straße", "strasse"],
  ["STRASSE", "strasse"],
  ["İstanbul", "istanbul"],
  ["Diyarbakır", "diyarbakir"],
  ["Łódź", "lodz"],
  ["Ærø", "aero"],
  ["œuvre", "oeuvre"],
  ["Ёлка", "елка"],
  ["ΛΌΓΟΣ", "λογοσ"],
  ["λόγος", "λογοσ"],
  ["ﾃﾞｰﾀ", "データ"],
  ["がか", "がか"],
  ["ข้อมูล", "ข้อมูล"],
  ["서버", "서버"],
  ["كِتَاب", "كتاب"],
  ["إدارة", "اداره"],
  ["שָׁלוֹם", "שלום"],
  ["ﬁle", "file"],
] as const;

for (const [word, want] of SPELLINGS) {
  Deno.test(`foldWord() makes ${want} of ${word}`, () => {
    assertEquals(foldWord(word), want.normalize("NFC"));
  });
}

const INFLECTIONS = [
  ["outage", "outages"],
  ["cause", "caused", "causing", "causes"],
  ["battery", "batteries"],
  ["invoice", "invoicing"],
  ["plan", "planned", "planning", "plans"],
  ["서버", "서버가", "서버는", "서버에서", "서버로"],
  ["كتاب", "الكتاب", "والكتاب"],
] as const;

for (const words of INFLECTIONS) {
  Deno.test(`stemOf() takes ${words} for one word`, () => {
    assertEquals(new Set(words.map((word) => stemOf(foldWord(word)))).size, 1);
  });
}

Deno.test("stemOf() leaves a short Korean word whole", () => {
  assertEquals(stemOf("가을"), "가을");
});
