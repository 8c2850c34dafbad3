import { assertStringIncludes } from "@std/assert";
import { PROVIDERS } from "../runtime/llm/provider/provider.ts";
import { run } from "./run.ts";

for (const { id, keys } of PROVIDERS) {
  Deno.test(`the help of run names ${id} and where its key comes from`, () => {
    for (const word of [`${id}:MODEL`, ...keys]) {
      assertStringIncludes(run.help, word);
    }
  });
}
