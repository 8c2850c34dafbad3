/**
 * What is published, and the program as an installed command.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { LOADED_LATER } from "../../cli/loaded_later.ts";
import { PROJECT, temporaryFolder } from "../program.ts";
import { ended } from "./installed_package.ts";

async function deno(
  args: readonly string[],
  { cwd = PROJECT, env = {} }: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
) {
  return await ended(
    new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

Deno.test("deno publish takes the program and its licence, no tests and no runs, and warns of nothing but what is loaded later", async () => {
  const { code, stdout, stderr } = await deno([
    ...["publish", "--dry-run", "--allow-dirty", "--no-check"],
  ]);
  assertEquals(code, 0, stderr);
  const text = `${stdout}${stderr}`;
  const root = new URL("../../", import.meta.url).href;
  const paths = [...text.matchAll(/^ *(file:.*) \([\d.]+K?B\)$/gm)]
    .map(([, url = ""]) => url.replace(root, ""));
  assert(paths.length > 400, text);
  for (
    const path of [
      "LICENSE",
      "README.md",
      "deno.json",
      "url.lock",
      "mod.ts",
      "cli/loaded_later.ts",
      "corpus/LICENSE",
      "policy/v1.yaml",
      "evidence/page/built.json",
    ]
  ) assert(paths.includes(path), path);
  const allowed =
    /^(?:agent|cli|corpus|evidence|policy|runtime|tasks|tools|trace)\/|^(?:\w+\.md|LICENSE|deno\.json|url\.lock|(?:cli|deps|mod)\.ts)$/;
  assertEquals(paths.filter((path) => !allowed.test(path)), []);
  assertEquals(
    paths.filter((path) => /_test\.ts$|\/samples\//.test(path)),
    [],
  );

  const warned = [...text.matchAll(/^warning\[([\w-]+)\]/gm)];
  assertEquals(new Set(warned.map(([, what]) => what)), LATER_ALONE);
  // A tool module of a user's, and a package of Node's that needs no permission.
  const ours = LOADED_LATER.length;
  assert(warned.length <= ours + 1, `${warned.length} warnings`);
  assertEquals(
    /slow/.test(text.replace(/^Checking for slow types.*$/m, "")),
    false,
  );
});

/** A module that is loaded when it is needed, by an address that is computed. */
const LATER_ALONE = new Set(["unanalyzable-dynamic-import"]);

/** The commands of the page that begin so, with our files in the place of `URL`. */
function documented(beginning: string): readonly string[] {
  const page = Deno.readTextFileSync(join(PROJECT, "docs/from-a-url.md"));
  const line = page.split("\n").find((line) => line.startsWith(beginning));
  if (line === undefined) throw new Error(`no line begins "${beginning}"`);
  return line.replaceAll("URL/", PROJECT).split(" ").slice(1);
}

Deno.test("the program that is installed as a command, as the page says, does its work offline", async () => {
  using place = temporaryFolder();
  const [root, folder] = [join(place.path, "root"), join(place.path, "empty")];
  Deno.mkdirSync(folder);
  const at = { cwd: folder };
  const cached = await deno(documented("deno cache --no-lock"), at);
  assertEquals(cached.code, 0, cached.stderr);
  const [install = "", ...flags] = documented("deno install --global");
  const installed = await deno([install, "--root", root, ...flags], at);
  assertEquals(installed.code, 0, installed.stderr);

  const command = async (...args: readonly string[]) =>
    await ended(
      new Deno.Command(join(root, "bin/agent-runtime"), {
        args: [...args],
        cwd: folder,
        env: { NO_COLOR: "1" },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  const ran = await command("canonical");
  assertEquals([ran.code, ran.stderr], [0, ""]);
  assertStringIncludes(ran.stdout, "final_answer after 5 steps");
  const [run = ""] = [...Deno.readDirSync(join(folder, "runs"))]
    .filter(({ name }) => /^\d/.test(name)).map(({ name }) => name);
  const verified = await command("verify", join("runs", run));
  assertEquals(verified.code, 0);
  assertStringIncludes(verified.stdout, "verified 37 events");
  const lock = join(root, "bin/.agent-runtime/deno.lock");
  const ours = join(PROJECT, "url.lock");
  const specifiersIn = (path: string) =>
    Object.keys(JSON.parse(Deno.readTextFileSync(path)).specifiers);
  assertEquals(specifiersIn(lock), specifiersIn(ours));
  // With our lockfile in the place of Deno's it is what was tested.
  const tested = await deno(
    documented("deno cache --no-config")
      .map((each) => each.replace("=url.lock", `=${ours}`)),
    at,
  );
  assertEquals(tested.code, 0, tested.stderr);
  Deno.copyFileSync(ours, lock);
  const pinned = await command(
    ...["run", join(PROJECT, "examples/constitution/task.yaml")],
    ...["--out", "pinned"],
  );
  assertEquals(pinned.code, 0, pinned.stderr);
  assertEquals(Deno.readTextFileSync(lock), Deno.readTextFileSync(ours));
  // What was not granted is not asked for.
  const model = await command(
    ...["run", join(PROJECT, "examples/constitution/task.yaml")],
    ...["--out", "out", "--llm", "ollama:none"],
  );
  assertEquals(model.code, 1);
  assertStringIncludes(model.stderr, "may not reach");
});
