import { ToolError } from "./tool_error.ts";
import { assert, assertEquals } from "@std/assert";
import { z } from "../deps.ts";
import type { Document } from "./document.ts";
import { searchTool } from "./search.ts";
import { IDLE_CONTEXT } from "../tests/tool_context.ts";

function document(id: string, text: string): Document {
  return { id, path: `ops/${id}.md`, text };
}

const result = z.strictObject({
  query: z.string(),
  matches: z.int(),
  hits: z.array(z.strictObject({
    id: z.string(),
    path: z.string(),
    title: z.string(),
    score: z.number(),
    snippet: z.string(),
  })),
});

async function search(
  documents: readonly Document[],
  query: string,
  top_k?: number,
) {
  const args = top_k === undefined ? { query } : { query, top_k };
  return result.parse(await searchTool(documents).run(args, IDLE_CONTEXT));
}

async function idsOf(documents: readonly Document[], query: string) {
  const { hits } = await search(documents, query);
  return hits.map(({ id }) => id);
}

/** The snippet of the only hit for `query` in a document with this text. */
async function snippetOf(text: string, query: string): Promise<string> {
  const { hits } = await search([document("a", text)], query);
  return hits.map(({ snippet }) => snippet).join("|");
}

const VALVES = document("valves", "# Valves\n\nA valve that sticks is oiled.");
const PUMPS = document("pumps", "# Pumps\n\nPumps hum; a valve guards a pump.");
const LUNCH = document("lunch", "# Lunch\n\nThe canteen opens at noon.");

Deno.test("searchTool() declares its name and no effects", () => {
  assertEquals(searchTool([]).name, "search");
  assertEquals(searchTool([]).effects, {});
});

Deno.test("searchTool() returns id, path, title, score and snippet of a hit", async () => {
  assertEquals(await search([VALVES, PUMPS, LUNCH], "canteen"), {
    query: "canteen",
    matches: 1,
    hits: [{
      id: "lunch",
      path: "ops/lunch.md",
      title: "Lunch",
      score: 1.489,
      snippet: "The canteen opens at noon.",
    }],
  });
});

Deno.test("searchTool() counts a word in the title for more than four in the text", async () => {
  const inText = document(
    "a",
    "# Other\n\nTurbines, turbines, turbines, turbines.",
  );
  const inTitle = document("b", "# Turbines\n\nAbout something else today.");
  assertEquals(await idsOf([inText, inTitle], "turbines"), ["b", "a"]);
});

Deno.test("searchTool() ranks more matching terms first", async () => {
  const ids = await idsOf([LUNCH, VALVES, PUMPS], "pump valve");
  assertEquals(ids, ["pumps", "valves"]);
});

for (const order of [["a", "b", "c"], ["c", "b", "a"], ["b", "c", "a"]]) {
  Deno.test(`searchTool() orders equal scores by id, given ${order}`, async () => {
    const twins = order.map((id) => document(id, "Same valve."));
    const { hits } = await search(twins, "valve");
    assertEquals(hits.map(({ id }) => id), ["a", "b", "c"]);
    assertEquals(new Set(hits.map(({ score }) => score)).size, 1);
  });
}

const MANY = Array.from(
  { length: 60 },
  (_, index) => document(`d${String(index).padStart(2, "0")}`, "Same valve."),
);

for (
  const { top_k, want } of [
    { top_k: undefined, want: 5 },
    { top_k: 1, want: 1 },
    { top_k: 50, want: 50 },
  ]
) {
  Deno.test(`searchTool() returns ${want} hits when top_k is ${top_k}`, async () => {
    const { hits, matches } = await search(MANY, "valve", top_k);
    assertEquals(hits.length, want);
    assertEquals(matches, 60);
  });
}

for (const query of ["turbine", "   ", "?!", "__proto__"]) {
  Deno.test(`searchTool() finds nothing for ${JSON.stringify(query)}`, async () => {
    assertEquals(await search([VALVES, PUMPS], query), {
      query,
      matches: 0,
      hits: [],
    });
  });
}

Deno.test("searchTool() ignores case and punctuation", async () => {
  assertEquals(await idsOf([VALVES, LUNCH], "«STICKS», VALVE!"), ["valves"]);
});

const FILLER = "Nothing of interest happens here. ".repeat(20);
const SNIPPETS = [
  {
    what: "the whole of a short text",
    text: "# T\n\nA valve\n  sticks.",
    want: "A valve sticks.",
  },
  {
    what: "the words around a late match",
    text: `# T\n\n${FILLER}The valve sticks. ${FILLER}`,
    want:
      "…interest happens here. Nothing of interest happens here. The valve sticks. Nothing of interest happens here. Nothing of interest happens here. Nothing of intere…",
  },
  {
    what: "a late match in capitals",
    text: `# T\n\n${FILLER}VALVE.`,
    want: "…interest happens here. Nothing of interest happens here. VALVE.",
  },
  {
    what: "the end of a text that ends with the match",
    text: `# T\n\n${FILLER}The valve`,
    want: "…interest happens here. Nothing of interest happens here. The valve",
  },
  {
    what: "a match in a text without spaces",
    text: `# T\n\n${"x-".repeat(200)}valve${"-x".repeat(200)}`,
    want: `…${"x-".repeat(40)}valve${"-x".repeat(37)}-…`,
  },
  {
    what: "the beginning when only the title matches",
    text: "# Valve\n\nIt sticks.",
    want: "It sticks.",
  },
];

