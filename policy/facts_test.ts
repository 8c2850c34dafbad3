import { assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import type { Json } from "../tools/data/json.ts";
import type { PathFacts } from "../tools/sandbox/sandbox.ts";
import { standardSchema } from "../tools/schema.ts";
import type { Effects } from "../tools/tool.ts";
import { lookUpPaths, urlsOf } from "./facts.ts";

function call(value: Json, effects: Effects) {
  return {
    tool: {
      name: "tool",
      description: "",
      effects,
      args: standardSchema(z.unknown()),
    },
    args: { ok: true, value, canonical: "" },
  } as const;
}

function found(path: string): PathFacts {
  return {
    resolved: `<sandbox>/${path}`,
    inside: true,
    viaLink: false,
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

/** Looks the paths of a call up; returns what was found and what was asked for. */
function lookUp(value: Json, effects: Effects) {
  const asked: string[] = [];
  const facts = lookUpPaths(call(value, effects), (path) => {
    asked.push(path);
    return found(path);
  });
  return { facts, asked };
}

for (
  const { what, effects, args, want } of [
    {
      what: "what is read and what is written, in this order",
      effects: { writes: ["to"], reads: ["from"] },
      args: { to: "b", from: "a" },
      want: ["a", "b"],
    },
    {
      what: "every item of a list",
      effects: { reads: ["paths"] },
      args: { paths: ["a", "b"] },
      want: ["a", "b"],
    },
    {
      what: "a path that comes twice once",
      effects: { reads: ["from", "paths"], writes: ["to"] },
      args: { from: "a", to: "a", paths: ["a", "a"] },
      want: ["a"],
    },
    {
      what: "two spellings of a path one by one",
      effects: { reads: ["paths"] },
      args: { paths: ["a", "./a"] },
      want: ["a", "./a"],
    },
    {
      what: "a path named __proto__",
      effects: { reads: ["path"] },
      args: { path: "__proto__" },
      want: ["__proto__"],
    },
    {
      what: "nothing that is refused by its spelling",
      effects: { reads: ["paths"] },
      args: {
        paths: ["", "a\0", "..\\a", "file:a", "/proc/1", "%2e%2e/a", "b"],
      },
      want: ["b"],
    },
    {
      what: "nothing that is no string",
      effects: { reads: ["a", "b", "c"] },
      args: { a: 1, b: null, c: { path: "a" } },
      want: [],
    },
    {
      what: "nothing of the other arguments",
      effects: { reads: ["path"], fetches: ["url"] },
      args: { url: "a", text: "b" },
      want: [],
    },
  ]
) {
  Deno.test(`lookUpPaths() looks up ${what}`, () => {
    const { facts, asked } = lookUp(args, effects);
    assertEquals(asked, want);
    assertEquals([...facts], want.map((path) => [path, found(path)]));
  });
}

Deno.test("lookUpPaths() leaves out what cannot be looked up, and goes on", () => {
  const facts = lookUpPaths(
    call({ paths: ["a", "b"] }, { reads: ["paths"] }),
    (path) => {
      if (path === "a") throw new Error("the disk is gone");
      return found(path);
    },
  );
  assertEquals([...facts.keys()], ["b"]);
});

Deno.test("lookUpPaths() looks up nothing for a tool that does not exist", () => {
  const { args } = call({ path: "a" }, {});
  const facts = lookUpPaths({ tool: undefined, args }, () => {
    throw new Error("the disk was asked");
  });
  assertEquals(facts.size, 0);
});

for (
  const { what, effects, args, want } of [
    {
      what: "in canonical form by its spelling",
      effects: { fetches: ["url"] },
      args: { url: "HTTPS://A.test:443/b/../c" },
      want: [["HTTPS://A.test:443/b/../c", "https://a.test/c"]],
    },
    {
      what: "from every argument and item",
      effects: { fetches: ["url", "urls"] },
      args: {
        urls: ["https://b.test", "https://c.test"],
        url: "https://a.test",
      },
      want: [
        ["https://a.test", "https://a.test/"],
        ["https://b.test", "https://b.test/"],
        ["https://c.test", "https://c.test/"],
      ],
    },
    {
      what: "that can be parsed, and no other",
      effects: { fetches: ["urls"] },
      args: { urls: ["/x", 5, null, ["https://a.test"], "https://["] },
      want: [],
    },
    {
      what: "of 2048 characters, and none that is longer",
      effects: { fetches: ["url"] },
      args: { url: `https://a.test/${"a".repeat(2034)}` },
      want: [],
    },
    {
      what: "that is fetched, and none that is read",
      effects: { reads: ["url"] },
      args: { url: "https://a.test" },
      want: [],
    },
  ]
) {
  Deno.test(`urlsOf() finds a URL ${what}`, () => {
    const urls = urlsOf(call(args, effects));
    assertEquals([...urls].map(([text, { href }]) => [text, href]), want);
  });
}

Deno.test("urlsOf() finds nothing for a tool that does not exist", () => {
  const { args } = call({ url: "https://a.test" }, {});
  assertEquals(urlsOf({ tool: undefined, args }).size, 0);
});
