import { assertEquals } from "@std/assert";
import { wordsOf } from "./words.ts";

const TEXTS = [
  { text: "The pump, the valve.", want: ["The", "pump", "the", "valve"] },
  { text: "a\tb\tc d", want: ["a", "b", "c", "d"] },
  { text: "if (count<=limit) x=y", want: ["if", "count", "limit", "x", "y"] },
  { text: "<p>tea</p>`milk`", want: ["p", "tea", "p", "milk"] },
  { text: "C++ costs 5€", want: ["C++", "costs", "5€"] },
  { text: "数据库连接池", want: ["数据", "库", "连接", "池"] },
  { text: "サーバーを再起動", want: ["サーバー", "を", "再", "起動"] },
  { text: "서버가 재시작", want: ["서버가", "재시작"] },
  { text: "ฐานข้อมูลเต็ม", want: ["ฐาน", "ข้อมูล", "เต็ม"] },
  { text: "ระบบAPIล่ม", want: ["ระบบ", "API", "ล่ม"] },
  { text: "API数据 v2", want: ["API", "数据", "v2"] },
];

for (const { text, want } of TEXTS) {
  Deno.test(`wordsOf() splits ${JSON.stringify(text)}`, () => {
    assertEquals(wordsOf(text).filter((word) => word !== ""), want);
  });
}
