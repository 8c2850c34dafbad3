import { assert, assertEquals } from "@std/assert";
import { CORPUS_V1 } from "../corpus/v1.ts";
import MiniSearch from "npm:minisearch@7.2.0";
import { z } from "../deps.ts";
import { documentTitle } from "../tools/document.ts";
import { searchTool } from "../tools/search.ts";
import { DOCUMENTS } from "./search/documents.ts";
import { QUERIES, type Query } from "./search/queries.ts";
import { IDLE_CONTEXT } from "./tool_context.ts";

const result = z.object({
  matches: z.int(),
  hits: z.array(z.object({ id: z.string(), score: z.number() })),
});

const search = searchTool(DOCUMENTS);

async function found(query: string): Promise<readonly string[]> {
  const { hits } = result.parse(await search.run({ query }, IDLE_CONTEXT));
  return hits.map(({ id }) => id);
}

/** The part of what must be found that is among the first five. */
async function recall(queries: readonly Query[]): Promise<number> {
  const each = await Promise.all(queries.map(async ({ query, want }) => {
    const ids = await found(query);
    return want.filter((id) => ids.includes(id)).length / want.length;
  }));
  return each.reduce((sum, part) => sum + part, 0) / queries.length;
}

for (const [what, queries] of Object.entries(QUERIES)) {
  Deno.test(`search finds what is looked for ${what}`, async () => {
    const part = await recall(queries);
    console.log(
      `recall at 5, ${what}: ${part.toFixed(2)} of ${queries.length}`,
    );
    assertEquals(part, 1);
  });
}

Deno.test("search is asked sixty queries in six languages", () => {
  assertEquals(Object.values(QUERIES).flat().length, 60);
  const languages = DOCUMENTS.map(({ id }) => id.slice(0, 2));
  assertEquals([...new Set(languages)].length, 6);
});

Deno.test("search puts documents that have a word as it is written first", async () => {
  const vocabulary = new Set(
    CORPUS_V1.flatMap(({ text }) => text.match(/\b[a-z]{4,}\b/g) ?? []),
  );
  const sampled = [...vocabulary].sort().filter((_, at) => at % 20 === 0);
  assert(sampled.length > 50);
  const ofCorpus = searchTool(CORPUS_V1);
  for (const query of sampled) {
    const { hits } = result.parse(
      await ofCorpus.run({ query, top_k: 50 }, IDLE_CONTEXT),
    );
    const has = hits.map(({ id }) =>
      CORPUS_V1.find((each) => each.id === id)?.text.toLowerCase()
        .split(/[\n\r\p{Z}\p{P}]+/u).includes(query) === true
    );
    const exact = has.filter(Boolean).length;
    assertEquals(has, has.map((_, at) => at < exact), query);
    const scores = hits.map(({ score }) => score);
    assertEquals(scores, scores.toSorted((a, b) => b - a), query);
  }
});

Deno.test("search scores words as they are written as minisearch does", async () => {
  const plain = new MiniSearch({
    fields: ["title", "text"],
    searchOptions: { boost: { title: 2 } },
  });
  plain.addAll(
    CORPUS_V1.map((each) => ({ ...each, title: documentTitle(each) })),
  );
  const words = CORPUS_V1.flatMap(({ text }) =>
    text.split(/[\n\r\p{Z}\p{P}]+/u)
  ).filter((word) => word.length > 2 && !/^\d+$/.test(word));
  const ofCorpus = searchTool(CORPUS_V1);
  for (let at = 0; at < words.length; at += 97) {
    const query = words.slice(at, at + 1 + at % 6).join(" ");
    const { hits } = result.parse(await ofCorpus.run({ query }, IDLE_CONTEXT));
    const want = plain.search(query)
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .map(({ id, score }) => ({ id, score: Math.round(score * 1000) / 1000 }))
      .slice(0, 5);
    assertEquals(hits.slice(0, want.length), want, query);
  }
});

Deno.test("search costs at most five times the index and ten times the query of minisearch alone", async () => {
  const documents = Array.from(
    { length: 8 },
    (_, copy) =>
      CORPUS_V1.map((each) => ({ ...each, id: `${copy}/${each.id}` })),
  ).flat();
  const query = "outages of the trakcing API and their prevention";
  const plain = () => {
    const engine = new MiniSearch({ fields: ["title", "text"] });
    engine.addAll(
      documents.map((each) => ({ ...each, title: documentTitle(each) })),
    );
    return () => void engine.search(query);
  };
  const ours = () => {
    const tool = searchTool(documents);
    return () => tool.run({ query }, IDLE_CONTEXT);
  };
  const index = { plain: Infinity, ours: Infinity };
  const search = { plain: Infinity, ours: Infinity };
  for (let round = 0; round < 5; round++) {
    for (const [name, build] of Object.entries({ plain, ours })) {
      if (name !== "plain" && name !== "ours") continue;
      const start = performance.now();
      const run = build();
      await run();
      const built = performance.now();
      for (let time = 0; time < 10; time++) await run();
      const end = performance.now();
      index[name] = Math.min(index[name], built - start);
      search[name] = Math.min(search[name], (end - built) / 10);
    }
  }
  console.log(
    `index and first query ${(index.ours / index.plain).toFixed(1)}×`,
    `later query ${(search.ours / search.plain).toFixed(1)}×`,
  );
  assert(index.ours < 5 * index.plain);
  assert(search.ours < 10 * search.plain);
});

Deno.test("search looks for other forms of the first 32 words of a query alone", async () => {
  const tool = searchTool(CORPUS_V1);
  const other = Array.from({ length: 32 }, (_, at) => `${at}x${at}`);
  const matches = async (words: readonly string[]) =>
    result.parse(await tool.run({ query: words.join(" ") }, IDLE_CONTEXT))
      .matches;
  assertEquals(await matches([...other.slice(1), "outagse"]), 1);
  assertEquals(await matches([...other, "outagse"]), 0);
  assertEquals(await matches([...other, "outage"]), 1);
});
