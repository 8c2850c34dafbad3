/**
 * Builds the published form for Node in a folder: `deno pack` makes JavaScript and
 * declarations of the modules, and each one that an entry reaches is made to run in
 * Node 22. `deno task npm-build` writes it to `.npm`.
 *
 * @module
 */
import { dirname, fromFileUrl, join, normalize } from "../deps.ts";
import { moduleForNode } from "./module_for_node.ts";
import { packageFolder } from "./package_folder.ts";
import { nodePackage, type PackedPackage } from "./node_package.ts";

const PROJECT = fromFileUrl(new URL("../", import.meta.url));

/** A module of the program that is another one in Node's form. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["evidence/store/walk.js", 'export * from "../../npm/walk_on_node.js";'],
  [
    "cli/mcp/open_servers.js",
    'export * from "../../npm/servers_on_node.js";',
  ],
]);

/** Modules that only Node's form has stand in this folder, and are not packed. */
const ONLY_NODE = /^npm\/(\w+)\.js$/;

/** What goes beside the modules, by the name that it has there. */
const BESIDE: ReadonlyMap<string, string> = new Map([
  ["LICENSE", "LICENSE"],
  ["README.md", "npm/README.md"],
]);

/**
 * Builds the package in a folder, which is made anew.
 *
 * @throws {RangeError} when a module needs what its form for Node does not have
 */
export async function buildNodePackage(folder: string): Promise<void> {
  const packed = Deno.makeTempDirSync();
  try {
    await run("deno", [
      ...["pack", "--quiet", "--allow-dirty", "--no-source-maps"],
      ...["--output", join(packed, "package.tgz")],
    ]);
    await run("tar", ["-xzf", join(packed, "package.tgz"), "-C", packed]);
    written(join(packed, "package"), folder);
  } finally {
    Deno.removeSync(packed, { recursive: true });
  }
}

/** Writes what the entries of a packed package reach. */
function written(packed: string, folder: string): void {
  const given: PackedPackage = JSON.parse(
    Deno.readTextFileSync(join(packed, "package.json")),
  );
  const files = new Map<string, string>();
  const packages = new Set<string>();

  function sourceOf(path: string): string {
    const replaced = REPLACED.get(path);
    if (replaced !== undefined) return replaced;
    const isOwn = path.endsWith(".json") || ONLY_NODE.test(path);
    return Deno.readTextFileSync(
      isOwn ? join(PROJECT, path.replace(/\.js$/, ".ts")) : join(packed, path),
    );
  }

  function add(path: string): void {
    if (files.has(path)) return;
    const made = moduleForNode(path, (json) => sourceOf(json ?? path));
    files.set(path, made.code);
    for (const name of made.packages) packages.add(name);
    for (const specifier of made.imports) {
      add(normalize(join(dirname(path), specifier)));
    }
  }

  for (const { types, default: code } of Object.values(given.exports)) {
    add(normalize(types));
    add(normalize(code));
  }
  files.set("package.json", nodePackage(given, packages));
  for (const [name, path] of BESIDE) {
    files.set(name, Deno.readTextFileSync(join(PROJECT, path)));
  }
  packageFolder(folder, files);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
}

if (import.meta.main) {
  await buildNodePackage(Deno.args[0] ?? join(PROJECT, ".npm"));
}
