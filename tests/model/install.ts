import { fromFileUrl, join } from "../../deps.ts";

/** Where the native package and the model file are kept; git does not see it. */
export const CACHE = fromFileUrl(new URL(".cache/", import.meta.url));

const LOCKED = fromFileUrl(new URL("llama/", import.meta.url));
const FILES = ["package.json", "package-lock.json"];
const NATIVE =
  "node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/llama-addon.node";
const TIMEOUT_MS = 100_000;

/** The folder of the packages, or why there is none. */
export type Installed =
  | { readonly packages: string }
  | { readonly missing: string };

/**
 * Installs node-llama-cpp, at the versions and digests of
 * `llama/package-lock.json` and without running any script of it, unless it is
 * there already. Nobody but who runs the model needs it, so it is no
 * dependency of the project.
 *
 * @throws when a package is not the one that is locked.
 */
export async function installed(): Promise<Installed> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    return { missing: "the native part is locked for linux x86_64 only" };
  }
  const folder = join(CACHE, "llama");
  const packages = { packages: join(folder, "node_modules") };
  if (isWhole(folder)) return packages;
  console.error(
    "Installing node-llama-cpp with npm into tests/model/.cache, once: " +
      "about 85 MB, exact versions, no scripts",
  );
  Deno.mkdirSync(CACHE, { recursive: true });
  const fresh = Deno.makeTempDirSync({ dir: CACHE, prefix: "installing-" });
  try {
    for (const name of FILES) {
      Deno.copyFileSync(join(LOCKED, name), join(fresh, name));
    }
    const failure = await npmInstall(fresh);
    if (failure !== undefined) return { missing: failure };
    // Whoever was faster put the same there.
    if (isWhole(folder)) return packages;
    remove(folder);
    Deno.renameSync(fresh, folder);
  } finally {
    remove(fresh);
  }
  return isWhole(folder) ? packages : { missing: "its native part is missing" };
}

/** Whether what is locked now is what was installed, native part included. */
function isWhole(folder: string): boolean {
  try {
    Deno.statSync(join(folder, NATIVE));
    return FILES.every((name) =>
      Deno.readTextFileSync(join(folder, name)) ===
        Deno.readTextFileSync(join(LOCKED, name))
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Says why it did not work, if it did not. */
async function npmInstall(cwd: string): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      // Not `npm ci`, which wants the parts for every other machine as well.
      args: [
        "install",
        "--no-save",
        "--ignore-scripts",
        "--omit=optional",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=0",
        "--loglevel=error",
      ],
      cwd,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      stdin: "null",
      stdout: "null",
    }).output();
    if (success) return undefined;
    const said = new TextDecoder().decode(stderr);
    // A package that is not the locked one is no reason to look away.
    if (said.includes("EINTEGRITY")) {
      throw new Error(`Cannot install node-llama-cpp: ${said}`);
    }
    const [first] = said.split("\n");
    return `npm could not install it: ${first}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "there is no npm";
    throw error;
  }
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
