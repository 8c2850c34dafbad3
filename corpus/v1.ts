// Generated from the file names of corpus/v1/ by buildIndex(); do not edit.
/**
 * The committed corpus, as text.
 *
 * @module
 */
import type { CorpusManifest } from "./manifest.ts";
import manifest from "./v1/manifest.json" with { type: "json" };
import op01 from "./v1/op-01.md" with { type: "text" };
import op02 from "./v1/op-02.md" with { type: "text" };
import op03 from "./v1/op-03.md" with { type: "text" };
import op04 from "./v1/op-04.md" with { type: "text" };
import op05 from "./v1/op-05.md" with { type: "text" };
import op06 from "./v1/op-06.md" with { type: "text" };
import op07 from "./v1/op-07.md" with { type: "text" };
import op08 from "./v1/op-08.md" with { type: "text" };
import op09 from "./v1/op-09.md" with { type: "text" };
import op10 from "./v1/op-10.md" with { type: "text" };
import op11 from "./v1/op-11.md" with { type: "text" };
import op12 from "./v1/op-12.md" with { type: "text" };
import op13 from "./v1/op-13.md" with { type: "text" };
import op14 from "./v1/op-14.md" with { type: "text" };
import op15 from "./v1/op-15.md" with { type: "text" };
import op16 from "./v1/op-16.md" with { type: "text" };
import op17 from "./v1/op-17.md" with { type: "text" };
import op18 from "./v1/op-18.md" with { type: "text" };
import op19 from "./v1/op-19.md" with { type: "text" };
import op20 from "./v1/op-20.md" with { type: "text" };
import op21 from "./v1/op-21.md" with { type: "text" };
import op22 from "./v1/op-22.md" with { type: "text" };
import op23 from "./v1/op-23.md" with { type: "text" };
import op24 from "./v1/op-24.md" with { type: "text" };
import op25 from "./v1/op-25.md" with { type: "text" };

/** Every document of the corpus, in the order of the ids. */
export const CORPUS_V1: readonly {
  readonly id: string;
  readonly path: string;
  readonly text: string;
}[] = [
  { id: "op-01", path: "op-01.md", text: op01 },
  { id: "op-02", path: "op-02.md", text: op02 },
  { id: "op-03", path: "op-03.md", text: op03 },
  { id: "op-04", path: "op-04.md", text: op04 },
  { id: "op-05", path: "op-05.md", text: op05 },
  { id: "op-06", path: "op-06.md", text: op06 },
  { id: "op-07", path: "op-07.md", text: op07 },
  { id: "op-08", path: "op-08.md", text: op08 },
  { id: "op-09", path: "op-09.md", text: op09 },
  { id: "op-10", path: "op-10.md", text: op10 },
  { id: "op-11", path: "op-11.md", text: op11 },
  { id: "op-12", path: "op-12.md", text: op12 },
  { id: "op-13", path: "op-13.md", text: op13 },
  { id: "op-14", path: "op-14.md", text: op14 },
  { id: "op-15", path: "op-15.md", text: op15 },
  { id: "op-16", path: "op-16.md", text: op16 },
  { id: "op-17", path: "op-17.md", text: op17 },
  { id: "op-18", path: "op-18.md", text: op18 },
  { id: "op-19", path: "op-19.md", text: op19 },
  { id: "op-20", path: "op-20.md", text: op20 },
  { id: "op-21", path: "op-21.md", text: op21 },
  { id: "op-22", path: "op-22.md", text: op22 },
  { id: "op-23", path: "op-23.md", text: op23 },
  { id: "op-24", path: "op-24.md", text: op24 },
  { id: "op-25", path: "op-25.md", text: op25 },
];

/** The hashes and the seed that the committed documents answer to. */
export const CORPUS_V1_MANIFEST: CorpusManifest = manifest;
