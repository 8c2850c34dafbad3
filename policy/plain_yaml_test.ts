import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "./input_error.ts";
import { refuseIndirection } from "./plain_yaml.ts";
import text from "./v1.yaml" with { type: "text" };

Deno.test("refuseIndirection() has nothing against the committed policy", () => {
  refuseIndirection(text, "p.yaml");
});

for (
  const fine of [
    "a: 10",
    "a: 0",
    "a: -1",
    'a: ["*.example.com", \'*.b.c\', 127.0.0.1:8080, "010"]',
    "# &a *b !c 010",
    "a: x # *b",
    "a: a&b*c!d",
    'a: "x \\" *b"',
    "a: 'it''s *b'",
    "a: 1.2.3.4",
    "a: v1_2",
  ]
) {
  Deno.test(`refuseIndirection() has nothing against ${fine}`, () => {
    refuseIndirection(fine, "p.yaml");
  });
}

for (
  const { odd, line } of [
    { odd: "a: !!str b", line: 1 },
    { odd: "a: !x b", line: 1 },
    { odd: "a:\n  - &x b", line: 2 },
    { odd: "a: [&x b]", line: 1 },
    { odd: "a: [b,*x]", line: 1 },
    { odd: "a: {b: *x}", line: 1 },
    { odd: "<<: *x", line: 1 },
    { odd: "&x a: b", line: 1 },
    { odd: "a: 'b\n  c'\nd: *x", line: 3 },
    { odd: "- *.example.com", line: 1 },
    { odd: "a: 010", line: 1 },
    { odd: "a: 1_000", line: 1 },
    { odd: "a: 0x10", line: 1 },
    { odd: "a: 0o10", line: 1 },
    { odd: "a: 0b1", line: 1 },
    { odd: "a: 1e3", line: 1 },
    { odd: "a: 1.0", line: 1 },
    { odd: "a: +010", line: 1 },
    { odd: "a: [1, 0_1]", line: 1 },
  ]
) {
  Deno.test(`refuseIndirection() refuses ${JSON.stringify(odd)}`, () => {
    const error = assertThrows(
      () => refuseIndirection(odd, "p.yaml"),
      InputError,
    );
    assertEquals(error instanceof InputError && error.problems[0]?.line, line);
  });
}
