import { assertEquals } from "@std/assert";
import { parseStrictJson } from "./strict_json.ts";

const LIMITS = { max_bytes: 100, max_depth: 3 };

const ACCEPTED = [
  { text: "{}", value: {} },
  {
    text: ' \n{"a" : [1, 2.5e3, -0.5, true, false, null] }\t',
    value: { a: [1, 2500, -0.5, true, false, null] },
  },
  { text: '{"a":{"x":1},"b":{"x":2}}', value: { a: { x: 1 }, b: { x: 2 } } },
  { text: '[{"x":1},{"x":2}]', value: [{ x: 1 }, { x: 2 }] },
  { text: '{"x":[{"x":1}]}', value: { x: [{ x: 1 }] } },
  { text: '"text"', value: "text" },
  { text: "7", value: 7 },
  {
    text: '{"a":"__proto__","b":"constructor"}',
    value: { a: "__proto__", b: "constructor" },
  },
  { text: '{"a":"{\\"b\\":1,\\"b\\":2}"}', value: { a: '{"b":1,"b":2}' } },
  { text: '{"a":"x\\\\","b":1}', value: { a: "x\\", b: 1 } },
  { text: '{"a":"\\"[\\"[\\"[\\"["}', value: { a: '"["["["[' } },
  { text: '{"a":"[[[[[["}', value: { a: "[[[[[[" } },
  { text: '{"a":"\\ud83d\\udd27"}', value: { a: "🔧" } },
  { text: '{"a":"tab\\t, line\\n"}', value: { a: "tab\t, line\n" } },
  { text: "[[[]]]", value: [[[]]] },
  { text: "[[[]],[[]],[[]]]", value: [[[]], [[]], [[]]] },
  { text: '{"":1}', value: { "": 1 } },
  { text: "1e308", value: 1e308 },
  { text: '{"a"\n\t\r :"b: c"}', value: { a: "b: c" } },
  {
    text: '{"\\u0061":1,"b":[true,false,null,-1E+2]}',
    value: { a: 1, b: [true, false, null, -100] },
  },
];

for (const { text, value } of ACCEPTED) {
  Deno.test(`parseStrictJson() accepts ${text}`, () => {
    assertEquals(parseStrictJson(text, LIMITS), { ok: true, value });
  });
}

const NOT_JSON = [
  "",
  "{",
  '{"a":1',
  '{"a":1,}',
  "[1,]",
  "{'a':1}",
  "{a:1}",
  '{"a":NaN}',
  '{"a":Infinity}',
  '{"a":0x10}',
  '{"a":01}',
  '{"a":.5}',
  '{"a":1} {"a":2}',
  '{"a":1}// note',
  "undefined",
  '\ufeff{"a":1}',
  '```json\n{"a":1}\n```',
  '{"a":"line\nbreak"}',
];

for (const text of NOT_JSON) {
  Deno.test(`parseStrictJson() refuses ${JSON.stringify(text)}, which is not JSON`, () => {
    assertEquals(parseStrictJson(text, LIMITS), {
      ok: false,
      reason: "the text is not JSON",
      path: "",
      value: undefined,
    });
  });
}

