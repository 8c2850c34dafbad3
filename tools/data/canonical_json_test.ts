import { assertEquals, assertThrows } from "@std/assert";
import { canonicalJson } from "./canonical_json.ts";

for (
  const { value, text } of [
    { value: null, text: "null" },
    { value: true, text: "true" },
    { value: -0, text: "0" },
    { value: 1e21, text: "1e+21" },
    { value: 333333333.33333329, text: "333333333.3333333" },
    { value: 4.5e-7, text: "4.5e-7" },
    { value: '€$\u000f\nA\'B"\\"/', text: '"€$\\u000f\\nA\'B\\"\\\\\\"/"' },
    { value: [], text: "[]" },
    { value: [1, [], "a", { b: 2 }], text: '[1,[],"a",{"b":2}]' },
    { value: {}, text: "{}" },
    {
      value: { b: 1, a: { d: [], c: {} } },
      text: '{"a":{"c":{},"d":[]},"b":1}',
    },
    { value: { 10: 1, 9: 2, "": 3 }, text: '{"":3,"10":1,"9":2}' },
    {
      // The keys of RFC 8785, 3.2.3: by UTF-16 code units.
      value: {
        "\u20ac": 1,
        "\r": 2,
        "\ufb33": 3,
        "1": 4,
        "\ud83d\ude00": 5,
        "\u0080": 6,
        "\u00f6": 7,
      },
      text:
        '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    },
  ]
) {
  Deno.test(`canonicalJson() writes ${text}`, () => {
    assertEquals(canonicalJson(value), text);
  });
}

for (const value of ["\ud800", ["a\udc00"], { "\ud800": 1 }]) {
  Deno.test(`canonicalJson() refuses ${JSON.stringify(value)}`, () => {
    assertThrows(() => canonicalJson(value), RangeError, "lone surrogate");
  });
}
