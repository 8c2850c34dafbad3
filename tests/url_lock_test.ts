import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { servedProject } from "./from_url.ts";
import {
  type DenoDir,
  denoDir,
  fetchedFiles,
  lockedPackages,
  npmRegistry,
} from "./npm_registry.ts";
import { lacks } from "./permissions.ts";
import { type Ended, PROJECT, temporaryFolder } from "./program.ts";
import { loadedLater, urlLock } from "./url_lock.ts";

function text(path: string): string {
  return Deno.readTextFileSync(join(PROJECT, path));
}

/** The two commands of docs/from-a-url.md that pin what a URL runs, without `deno`; before them it takes a new cache and the lockfile. */
function recipe(url: string): readonly (readonly string[])[] {
  const [, lines = ""] =
    /```sh\n(export DENO_DIR[^`]*)```/.exec(text("docs/from-a-url.md")) ?? [];
  const commands = lines.trim().split("\n")
    .map((line) => line.replaceAll("URL", url).split(" "));
  assertEquals(commands.map(([name]) => name), [
    "export",
    "curl",
    "deno",
    "deno",
  ]);
  assertEquals(commands[1]?.at(-1), `${url}/url.lock`);
  return commands.slice(2).map(([, ...args]) => args);
}

interface Place {
  readonly cwd: string;
  readonly cache: DenoDir;
}

async function deno(
  args: readonly string[],
  { cwd, cache }: Place,
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...cache.env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** The last line of the recipe, as a careless user would write it. */
function withoutLock(run: readonly string[]): readonly string[] {
  const pins = ["--cached-only", "--frozen", "--lock=url.lock"];
  return run.filter((flag) => !pins.includes(flag));
}

interface Lock {
  readonly npm: Readonly<Record<string, unknown>>;
  readonly remote?: Readonly<Record<string, string>>;
}

function lockIn(folder: string): Lock {
  return JSON.parse(Deno.readTextFileSync(join(folder, "url.lock")));
}

const ignore = lacks("read", "write", "run", "net");

Deno.test({
  name:
    "the lines of docs/from-a-url.md pin what a URL runs, our own modules too",
  ignore,
  async fn(t) {
    using folder = temporaryFolder();
    const cwd = folder.path;
    await using registry = npmRegistry([]);
    using cache = await denoDir(registry, lockedPackages());
    let changed = false;
    await using project = servedProject({
      "tools/redirect.ts": (code) => changed ? `${code}// changed\n` : code,
    });
    const [fetchAll = [], run = []] = recipe(project.url);
    Deno.copyFileSync(join(PROJECT, "url.lock"), join(cwd, "url.lock"));

    await t.step(
      "one command fetches everything and pins it",
      async () => {
        const { code, stderr } = await deno(fetchAll, { cwd, cache });
        assertEquals(code, 0, stderr);
        const { npm, remote = {} } = lockIn(cwd);
        assertEquals(npm, lockIn(PROJECT).npm);
        assert(`${project.url}/tools/page/html_text.ts` in remote);
        // Whatever the program loads is there before it runs. What versions a package
        // has may be asked anew; that is not in the cache of a new machine.
        const known = lockedPackages().map((name) => `/${name}`);
        assertEquals(
          registry.requests.filter((path) =>
            !known.includes(decodeURIComponent(path))
          ),
          [],
        );
      },
    );
    await t.step("the other runs, and fetches nothing", async () => {
      const { code, stdout, stderr } = await deno(run, { cwd, cache });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, ": final_answer after 5 steps");
      assertEquals(stderr, "");
    });
    await t.step("what is loaded late is there, too", async () => {
      Deno.writeTextFileSync(
        join(cwd, "tools.json"),
        '[{"name":"own","input_schema":{"type":"object"}}]',
      );
      const decide = [
        ...run.slice(0, -1),
        ...["decide", "--tools", "tools.json"],
        ...["--policy", join(PROJECT, "policy/v1.yaml")],
      ];
      const { code, stderr } = await deno(decide, { cwd, cache });
      assertEquals(code, 0, stderr);
    });
    await t.step("a module that has changed since is refused", async () => {
      changed = true;
      using fresh = await denoDir(registry, lockedPackages());
      const unpinned = await deno(withoutLock(run), { cwd, cache: fresh });
      assertEquals(unpinned.code, 0, unpinned.stderr);
      using again = await denoDir(registry, lockedPackages());
      const pinned = await deno(
        run.filter((flag) => flag !== "--cached-only"),
        { cwd, cache: again },
      );
      assertEquals(pinned.code, 10, pinned.stderr);
      assertStringIncludes(pinned.stderr, "tools/redirect.ts");
    });
  },
});

