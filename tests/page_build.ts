/**
 * Builds what every report page has: its script, its style, and the script that
 * checks a run. `deno task page-build` writes it to `evidence/page/built.json`.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { join } from "../deps.ts";
import type { BuiltPage } from "../evidence/page/page_html.ts";
import { PROJECT } from "./program.ts";

/** Where the built page is kept. */
export const BUILT = join(PROJECT, "evidence/page/built.json");

/** Builds the page anew from its sources. */
export async function builtPage(): Promise<BuiltPage> {
  const [script, checker] = await Promise.all([
    bundled("evidence/page/view/main.ts"),
    bundled("evidence/page/checker/serve.ts"),
  ]);
  const style = Deno.readTextFileSync(
    join(PROJECT, "evidence/page/view/style.css"),
  );
  const page = {
    script,
    style: withoutBlanks(style),
    checker: gzipSync(checker, { level: 9 }).toString("base64"),
  };
  for (const text of [page.script, page.style]) {
    // Either would end the element that it stands in, or change how it is read.
    if (/<\/(?:script|style)|<!--/i.test(text)) {
      throw new RangeError("Cannot build the page: its code has an HTML tag");
    }
  }
  return page;
}

/** The text of `built.json`. */
export function builtText(page: BuiltPage): string {
  return `${JSON.stringify(page, null, 1)}\n`;
}

/** One script for a browser. The page has a `deps.ts` of its own. */
async function bundled(path: string): Promise<string> {
  const map = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const url = (path: string) => new URL(`../${path}`, import.meta.url).href;
    await Deno.writeTextFile(
      map,
      JSON.stringify({
        imports: { [url("deps.ts")]: url("evidence/page/lean_deps.ts") },
      }),
    );
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          ...["bundle", "--quiet", "--import-map", map],
          ...["--platform", "browser", "--format", "iife", "--minify"],
          join(PROJECT, path),
        ],
        cwd: PROJECT,
        env: { NO_COLOR: "1" },
      },
    ).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(decoder.decode(stderr));
    return decoder.decode(stdout).trim();
  } finally {
    await Deno.remove(map);
  }
}

function withoutBlanks(style: string): string {
  return style.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1").trim();
}

if (import.meta.main) {
  Deno.writeTextFileSync(BUILT, builtText(await builtPage()));
}