const REFUSED = [
  { text: '{"a":1,"a":2}', path: "a", reason: 'the key "a" comes twice' },
  {
    text: '{"a\\"":1,"a\\"":2}',
    path: 'a"',
    reason: String.raw`the key "a\"" comes twice`,
  },
  { text: '{"a":1,"a":1}', path: "a", reason: 'the key "a" comes twice' },
  { text: '{"a":1,"\\u0061":2}', path: "a", reason: 'the key "a" comes twice' },
  {
    text: '{"a":1, "b":[], "a" : 2}',
    path: "a",
    reason: 'the key "a" comes twice',
  },
  { text: '{"o":{"m":1,"m":2}}', path: "m", reason: 'the key "m" comes twice' },
  { text: '[{"m":1,"m":2}]', path: "m", reason: 'the key "m" comes twice' },
  { text: '{"":1,"":2}', path: "", reason: 'the key "" comes twice' },
  {
    text: '{"__proto__":1}',
    path: "__proto__",
    reason: 'the key "__proto__" is not allowed',
  },
  {
    text: '{"a":[{"__proto__":1}]}',
    path: "__proto__",
    reason: 'the key "__proto__" is not allowed',
  },
  {
    text: '{"\\u005f_proto__":1}',
    path: "__proto__",
    reason: 'the key "__proto__" is not allowed',
  },
  {
    text: '{"constructor":{}}',
    path: "constructor",
    reason: 'the key "constructor" is not allowed',
  },
  {
    text: '{"prototype":{}}',
    path: "prototype",
    reason: 'the key "prototype" is not allowed',
  },
  {
    text: '{"a\\\\b":1}',
    path: "a\\b",
    reason: String.raw`the key "a\\b" is not allowed`,
  },
  {
    text: "[[[[]]]]",
    path: "",
    reason: "the text is nested deeper than 3 levels",
  },
  {
    text: '{"a":{"b":{"c":{}}}}',
    path: "",
    reason: "the text is nested deeper than 3 levels",
  },
  {
    text: '{"a":[{"b":[]}]}',
    path: "",
    reason: "the text is nested deeper than 3 levels",
  },
];

for (const { text, path, reason } of REFUSED) {
  Deno.test(`parseStrictJson() refuses ${text} and says nothing of its value`, () => {
    assertEquals(parseStrictJson(text, LIMITS), {
      ok: false,
      reason,
      path,
      value: undefined,
    });
  });
}

const FLAWED = [
  {
    text: '"\\ud800"',
    path: "",
    reason: "a string has a lone surrogate",
    value: "\ud800",
  },
  {
    text: '{"a":"x\\udc00"}',
    path: "a",
    reason: "a string has a lone surrogate",
    value: { a: "x\udc00" },
  },
  {
    text: '{"o":{"t":["","\\ud800"]}}',
    path: "o.t[1]",
    reason: "a string has a lone surrogate",
    value: { o: { t: ["", "\ud800"] } },
  },
  {
    text: '[[],["\\ud800"]]',
    path: "[1][0]",
    reason: "a string has a lone surrogate",
    value: [[], ["\ud800"]],
  },
  {
    text: '{"o":{"\\ud800":1}}',
    path: "o",
    reason: "a key has a lone surrogate",
    value: { o: { "\ud800": 1 } },
  },
  {
    text: '{"path":"a\\u0000.txt"}',
    path: "path",
    reason: "a string has a NUL character",
    value: { path: "a\0.txt" },
  },
  {
    text: '{"a\\u0000":1}',
    path: "",
    reason: "a key has a NUL character",
    value: { "a\0": 1 },
  },
  {
    text: '{"a":1e400}',
    path: "a",
    reason: "a number is out of range",
    value: { a: Infinity },
  },
  {
    text: "[-1e400]",
    path: "[0]",
    reason: "a number is out of range",
    value: [-Infinity],
  },
];

for (const { text, path, reason, value } of FLAWED) {
  Deno.test(`parseStrictJson() refuses ${text} but tells its value`, () => {
    assertEquals(parseStrictJson(text, LIMITS), {
      ok: false,
      reason,
      path,
      value,
    });
  });
}

Deno.test("parseStrictJson() takes no escaped key for one with a backslash", () => {
  const key = "a key that no other test has";
  // From now on V8 may read a backslash for what comes second after that key.
  parseStrictJson(`{"${key}":1,"\\\\":2}`, LIMITS);
  for (const escaped of ["\\n", "\\u0062"]) {
    const parsed = parseStrictJson(`{"${key}":1,"${escaped}":2}`, LIMITS);
    const wanted = { [key]: 1, [JSON.parse(`"${escaped}"`)]: 2 };
    assertEquals(parsed.ok ? parsed.value : wanted, wanted);
  }
});

Deno.test("parseStrictJson() freezes every level of its value", () => {
  const parsed = parseStrictJson('{"a":[{"b":[]}]}', {
    max_bytes: 100,
    max_depth: 4,
  });
  const levels: unknown[] = [parsed.value];
  for (const level of levels) {
    assertEquals(Object.isFrozen(level), true);
    levels.push(...Object.values(Object(level)));
  }
  assertEquals(levels.length, 4);
});

