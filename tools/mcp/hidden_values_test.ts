import { assertEquals, assertStrictEquals } from "@std/assert";
import { hiddenValues } from "./hidden_values.ts";

const { json, text } = hiddenValues([
  { name: "A", value: "secret-value" },
  { name: "B", value: "secret-value-longer" },
  { name: "Q", value: 'with"quote/and more' },
]);

Deno.test("hiddenValues() replaces values in texts, keys and lists, the longest first", () => {
  assertEquals(
    json({
      "k secret-value": ["secret-value-longer", { x: "asecret-valueb" }],
    }),
    { "k [env:A]": ["[env:B]", { x: "a[env:A]b" }] },
  );
});

Deno.test("hiddenValues() finds a value that JSON, a URL or base64 spells", () => {
  assertEquals(text('{"a":"with\\"quote/and more"}'), '{"a":"[env:Q]"}');
  assertEquals(text("?a=with%22quote%2Fand%20more"), "?a=[env:Q]");
  assertEquals(text(`Basic ${btoa("secret-value")}`), "Basic [env:A]");
});

Deno.test("hiddenValues() gives back what has nothing to hide as it is", () => {
  const value = { a: [1, "b", null, { c: true }] };
  assertStrictEquals(json(value), value);
  assertStrictEquals(hiddenValues([]).json(value), value);
});

Deno.test("hiddenValues() keeps a key that reaches a prototype a key", () => {
  const value = JSON.parse('{"__proto__":"secret-value"}');
  assertEquals(JSON.stringify(json(value)), '{"__proto__":"[env:A]"}');
});
