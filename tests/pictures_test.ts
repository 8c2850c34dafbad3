/**
 * The pictures of README and docs/: drawings are what their task makes, photographs
 * are there, and none of them is large.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { HOSTILE_TEXTS, obeyed } from "./hostile/terminal_texts.ts";
import { lacks } from "./permissions.ts";
import { drawings, PICTURES } from "./pictures/drawings.ts";
import { terminalSvg } from "./pictures/terminal_svg.ts";
import { PROJECT } from "./program.ts";

const MAX_BYTES = 200_000;

Deno.test({
  name: "drawings of docs/pictures are what deno task pictures makes",
  ignore: lacks("read", "write", "run"),
  async fn() {
    for (const [name, text] of await drawings()) {
      assertEquals(
        Deno.readTextFileSync(join(PICTURES, name)),
        text,
        `${name} is stale: run deno task pictures`,
      );
    }
  },
});

Deno.test({
  name: "pictures are small, and each is shown somewhere with words for it",
  ignore: lacks("read"),
  fn() {
    const pages = [
      "README.md",
      ...[...Deno.readDirSync(join(PROJECT, "docs"))]
        .filter(({ isFile }) => isFile).map(({ name }) => `docs/${name}`),
    ].map((path) => Deno.readTextFileSync(join(PROJECT, path)));
    const shown = pages.flatMap((page) => [
      ...page.matchAll(/!\[([^\]]{10,})\]\((?:docs\/)?pictures\/([\w.]+)\)/g),
    ]).map(([, , name = ""]) => name);
    const names = [...Deno.readDirSync(PICTURES)].map(({ name }) => name);
    assertEquals([...new Set(shown)].sort(), names.sort());
    for (const name of names) {
      const { size } = Deno.statSync(join(PICTURES, name));
      assert(size > 500 && size < MAX_BYTES, `${name} has ${size} bytes`);
    }
  },
});

Deno.test("terminalSvg() keeps hostile text in its place", () => {
  for (const { name, text } of HOSTILE_TEXTS) {
    const svg = terminalSvg("<t&>", [{ typed: false, text: `<a>${text}` }]);
    assertEquals(obeyed(svg), [], name);
    assertEquals(svg.includes("<a>"), false, name);
  }
});
