/**
 * Writes `url.lock`, the lockfile for a program that is run from a URL:
 * `deno.lock` without what only tests need. `deno task url-lock` runs it.
 *
 * @module
 */
import { join, walkSync } from "../deps.ts";
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
    for (const name of npm[key]?.dependencies ?? []) {
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

/** The text of `url.lock`, from `deno.lock` and the modules of the program. */
export function urlLock(): string {
  const options = { includeDirs: false, includeSymlinks: false };
  const modules = PROGRAM
    .flatMap((folder) => [...walkSync(join(PROJECT, folder), options)])
    .map(({ path }) => path)
    .filter((path) => path.endsWith(".ts") && !path.endsWith("_test.ts"));
  const wanted = new Set(
    [join(PROJECT, "deps.ts"), ...modules].flatMap((path) =>
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
}
