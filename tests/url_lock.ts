/**
 * Writes what a program that is run from a URL needs: `url.lock`, a lockfile
 * that is `deno.lock` without what only tests need, and `cli/loaded_later.ts`.
 * `deno task url-lock` runs it.
 *
 * @module
 */
import { join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { PROJECT } from "./program.ts";

/** A lockfile of Deno, as far as it is about packages. */
export interface Lockfile {
  readonly version: string;
  /** Versions by what is imported. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockedPackage>>;
}

/** A package with the hash of its tarball. */
export interface LockedPackage {
  readonly integrity: string;
  /** Names of packages, with a version where there are several. */
  readonly dependencies?: readonly string[];
  /** Those that a system may lack; the lockfile is unsound without them. */
  readonly optionalDependencies?: readonly string[];
}

const PROGRAM = [
  "tools",
  "policy",
  "runtime",
  "trace",
  "evidence",
  "corpus",
  "tasks",
  "cli",
  "agent",
];

/** Takes from a lockfile the part that some specifiers need. */
export function lockOf(
  { version, specifiers, npm }: Lockfile,
  wanted: ReadonlySet<string>,
): Lockfile {
  const kept = Object.entries(specifiers).filter(([key]) => wanted.has(key));
  const missing = [...wanted].filter((key) => !(key in specifiers));
  if (missing.length > 0) {
    throw new RangeError(`deno.lock does not have ${missing.join(", ")}`);
  }
  const needed = new Set(
    kept.map(([key, exact]) =>
      `${key.slice("npm:".length).replace(/(?<=.)@.*$/, "")}@${exact}`
    ),
  );
  // A Set goes on to what is added meanwhile.
  for (const key of needed) {
    const { dependencies = [], optionalDependencies = [] } = npm[key] ?? {};
    for (const name of [...dependencies, ...optionalDependencies]) {
      needed.add(keyOf(npm, name));
    }
  }
  return {
    version,
    specifiers: Object.fromEntries(kept),
    npm: Object.fromEntries(
      Object.entries(npm).filter(([key]) => needed.has(key)),
    ),
  };
}

function keyOf(npm: Lockfile["npm"], name: string): string {
  const keys = Object.keys(npm).filter((key) =>
    key === name || key.replace(/(?<=.)@.*$/, "") === name
  );
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) {
    throw new RangeError(`deno.lock has ${keys.length} packages "${name}"`);
  }
  return key;
}

function programModules(): readonly string[] {
  const options = { includeDirs: false, includeSymlinks: false };
  return PROGRAM
    .flatMap((folder) => [...walkSync(join(PROJECT, folder), options)])
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts"));
}

/**
 * The text of `cli/loaded_later.ts`: every module that is loaded by an address
 * that Deno cannot see in advance.
 */
export function loadedLater(): string {
  const adapters = programModules().flatMap((path) =>
    [
      ...Deno.readTextFileSync(path).matchAll(
        /new URL\(\s*"([^"]+\.ts)",\s*import\.meta/g,
      ),
    ].map(([, to = ""]) => new URL(to, `file://${path}`).pathname)
  ).map((path) => path.slice(PROJECT.length));
  const imports = [...new Set(adapters)].sort()
    .map((path) =>
      path.startsWith("cli/") ? path.replace("cli/", "./") : `../${path}`
    )
    .map((path) => `  () => import("${path}"),\n`);
  return `${LOADED_LATER_HEAD}${imports.join("")}];\n`;
}

const LOADED_LATER_HEAD = `/**
 * Every module that is loaded only when it is needed, by an address that Deno
 * cannot see in advance. \`deno cache mod.ts cli/loaded_later.ts\` fetches what
 * any command may need, so that \`--cached-only\` works; nothing here is run.
 * \`deno task url-lock\` writes this file.
 *
 * @module
 */

/** Loads them, one each. */
export const LOADED_LATER: readonly (() => Promise<unknown>)[] = [
`;

/** The text of `url.lock`, from `deno.lock` and the modules of the program. */
export function urlLock(): string {
  const wanted = new Set(
    [join(PROJECT, "deps.ts"), ...programModules()].flatMap((path) =>
      [
        ...Deno.readTextFileSync(path).matchAll(
          /from\s+"(npm:(?:@[^/"]+\/)?[^@/"]+@[^/"]+)/g,
        ),
      ].map(([, specifier = ""]) => specifier)
    ),
  );
  const lock: Lockfile = JSON.parse(
    Deno.readTextFileSync(join(PROJECT, "deno.lock")),
  );
  return `${JSON.stringify(lockOf(lock, wanted), null, 2)}\n`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(join(PROJECT, "url.lock"), urlLock());
  Deno.writeTextFileSync(join(PROJECT, "cli/loaded_later.ts"), loadedLater());
}
