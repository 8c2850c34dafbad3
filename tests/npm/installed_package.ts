/**
 * The package for Node, built, packed and installed in a folder as a user would
 * install it, beside a Node 22 of its own.
 *
 * @module
 */
import ts from "typescript";
import { buildNodePackage } from "../../npm/build.ts";
import { join } from "../../deps.ts";
import { type Ended, PROJECT } from "../program.ts";

/** What is installed beside the package. */
const BESIDE = [
  `node-${Deno.build.os}-${
    Deno.build.arch === "aarch64" ? "arm64" : "x64"
  }@22.3.0`,
  "typescript@6.0.3",
  "@types/node@22.20.7",
  "zod@4.6.7",
];

/** A file of a packed package. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** Where the package is installed. */
export interface InstalledPackage extends Disposable {
  /** The folder of a project that depends on it. */
  readonly folder: string;
  /** What `npm pack` has put into it. */
  readonly files: readonly PackedFile[];
  /** Puts a program of this folder into the project, as JavaScript; its name there. */
  program(name: string): string;
  /** Starts Node 22 in the project. */
  node(args: readonly string[], stdin?: "piped" | "null"): Deno.ChildProcess;
}

/** Builds, packs and installs the package. */
export async function installedPackage(): Promise<InstalledPackage> {
  const place = Deno.makeTempDirSync();
  const [built, folder] = [join(place, "built"), join(place, "project")];
  await buildNodePackage(built);
  const packed = await said("npm", [
    ...["pack", "--json", "--pack-destination", place],
    built,
  ], place);
  const [{ filename, files }] = JSON.parse(packed);
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "project", private: true, type: "module" }),
  );
  await said("npm", [
    ...["install", "--no-audit", "--no-fund", "--prefer-offline"],
    ...["--no-package-lock", join(place, filename), ...BESIDE],
  ], folder);
  const node = join(
    folder,
    `node_modules/${BESIDE[0]?.replace(/@.*/, "")}/bin/node`,
  );
  return {
    folder,
    files,
    program(name) {
      const code = Deno.readTextFileSync(
        join(PROJECT, "tests/npm", `${name}.ts`),
      );
      const path = `${name}.mjs`;
      Deno.writeTextFileSync(join(folder, path), scriptOf(code));
      return path;
    },
    node: (args, stdin = "null") =>
      new Deno.Command(node, {
        args: [...args],
        cwd: folder,
        env: { NO_COLOR: "1", NODE_NO_WARNINGS: "1" },
        stdin,
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    [Symbol.dispose]: () => Deno.removeSync(place, { recursive: true }),
  };
}

/** A program without its types; Node does not know them yet. */
function scriptOf(code: string): string {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

/** Waits for a program, and decodes what it said. */
export async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Runs a program that must succeed; what it writes to standard output. */
export async function said(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { code, stdout, stderr } = await ended(
    new Deno.Command(program, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: ${stdout}${stderr}`);
}
