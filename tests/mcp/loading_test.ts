import { assert, assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../permissions.ts";
import { PROJECT } from "../program.ts";

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/** What is loaded with a module, and not when it is called for. */
async function loadedWith(path: string): Promise<ReadonlySet<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(PROJECT, path)],
    stderr: "null",
  }).output();
  const { roots, modules }: Graph = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const byName = new Map(modules.map((each) => [each.specifier, each]));
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    for (
      const { code, isDynamic } of byName.get(specifier)?.dependencies ?? []
    ) {
      if (code !== undefined && isDynamic !== true) loaded.add(code.specifier);
    }
  }
  return loaded;
}

Deno.test({
  name: "mcp loads little before its server is started",
  ignore: lacks("run"),
  async fn() {
    const loaded = await loadedWith("cli/mcp.ts");
    const names = [...loaded].map((each) => each.replace(/^.*:\/\//, ""));
    const found = (pattern: RegExp) =>
      names.filter((each) => pattern.test(each));
    assertEquals(found(/policy\/document\/load\.ts$/).length, 1);
    assertEquals(found(/cli\/mcp\/server_process\.ts$/).length, 1);
    // What judges and records calls, and the compiler of schemas.
    assertEquals(
      found(
        /\/(?:session|recording|json_schema|trace|otlp)\/(?!session_policy_fault)|ajv/,
      ),
      [],
    );
    assert(loaded.size < 110, `${loaded.size} modules`);
  },
});
