import { assertEquals, assertThrows } from "@std/assert";
import { lacks } from "../tests/permissions.ts";
import { temporaryFolder } from "../tests/program.ts";
import { join } from "../deps.ts";

// TypeScript looks at the environment while it is loaded.
const ignore = lacks("read", "write", "run", "env");

Deno.test({
  name: "everything that the library uses has a form for Node 22",
  ignore,
  async fn() {
    const { buildNodePackage } = await import("./build.ts");
    using place = temporaryFolder();
    const folder = join(place.path, "built");
    await buildNodePackage(folder);
    const { exports } = JSON.parse(
      Deno.readTextFileSync(join(folder, "package.json")),
    );
    assertEquals(Object.keys(exports).slice(0, 3), [
      ".",
      "./loop",
      "./session",
    ]);
  },
});

for (
  const { code, why } of [
    {
      code: "Deno.chmodSync(path, 0);",
      why: "x/a.js uses Deno.chmodSync, which Node's form lacks",
    },
    {
      code: "Deno.errors.BadResource;",
      why: "x/a.js uses Deno.errors.BadResource, which Node's form lacks",
    },
    {
      code: "Promise.try(work);",
      why: "x/a.js uses Promise.try, which Node 22 lacks",
    },
    {
      code: "bytes.toHex();",
      why: "x/a.js uses .toHex(, which Node 22 lacks",
    },
  ]
) {
  Deno.test({
    name: `moduleForNode() refuses ${code}`,
    ignore,
    async fn() {
      const { moduleForNode } = await import("./module_for_node.ts");
      assertThrows(() => moduleForNode("x/a.js", () => code), RangeError, why);
    },
  });
}

Deno.test({
  name: "moduleForNode() writes out what Node cannot parse, and names Deno",
  ignore,
  async fn() {
    const { moduleForNode } = await import("./module_for_node.ts");
    const { code, imports, packages } = moduleForNode(
      "x/a.js",
      () =>
        `import { z } from "zod/mini";
import config from "../deno.json" with {
  type: "json"
};
const later = await import(new URL("./b.ts", import.meta.url).href);
{ using file = Deno.openSync(config.name); }
export { later, z };
`,
    );
    assertEquals(imports, [
      "../npm/deno_on_node.js",
      "../deno.json.js",
      "./b.js",
    ]);
    assertEquals(packages, ["zod"]);
    assertEquals(/\busing file/.test(code), false);
  },
});
