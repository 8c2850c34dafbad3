import { assert, assertEquals, assertMatch } from "@std/assert";
import { hash } from "node:crypto";
import { buildCorpus, buildIndex, CORPUS_SEED } from "./build.ts";
import { CORPUS_V1, CORPUS_V1_MANIFEST } from "./v1.ts";
import committedIndex from "./v1.ts" with { type: "text" };

/** Seeds beside the committed one, both ends of the range among them. */
const OTHER_SEEDS = [
  0,
  0xffffffff,
  ...Array.from({ length: 60 }, (_, i) => 7919 * (i + 1)),
];

/** The largest share of five-word runs that two documents may have in common. */
const MAX_SHARED = 0.01;

const IDS = Array.from(
  { length: 25 },
  (_, i) => `op-${String(i + 1).padStart(2, "0")}`,
);

interface Page {
  readonly id: string;
  readonly text: string;
}

function pages(seed: number): Page[] {
  return [...buildCorpus(seed)]
    .filter(([name]) => name.endsWith(".md"))
    .map(([name, text]) => ({ id: name.replace(".md", ""), text }));
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function shingles(text: string): Set<string> {
  const all = words(text);
  return new Set(
    all.slice(4).map((_, i) => all.slice(i, i + 5).join(" ")),
  );
}

function assertPage({ id, text }: Page): void {
  assertMatch(text, /^# \S[^\n]*\n\n[^#\n]/, `${id}: title, then metadata`);
  assertMatch(text, /[^\n]\n$/, `${id}: ends with one newline`);
  assertMatch(text, /^[\n\x20-\x7e]*$/, `${id}: plain ASCII`);
  assert(!/\n{3}| \n|\t/.test(text), `${id}: stray white space`);
  assert(!/undefined|NaN|null|\[object|\$\{/.test(text), `${id}: a lost fact`);
  assert(!/:\/\/|www\.|@/.test(text), `${id}: a link or an address`);
  assert(!/(^|[^\d:.,-])[01] (?!percent)[a-z]+s\b/.test(text), `${id}: plural`);
  const longest = Math.max(...text.split("\n").map((line) => line.length));
  assert(longest <= 100, `${id}: a line of ${longest} characters`);
  const count = text.split(/\s+/).filter((word) => word !== "").length;
  assert(count >= 150 && count <= 350, `${id}: ${count} words`);
  for (const [reference] of text.matchAll(/\bop-\d+/g)) {
    assert(IDS.includes(reference), `${id}: refers to ${reference}`);
    assert(reference < id, `${id}: ${reference} is not an earlier report`);
  }
}

function minutes(time: string | undefined): number {
  assertMatch(time ?? "", /^\d\d:\d\d$/);
  const [hour, minute] = (time ?? "").split(":").map(Number);
  return (hour ?? NaN) * 60 + (minute ?? NaN);
}

Deno.test("buildCorpus() rebuilds the committed bytes from CORPUS_SEED", () => {
  const fresh = buildCorpus(CORPUS_SEED);
  assertEquals(fresh.size, 26);
  assertEquals(
    [...fresh].slice(0, 25),
    CORPUS_V1.map(({ path, text }) => [path, text]),
  );
  assertEquals(
    fresh.get("manifest.json"),
    `${JSON.stringify(CORPUS_V1_MANIFEST, null, 2)}\n`,
  );
});

Deno.test("buildIndex() rebuilds the committed index in any order of names", () => {
  const names = [...buildCorpus(CORPUS_SEED).keys()];
  assertEquals(buildIndex(names), committedIndex);
  assertEquals(buildIndex(names.toReversed()), committedIndex);
});

Deno.test("the committed corpus has 25 documents, op-01 to op-25", () => {
  assertEquals(CORPUS_V1.map(({ id }) => id), IDS);
  assertEquals(CORPUS_V1.map(({ path }) => path), IDS.map((id) => `${id}.md`));
});

Deno.test("the committed manifest tells the truth", () => {
  assertEquals(CORPUS_V1_MANIFEST, {
    version: 1,
    seed: 20261122,
    documents: CORPUS_V1.map(({ id, path, text }) => ({
      id,
      path,
      sha256: hash("sha256", new TextEncoder().encode(text)),
      characters: Array.from(text).length,
    })),
  });
});

Deno.test("every committed document is a well-formed report", () => {
  CORPUS_V1.forEach(assertPage);
});

Deno.test("any two documents differ in their sentences", () => {
  const sets = CORPUS_V1.map(({ id, text }) => ({ id, set: shingles(text) }));
  for (const [i, a] of sets.entries()) {
    for (const b of sets.slice(i + 1)) {
      const shared = a.set.intersection(b.set).size;
      const share = shared / Math.min(a.set.size, b.set.size);
      assert(share <= MAX_SHARED, `${a.id} and ${b.id} share ${share}`);
    }
  }
});

Deno.test("no two documents share a title or a set of headings", () => {
  const outlines = CORPUS_V1.map(({ text }) =>
    text.split("\n").filter((line) => /^#|^\*\*/.test(line)).join("\n")
  );
  assertEquals(new Set(outlines).size, 25);
});

Deno.test("buildCorpus() draws other facts from another seed, and valid ones", () => {
  for (const seed of OTHER_SEEDS) {
    const other = pages(seed);
    assertEquals(other.map(({ id }) => id), IDS);
    other.forEach(assertPage);
    for (const [i, { id, text }] of other.entries()) {
      assert(text !== CORPUS_V1[i]?.text, `${id} is the same under ${seed}`);
    }
  }
});

Deno.test("buildCorpus() keeps the prose whatever the seed", () => {
  for (const { id, text } of pages(1)) {
    const committed = CORPUS_V1.find((document) => document.id === id);
    const kept = shingles(text).intersection(shingles(committed?.text ?? ""));
    assert(kept.size / shingles(text).size > 0.5, `${id}: ${kept.size}`);
  }
});

Deno.test("op-07 keeps its own arithmetic under every seed", () => {
  for (const seed of [CORPUS_SEED, ...OTHER_SEEDS]) {
    const text = (buildCorpus(seed).get("op-07.md") ?? "").replace(/\s+/g, " ");
    const [, lasted, start, end] =
      /outage lasted (\d+) minutes, from (\S+) to (\S+) UTC/.exec(text) ?? [];
    assertEquals(minutes(end) - minutes(start), Number(lasted));
    const [, hosts, pool, logins] =
      /Across (\d+) hosts with a pool of (\d+) .* about (\d+) new logins/
        .exec(text) ?? [];
    assertEquals(
      Number(logins),
      Math.round((Number(hosts) * Number(pool)) / 1.8),
    );
    const [, paged, understood] =
      /paged \D+ at (\S+), .* gave the cause away at (\S+)\. /.exec(text) ?? [];
    const order = [start, paged, understood, end].map(minutes);
    assertEquals(order, order.toSorted((a, b) => a - b));
  }
});

Deno.test("op-07 alone speaks of a tracking API outage", () => {
  const flat = CORPUS_V1.map(({ id, text }) => ({
    id,
    text: text.replace(/\s+/g, " "),
  }));
  const naming = (pattern: RegExp) =>
    flat.filter(({ text }) => pattern.test(text)).map(({ id }) => id);
  assertEquals(naming(/tracking API/), ["op-05", "op-07", "op-12", "op-25"]);
  assertEquals(naming(/outage/), ["op-07"]);
  assertEquals(naming(/driver upgrade|milliseconds and|canary/), ["op-07"]);
});
