import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { asPlainJson } from "./plain_json.ts";

const shared = { a: [1] };

for (
  const value of [
    null,
    true,
    false,
    0,
    -1.5,
    1e308,
    "",
    "text",
    [],
    {},
    [1, [2, [3]], { a: null }],
    { a: { b: [{ c: "d" }] }, "": 0, toString: 1, constructor: "x" },
    JSON.parse('{"__proto__":{"admin":true}}'),
    { toJSON: "no function" },
    [shared, shared],
    Object.freeze({ a: Object.freeze([1]) }),
  ]
) {
  Deno.test(`asPlainJson() copies ${JSON.stringify(value)}`, () => {
    const plain = asPlainJson(value);
    assertEquals(JSON.stringify(plain), JSON.stringify(value));
    if (Object(value) === value) assertNotStrictEquals(plain, value);
  });
}

Deno.test("asPlainJson() copies an object without a prototype", () => {
  const bare = Object.assign(Object.create(null), { a: 1 });
  assertEquals(asPlainJson(bare), { a: 1 });
});

Deno.test("asPlainJson() writes a negative zero as JSON does", () => {
  assertEquals(Object.is(asPlainJson(-0), 0), true);
});

Deno.test("asPlainJson() keeps __proto__ a key, and reaches no prototype by it", () => {
  const plain = asPlainJson(JSON.parse('{"__proto__":{"admin":true}}'));
  assert(Object.hasOwn(Object(plain), "__proto__"));
  assertEquals(Object.getPrototypeOf(plain), Object.prototype);
});

Deno.test("asPlainJson() returns a copy that cannot be changed from outside", () => {
  const value = { list: [{ path: "a" }] };
  const plain = asPlainJson(value);
  value.list.push({ path: "../x" });
  for (const each of value.list) each.path = "../x";
  assertEquals(plain, { list: [{ path: "a" }] });
});

class Instance {
  path = "a";
}

class List extends Array<number> {}

function cycle(): unknown {
  const value: Record<string, unknown> = { path: "a" };
  value.opts = [value];
  return value;
}

/** Fails the test when it is called. */
function trap(): never {
  throw new Error("code of the value ran");
}

const TRAPS = new Proxy({}, { get: trap });

for (
  const { what, value } of [
    { what: "undefined", value: undefined },
    { what: "a function", value: () => 1 },
    { what: "a symbol", value: Symbol("x") },
    { what: "a bigint", value: 1n },
    { what: "NaN", value: NaN },
    { what: "an infinity", value: -Infinity },
    { what: "a boxed string", value: Object("text") },
    { what: "a date", value: new Date(0) },
    { what: "a map", value: new Map([["a", 1]]) },
    { what: "bytes", value: new Uint8Array(2) },
    { what: "an error", value: new Error("x") },
    { what: "an instance of a class", value: new Instance() },
    { what: "an instance of a list's subclass", value: List.from([1]) },
    { what: "inherited keys", value: Object.create({ path: "a" }) },
    {
      what: "inherited keys beside its own",
      value: Object.assign(Object.create({ extra: 1 }), { path: "a" }),
    },
    {
      what: "a getter",
      value: {
        get path() {
          return trap();
        },
      },
    },
    {
      what: "a setter",
      value: {
        set path(_: string) {
          trap();
        },
      },
    },
    {
      what: "a getter in a list",
      value: Object.defineProperty([1], 0, { get: trap, enumerable: true }),
    },
    {
      what: "toJSON",
      value: {
        path: "a",
        toJSON() {
          return trap();
        },
      },
    },
    { what: "a symbol key", value: { path: "a", [Symbol.for("x")]: 1 } },
    { what: "a key that is undefined", value: { path: undefined } },
    {
      what: "a hidden key",
      value: Object.defineProperty({}, "path", { value: "a" }),
    },
    { what: "a hole", value: [1, , 3] },
    { what: "a list with a key", value: Object.assign([1], { path: "a" }) },
    {
      what: "a list with a hole and a key",
      value: Object.assign([1, , 3], { path: "a" }),
    },
    { what: "a cycle", value: cycle() },
    { what: "a proxy", value: new Proxy({ path: "a" }, TRAPS) },
    { what: "a proxy of a list", value: new Proxy(["a"], TRAPS) },
    { what: "a proxy below", value: { a: [new Proxy({}, TRAPS)] } },
    { what: "a revoked proxy", value: revoked() },
  ]
) {
  Deno.test(`asPlainJson() refuses ${what}, and below another value too`, () => {
    assertEquals(asPlainJson(value), undefined);
    assertEquals(asPlainJson({ a: [value] }), undefined);
  });
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

Deno.test("asPlainJson() refuses what is nested deeper than 256 levels", () => {
  const nested = (levels: number): unknown =>
    levels === 0 ? 1 : [nested(levels - 1)];
  assertEquals(asPlainJson(nested(256)), nested(256));
  assertEquals(asPlainJson(nested(257)), undefined);
});

Deno.test("asPlainJson() refuses a small value that would be large once written", () => {
  let value: unknown = "x".repeat(2 ** 16);
  for (let level = 0; level < 200; level++) value = [value, value];
  assertEquals(asPlainJson(value), undefined);
});

Deno.test("asPlainJson() refuses a long string that occurs in many places", () => {
  const text = "x".repeat(2 ** 20);
  assertEquals(asPlainJson(Array(7).fill(text)), Array(7).fill(text));
  assertEquals(asPlainJson(Array(8).fill(text)), undefined);
});