Deno.test("parseStrictJson() says nothing of a flawed value whose keys come twice", () => {
  const text = '{"a":"\\ud800","b":{"x":1,"x":2}}';
  assertEquals(parseStrictJson(text, LIMITS), {
    ok: false,
    reason: 'the key "x" comes twice',
    path: "x",
    value: undefined,
  });
});

Deno.test("parseStrictJson() accepts a text of exactly max_bytes and no larger one", () => {
  assertEquals(
    parseStrictJson(JSON.stringify("a".repeat(98)), LIMITS).ok,
    true,
  );
  assertEquals(parseStrictJson(JSON.stringify("a".repeat(99)), LIMITS), {
    ok: false,
    reason: "the text is larger than 100 bytes",
    path: "",
    value: undefined,
  });
});

Deno.test("parseStrictJson() counts bytes, not characters", () => {
  assertEquals(
    parseStrictJson(JSON.stringify("é".repeat(49)), LIMITS).ok,
    true,
  );
  assertEquals(parseStrictJson(JSON.stringify("é".repeat(50)), LIMITS), {
    ok: false,
    reason: "the text is larger than 100 bytes",
    path: "",
    value: undefined,
  });
});

Deno.test("parseStrictJson() shortens a long key in its reason", () => {
  const key = "k".repeat(1000);
  assertEquals(
    parseStrictJson(`{"${key}":1,"${key}":2}`, {
      max_bytes: 10_000,
      max_depth: 1,
    }),
    {
      ok: false,
      reason: `the key "${"k".repeat(64)}…" comes twice`,
      path: key,
      value: undefined,
    },
  );
});

for (
  const { what, text, ok } of [
    { what: "a long string", text: JSON.stringify("x".repeat(4e6)), ok: true },
    { what: "a string of escapes", text: `"${"\\n".repeat(2e6)}"`, ok: true },
    { what: "open brackets", text: "[".repeat(1e6), ok: false },
    {
      what: "nested lists",
      text: "[".repeat(1e6) + "]".repeat(1e6),
      ok: false,
    },
  ]
) {
  Deno.test(`parseStrictJson() survives ${what} as large as a policy may allow`, () => {
    const limits = { max_bytes: 4 * 2 ** 20, max_depth: 256 };
    assertEquals(parseStrictJson(text, limits).ok, ok);
  });
}

for (
  const text of [
    "9007199254740992",
    "-9007199254740993",
    "12345678901234567890",
  ]
) {
  Deno.test(`parseStrictJson() refuses the integer ${text}, which a double cannot tell from others`, () => {
    const parsed = parseStrictJson(`{"id":${text}}`, {
      max_bytes: 100,
      max_depth: 2,
    });
    assertEquals(parsed.ok ? undefined : [parsed.reason, parsed.path], [
      "an integer is beyond 2^53",
      "",
    ]);
  });
}

for (
  const text of [
    "9007199254740991",
    "1e300",
    "0.1234567890123456789",
    "1e-12345678901234567",
    '"12345678901234567890"',
  ]
) {
  Deno.test(`parseStrictJson() takes ${text} for no integer beyond 2^53`, () => {
    const { ok } = parseStrictJson(`[${text}]`, {
      max_bytes: 100,
      max_depth: 2,
    });
    assertEquals(ok, true);
  });
}

Deno.test("parseStrictJson() counts values at every depth, and takes 4096 of them", () => {
  const limits = { max_bytes: 65_536, max_depth: 4 };
  const list = (length: number) => `[${Array(length).fill("1").join(",")}]`;
  assertEquals(parseStrictJson(list(4096), limits).ok, true);
  assertEquals(parseStrictJson(list(4097), limits), {
    ok: false,
    reason: "the text has more than 4096 values",
    path: "",
    value: undefined,
  });
  const nested = '{"a":[1,{"b":2},"x,y{["]}';
  const few = (max_values: number) => ({ ...limits, max_values });
  assertEquals(parseStrictJson(nested, few(5)).ok, true);
  assertEquals(parseStrictJson(nested, few(4)).ok, false);
});
