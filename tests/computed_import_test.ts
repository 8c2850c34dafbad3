import { assertEquals, assertMatch } from "@std/assert";
import { join } from "../deps.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import {
  type DenoDir,
  denoDir,
  lockedPackages,
  npmRegistry,
  textPackage,
} from "./npm_registry.ts";
import { lacks } from "./permissions.ts";
import { type Ended, program, PROJECT, temporaryFolder } from "./program.ts";

const PACKAGE = textPackage({
  name: "attack-kit",
  files: { "main.js": 'export const secret = "the code of a stranger";' },
});

/** The flags that `permissions` prints for a policy that wants a Worker. */
async function printedFlags(folder: string): Promise<readonly string[]> {
  const policy = join(folder, "policy.yaml");
  Deno.writeTextFileSync(
    policy,
    policyText.replace("isolation: process", "isolation: worker"),
  );
  const { code, stdout, stderr } = await program(
    [
      ...["permissions", "--policy", policy],
      ...["--read", `${PROJECT},${folder}`, "--out", folder],
    ],
    { cwd: folder },
  );
  assertEquals(code, 0, stderr);
  return stdout.trim().split(" ");
}

/** Has a tool in a Worker import what it names when it runs. */
function importedInWorker(
  specifier: string,
  { folder, flags, cache }: {
    readonly folder: string;
    readonly flags: readonly string[];
    readonly cache: DenoDir;
  },
): Promise<Ended> {
  return program([folder, "import", specifier], {
    cwd: folder,
    permissions: flags,
    program: join(PROJECT, "tests/free_attack.ts"),
    env: { ...cache.env, JSR_URL: cache.env.NPM_CONFIG_REGISTRY },
  });
}

const SPECIFIERS = [
  "npm:attack-kit@1.0.0",
  "npm:attack-kit",
  "npm:/attack-kit@1/main.js",
  "npm:told-by-its-name-secret123",
  "jsr:@attack/kit@1.0.0",
];

Deno.test({
  name: "a tool in a Worker fetches no package that it names when it runs",
  ignore: lacks("read", "write", "run", "net"),
  async fn(t) {
    using folder = temporaryFolder();
    await using registry = npmRegistry([PACKAGE]);
    using cache = await denoDir(registry, lockedPackages());
    const printed = await printedFlags(folder.path);
    const run = (specifier: string, flags: readonly string[]) =>
      importedInWorker(specifier, { folder: folder.path, flags, cache });
    for (const specifier of SPECIFIERS) {
      await t.step(`${specifier}, under the flags of permissions`, async () => {
        const { stdout, stderr } = await run(specifier, printed);
        assertMatch(stdout, /^\{"error":/, stderr);
        assertEquals(registry.requests, []);
      });
    }
    await t.step("but it does without --cached-only", async () => {
      const flags = printed.filter((flag) => flag !== "--cached-only");
      assertEquals(flags.length, printed.length - 1);
      const { stdout, stderr } = await run("npm:attack-kit@1.0.0", flags);
      assertMatch(stdout, /^\{"result":"the code of a stranger"\}/, stderr);
      assertEquals(registry.requests, [
        "/attack-kit",
        "/attack-kit/-/package.tgz",
      ]);
    });
  },
});
