import { assert, assertEquals, assertMatch } from "@std/assert";
import { modelNames } from "./model_names.ts";

Deno.test("modelNames() gives each tool a name of its own that providers take, and finds it again", () => {
  const names = [
    ...["read", "fs__read", "fs.read", "a.b__c", "a__b.c", "é.x"],
    ...[`long.${"t".repeat(80)}`, `long.${"t".repeat(81)}`, "x".repeat(65)],
    ...["fs.a/b", "fs.a_b", "a.b.c"],
  ];
  const { forModel, fromModel } = modelNames(names);
  const told = names.map(forModel);
  for (const name of told) assertMatch(name, /^[A-Za-z0-9_-]{1,64}$/);
  assertEquals(new Set(told).size, names.length);
  assertEquals(told.map(fromModel), names);
  assertEquals(forModel("read"), "read");
  assertEquals(forModel("fs__read"), "fs__read");
  assertMatch(forModel("fs.read"), /^fs__read_[0-9a-f]{8}$/);
  assertEquals(forModel("a.b__c"), "a__b__c");
  assertMatch(forModel("a__b.c"), /^a__b__c_[0-9a-f]{8}$/);
});

Deno.test("modelNames() finds the same names in whatever order they come, and leaves others alone", () => {
  const names = ["a__b.c", "a.b__c", "fs.read"];
  const one = modelNames(names);
  const other = modelNames(names.toReversed());
  assertEquals(names.map(one.forModel), names.map(other.forModel));
  assertEquals(one.fromModel("unknown.tool"), "unknown.tool");
  assert(one.forModel("fs.read") === "fs__read");
});