/** A package of ours with one more line, under the same version. */
async function changedCanonicalize() {
  const [name, version] = ["canonicalize", "5.1.0"];
  const files = new Map(await fetchedFiles(name, version));
  const main = "lib/canonicalize.js";
  const code = new TextDecoder().decode(files.get(main));
  files.set(
    main,
    new TextEncoder().encode(`${code}\nconsole.error("CHANGED");\n`),
  );
  return { name, version, files };
}

Deno.test({
  name:
    "a package that has changed under its version is refused with the lock, and runs without it",
  ignore,
  async fn(t) {
    using folder = temporaryFolder();
    const cwd = folder.path;
    await using registry = npmRegistry([await changedCanonicalize()]);
    await using project = servedProject();
    const [fetchAll = [], run = []] = recipe(project.url);
    const fetching = run.filter((flag) => flag !== "--cached-only");
    const others = lockedPackages().filter((name) => name !== "canonicalize");
    using cache = await denoDir(registry, others);

    await t.step("without the lock it runs", async () => {
      const { code, stderr } = await deno(withoutLock(run), { cwd, cache });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, "CHANGED");
      assert(registry.requests.includes("/canonicalize/-/package.tgz"));
    });
    const takeLock = () =>
      Deno.copyFileSync(join(PROJECT, "url.lock"), join(cwd, "url.lock"));
    async function refuses(args: readonly string[], cache: DenoDir) {
      const { code, stderr } = await deno(args, { cwd, cache });
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "canonicalize@5.1.0");
      assertStringIncludes(stderr, "checksum did not match");
      assertEquals(stderr.includes("CHANGED"), false);
    }
    await t.step("with the lock it is refused when it is fetched", async () => {
      takeLock();
      using fresh = await denoDir(registry, others);
      await refuses(fetchAll, fresh);
    });
    await t.step("once all is pinned it does not run", async () => {
      takeLock();
      using whole = await denoDir(registry, lockedPackages());
      const { code, stderr } = await deno(fetchAll, { cwd, cache: whole });
      assertEquals(code, 0, stderr);
      using fresh = await denoDir(registry, others);
      await refuses(fetching, fresh);
    });
  },
});

Deno.test({
  name: "url.lock is what `deno task url-lock` writes, and names no host",
  ignore: lacks("read"),
  fn() {
    assertEquals(text("url.lock"), urlLock());
    assertEquals(/https?:/.test(text("url.lock")), false);
  },
});

Deno.test({
  name: "cli/loaded_later.ts has every module that Deno cannot see in advance",
  ignore: lacks("read"),
  fn() {
    assertEquals(text("cli/loaded_later.ts"), loadedLater());
  },
});

Deno.test({
  name: "every command of the documentation has --no-prompt",
  ignore: lacks("read"),
  fn() {
    const pages = [...Deno.readDirSync(join(PROJECT, "docs"))]
      .filter(({ isFile }) => isFile).map(({ name }) => `docs/${name}`);
    const commands = [
      "README.md",
      "CONTRIBUTING.md",
      "UPGRADING.md",
      "SECURITY.md",
      "cli/permissions.ts",
      ...pages,
    ]
      .flatMap((path) =>
        [...text(path).matchAll(/\bdeno run (?!--no-prompt |\$\().*/g)]
          .map(([command]) => `${path}: ${command}`)
      );
    assertEquals(commands, []);
  },
});
