/**
 * Builds the corpus from its seed, as text: nothing here reads or writes a file.
 *
 * @module
 */
import { sha256Text } from "../tools/data/sha256.ts";
import { layOut } from "./layout.ts";
import type { CorpusManifest, CorpusManifestEntry } from "./manifest.ts";
import { REPORTS } from "./reports/catalogue.ts";
import { deriveSeed, seeded } from "./seeded.ts";

/** The seed of the committed corpus: the day the project began, 2026-11-22. */
export const CORPUS_SEED = 20261122;

function describe(path: string, text: string): CorpusManifestEntry {
  return {
    id: path.replace(/\.md$/, ""),
    path,
    sha256: sha256Text(text),
    characters: [...text].length,
  };
}

/**
 * Builds every file of `corpus/v1/`: file name → exact text, the manifest last.
 * Each report draws from a generator of its own, derived from `seed` and the
 * report's id, so that editing one report never moves the facts of another.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(buildCorpus(CORPUS_SEED).size, 26);
 * ```
 */
export function buildCorpus(seed: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { id, write } of REPORTS) {
    files.set(`${id}.md`, layOut(write(seeded(deriveSeed(seed, id)))));
  }
  const manifest: CorpusManifest = {
    version: 1,
    seed,
    documents: [...files].map(([path, text]) => describe(path, text)),
  };
  return files.set("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Builds the text of `corpus/v1.ts`, the module through which the documents
 * among `names` (file names of `corpus/v1/`) enter the module graph.
 */
export function buildIndex(names: Iterable<string>): string {
  const ids = [...names]
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.slice(0, -".md".length))
    .sort();
  const variable = (id: string) => id.replace(/[^a-z0-9]/g, "");
  return `// Generated from the file names of corpus/v1/ by buildIndex(); do not edit.
/**
 * The committed corpus, as text.
 *
 * @module
 */
import type { CorpusManifest } from "./manifest.ts";
import manifest from "./v1/manifest.json" with { type: "json" };
${
    ids.map((id) =>
      `import ${variable(id)} from "./v1/${id}.md" with { type: "text" };\n`
    ).join("")
  }
/** Every document of the corpus, in the order of the ids. */
export const CORPUS_V1: readonly {
  readonly id: string;
  readonly path: string;
  readonly text: string;
}[] = [
${
    ids.map((id) =>
      `  { id: "${id}", path: "${id}.md", text: ${variable(id)} },\n`
    ).join("")
  }];

/** The hashes and the seed that the committed documents answer to. */
export const CORPUS_V1_MANIFEST: CorpusManifest = manifest;
`;
}
