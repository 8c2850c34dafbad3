import { assert, assertEquals } from "@std/assert";
import { pageHtml } from "../evidence/page/page_html.ts";
import { BUILT, builtPage, builtText } from "./page_build.ts";
import { lacks } from "./permissions.ts";

const ignore = lacks("read", "write", "run", "env");

Deno.test({
  name: "evidence/page/built.json is what deno task page-build makes",
  ignore,
  async fn() {
    const fresh = builtText(await builtPage());
    // The texts are too long to print their difference.
    assert(
      fresh === Deno.readTextFileSync(BUILT),
      "evidence/page/built.json is stale: run deno task page-build",
    );
  },
});

Deno.test({
  name:
    "a page without a run has less than 350 KB, and no code of Deno or Node",
  ignore,
  fn() {
    const built = JSON.parse(Deno.readTextFileSync(BUILT));
    const page = pageHtml(new Map(), built);
    console.log(`${page.length} bytes`);
    assert(page.length < 350_000);
    assertEquals(/\bDeno\.|\brequire\(|node:/.test(built.script), false);
  },
});
