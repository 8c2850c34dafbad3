import { assertEquals } from "@std/assert";
import type { Json } from "../tools/data/json.ts";
import { isSameJson } from "./same_json.ts";

const SAME: readonly Json[] = [
  null,
  true,
  0,
  "a",
  [],
  [1, "2", [null]],
  {},
  { a: 1, b: { c: ["d"] } },
];

for (const json of SAME) {
  Deno.test(`isSameJson() knows a copy of ${JSON.stringify(json)}`, () => {
    assertEquals(isSameJson(structuredClone(json), json), true);
  });
}

class Holder {
  a = 1;
}

const OTHERS: readonly {
  readonly what: string;
  readonly value: unknown;
  readonly json: Json;
}[] = [
  { what: "another type", value: "1", json: 1 },
  { what: "a zero below zero", value: -0, json: 0 },
  { what: "an object for a list", value: { 0: 1 }, json: [1] },
  { what: "a list for an object", value: [1], json: { 0: 1 } },
  { what: "a list with a hole", value: Array(1), json: [null] },
  { what: "one key more", value: { a: 1, b: 2 }, json: { a: 1 } },
  { what: "one key less", value: {}, json: { a: 1 } },
  {
    what: "a key without a value",
    value: { a: 1, b: undefined },
    json: { a: 1 },
  },
  { what: "other order", value: { b: 2, a: 1 }, json: { a: 1, b: 2 } },
  { what: "an object of a class", value: new Holder(), json: { a: 1 } },
  {
    what: "a list that says otherwise in JSON",
    value: Object.assign([1], { toJSON: () => 2 }),
    json: [1],
  },
];

for (const { what, value, json } of OTHERS) {
  Deno.test(`isSameJson() tells ${what} from it`, () => {
    assertEquals(isSameJson(value, json), false);
  });
}
