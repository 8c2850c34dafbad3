#!/usr/bin/env node
/**
 * Starts the command line where there is only Node: with the Deno that npm has
 * installed, and with exactly the flags that the command line needs, which the
 * program says itself (`permissions -- COMMAND…`). What it loads is fetched the first
 * time, against its lockfile, and never later.
 *
 * @module
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const PROGRAM = join(HERE, "program");
const MAIN = join(PROGRAM, "cli.ts");
/** What any command may load; a package that is missing is an error only where it is imported at once. */
const ALL = [
  join(PROGRAM, "mod.ts"),
  join(PROGRAM, "cli/loaded_later.ts"),
];
/** No settings of the folder in which it is started count. */
const ALONE = ["--quiet", "--no-config"];
const LOCKED = [`--lock=${join(PROGRAM, "url.lock")}`, "--frozen"];

/** What `permissions --json -- COMMAND…` says. */
interface Launch {
  readonly flags: readonly string[];
  readonly modules: readonly string[];
}

/** An end of the launcher, with what is said of it. */
class Ended extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

function main(all: readonly string[]): void {
  const start = all.findIndex((each) => !/^--(?:allow|deny)-/.test(each));
  const args = start === -1 ? [] : all.slice(start);
  const more = start === -1 ? all : all.slice(0, start);
  const cache = cacheFolder();
  const env = {
    ...process.env,
    DENO_DIR: cache,
    DENO_NO_PACKAGE_JSON: "1",
    DENO_NO_UPDATE_CHECK: "1",
  };
  const deno = denoOfNpm();

  /** What one call of Deno says; what it says on standard error goes on. */
  function said(...given: readonly string[]): string {
    const { status, signal, error, stdout, stderr } = spawnSync(deno, given, {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (error !== undefined) throw new Ended(1, error.message);
    if (status === 0) return stdout;
    throw new Ended(status ?? 1, stderr.trimEnd() || `Deno ended: ${signal}`);
  }

  fetchOnce(
    cache,
    () => said("cache", ...ALONE, ...LOCKED, ...ALL),
  );
  const { flags, modules }: Launch = JSON.parse(said(
    ...["run", ...ALONE, ...LOCKED, "--no-prompt", "--cached-only"],
    ...["--allow-read", MAIN, "permissions", "--json", "--", ...args],
  ));
  // What modules of the user's import is in no lockfile of ours.
  const lock = modules.length === 0 ? LOCKED : ["--no-lock"];
  if (modules.length > 0) {
    said("cache", ...ALONE, ...lock, ...ALL, ...modules);
  }
  become(
    deno,
    ["run", ...ALONE, ...lock, ...flags, ...more, MAIN, ...args],
    env,
  );
}

/** Fetches what the program loads, unless that was done before. */
function fetchOnce(cache: string, fetch: () => void): void {
  const done = join(cache, "fetched");
  if (existsSync(done)) return;
  console.error("fetching what the program loads, this once");
  mkdirSync(cache, { recursive: true });
  fetch();
  writeFileSync(done, "");
}

/** Where Deno keeps what it has fetched, for this version of the program alone. */
function cacheFolder(): string {
  const { version } = JSON.parse(
    readFileSync(join(HERE, "package.json"), "utf8"),
  );
  const { XDG_CACHE_HOME } = process.env;
  const caches = XDG_CACHE_HOME ||
    join(
      homedir(),
      process.platform === "darwin" ? "Library/Caches" : ".cache",
    );
  return join(caches, "agent-runtime", version);
}

/** The program that the package `deno` has for this system. */
function denoOfNpm(): string {
  const { runInstall } = createRequire(import.meta.url)("deno/install_api.cjs");
  return runInstall();
}

/** Runs a program in the place of this one: its streams, signals and end. */
function become(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const child = spawn(program, args, { env, stdio: "inherit" });
  // A terminal sends its signals to both.
  const isAtTerminal = [process.stdin, process.stdout, process.stderr]
    .some(({ isTTY }) => isTTY);
  const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !isAtTerminal) child.kill(signal);
    });
  }
  child.on("error", end);
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const each of SIGNALS) process.removeAllListeners(each);
    process.kill(process.pid, signal);
  });
}

function end(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof Ended ? error.code : 1);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  end(error);
}