for (const { what, text, want } of SNIPPETS) {
  Deno.test(`searchTool() shows ${what}`, async () => {
    assertEquals(await snippetOf(text, "valve"), want);
  });
}

Deno.test("searchTool() shows the longest term that matches", async () => {
  const text = `# T\n\nA pump. ${FILLER}A compressor.`;
  const snippet = await snippetOf(text, "pump compressor");
  assert(snippet.endsWith("A compressor."), snippet);
});

Deno.test("searchTool() cuts no character in half", async () => {
  const text = `# T\n\nvalve: ${"🔧".repeat(200)}`;
  assert((await snippetOf(text, "valve")).isWellFormed());
});

Deno.test("searchTool() answers the same again", async () => {
  const tool = searchTool([VALVES, PUMPS, LUNCH]);
  const first = await tool.run({ query: "valve" }, IDLE_CONTEXT);
  await tool.run({ query: "canteen" }, IDLE_CONTEXT);
  assertEquals(await tool.run({ query: "valve" }, IDLE_CONTEXT), first);
});

const ARGUMENTS = [
  { what: "a query", value: { query: "a" }, want: true },
  { what: "50 hits", value: { query: "a", top_k: 50 }, want: true },
  { what: "no query", value: {}, want: false },
  { what: "an empty query", value: { query: "" }, want: false },
  { what: "no hits", value: { query: "a", top_k: 0 }, want: false },
  { what: "51 hits", value: { query: "a", top_k: 51 }, want: false },
  { what: "half a hit", value: { query: "a", top_k: 1.5 }, want: false },
  {
    what: "a number in quotes",
    value: { query: "a", top_k: "5" },
    want: false,
  },
  { what: "an unknown key", value: { query: "a", sort: "id" }, want: false },
];

for (const { what, value, want } of ARGUMENTS) {
  Deno.test(`searchTool() ${want ? "accepts" : "refuses"} ${what}`, async () => {
    const { issues } = await searchTool([]).args["~standard"].validate(value);
    assertEquals(issues === undefined, want);
  });
}

const PAGE = {
  id: "page.html",
  path: "ops/page.html",
  text:
    "<!doctype html><title>Pumps &amp; valves</title><script>secret()</script><p>A <b>turbine</b> hums.",
};

Deno.test("searchTool() searches what a page of HTML says", async () => {
  const seen: string[] = [];
  const tool = searchTool([PAGE], {
    htmlText: (html) => {
      seen.push(html);
      const text = html.replace(/<[^>]*>/g, "").replace("&amp;", "&");
      return Promise.resolve({ text, truncated: false });
    },
  });
  const { hits } = result.parse(
    await tool.run({ query: "turbine" }, IDLE_CONTEXT),
  );
  assertEquals(hits.map(({ title }) => title), ["Pumps & valves"]);
  assertEquals(seen, [
    PAGE.text.replace("<title>Pumps &amp; valves</title>", ""),
    "Pumps &amp; valves",
  ]);
});

Deno.test("searchTool() searches the source of a page that cannot be read", async () => {
  const tool = searchTool([PAGE], {
    htmlText: () =>
      Promise.reject(new ToolError("no", { type: "unreadable_page" })),
  });
  const { matches } = result.parse(
    await tool.run({ query: "turbine" }, IDLE_CONTEXT),
  );
  assertEquals(matches, 1);
});

Deno.test("searchTool() makes no text of what is not a page", async () => {
  const tool = searchTool([VALVES], {
    htmlText: () => Promise.reject(new Error("not a page")),
  });
  const { matches } = result.parse(
    await tool.run({ query: "valve" }, IDLE_CONTEXT),
  );
  assertEquals(matches, 1);
});

const LONG = "冷藏室的温度计显示过低。".repeat(20);
for (
  const { what, text, query, want } of [
    {
      what: "a match in Chinese",
      text: `# T\n\n${LONG}连接池耗尽了。${LONG}`,
      query: "连接池",
      want: "连接池耗尽了",
    },
    {
      what: "a match that has other accents",
      text: `# T\n\n${FILLER}The Café opens. ${FILLER}`,
      query: "cafe",
      want: "The Café opens.",
    },
    {
      what: "a match after letters that grow in lower case",
      text: `# T\n\n${"İ".repeat(300)} ${FILLER}The valve.`,
      query: "valve",
      want: "The valve.",
    },
  ]
) {
  Deno.test(`searchTool() shows ${what}`, async () => {
    const snippet = await snippetOf(text, query);
    assert(snippet.includes(want), snippet);
  });
}

Deno.test("searchTool() cuts no vowel sign off its letter", async () => {
  const text = `# T\n\n${"กี้".repeat(150)}valve${"กี้".repeat(150)}`;
  const snippet = await snippetOf(text, "valve");
  assert(/^…\P{M}.*\u0e49…$/u.test(snippet), JSON.stringify(snippet));
});
