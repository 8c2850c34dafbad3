/**
 * Builds the launcher in a folder: a package for Node whose program starts the
 * command line with the Deno that npm installs. `deno task npm-build` writes it to
 * `.npm-launcher`.
 *
 * @module
 */
import ts from "typescript";
import config from "../deno.json" with { type: "json" };
import { fromFileUrl, join } from "../deps.ts";
import { packageFolder } from "./package_folder.ts";

const PROJECT = new URL("../", import.meta.url);

/** What goes into the package as it is, by the name that it has there. */
const AS_IT_IS: ReadonlyMap<string, string> = new Map([
  ["LICENSE", "LICENSE"],
  ["README.md", "npm/launcher.md"],
  ["program/LICENSE", "LICENSE"],
  ["program/corpus/LICENSE", "corpus/LICENSE"],
  ["program/url.lock", "url.lock"],
]);

/** Builds the package in a folder, which is made anew. */
export async function buildLauncher(folder: string): Promise<void> {
  const files = new Map([...AS_IT_IS].map(([to, from]) => [to, textOf(from)]));
  for (const path of await programFiles()) {
    files.set(`program/${path}`, textOf(path));
  }
  files.set("launcher.js", script());
  files.set("package.json", launcherPackage());
  packageFolder(folder, files);
}

/** Everything that the command line may load, by its path in the project. */
async function programFiles(): Promise<readonly string[]> {
  const graphs = ["mod.ts", "cli/loaded_later.ts"].map(async (entry) => {
    const { stdout } = await new Deno.Command("deno", {
      args: ["info", "--json", fromFileUrl(new URL(entry, PROJECT))],
      stderr: "inherit",
    }).output();
    const graph: {
      readonly modules: readonly { readonly specifier: string }[];
    } = JSON.parse(new TextDecoder().decode(stdout));
    return graph.modules.map(({ specifier }) => specifier);
  });
  const specifiers = new Set((await Promise.all(graphs)).flat());
  return [...specifiers].filter((each) => each.startsWith(PROJECT.href))
    .map((each) => each.slice(PROJECT.href.length)).sort();
}

function script(): string {
  const { outputText } = ts.transpileModule(textOf("npm/launcher.ts"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

function launcherPackage(): string {
  const document = {
    name: "@agent-runtime/cli",
    version: config.version,
    description: `${config.description}: its command line, for Node`,
    keywords: ["agent", "llm", "mcp", "policy", "audit", "governance"],
    license: config.license,
    type: "module",
    engines: { node: ">=20" },
    bin: { "agent-runtime": "launcher.js" },
    dependencies: { deno: Deno.version.deno },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROJECT));
}

if (import.meta.main) {
  await buildLauncher(
    Deno.args[0] ?? join(fromFileUrl(PROJECT), ".npm-launcher"),
  );
}
