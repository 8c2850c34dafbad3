import { hash } from "node:crypto";
import { dirname, join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { type Loopback, loopback } from "./loopback.ts";
import { PROJECT, temporaryFolder } from "./program.ts";

/** The files of a package, by their paths below it. */
export type PackageFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** One version of a package, which is the only one that is served. */
export interface ServedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: PackageFiles;
}

/** A registry of packages on this machine. */
export interface NpmRegistry extends Loopback {
  /** What makes Deno ask it. */
  readonly env: { readonly NPM_CONFIG_REGISTRY: string };
  /** The path of every request; it grows. */
  readonly requests: readonly string[];
}

/** A package that every registry has; requests for it are not noted. */
const PROBE = textPackage({ name: "probe", files: {} });

/** Makes a package of texts, version 1.0.0. */
export function textPackage(
  { name, files }: {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
  },
): ServedPackage {
  const version = "1.0.0";
  const manifest = { name, version, type: "module", exports: "./main.js" };
  const texts = { "package.json": JSON.stringify(manifest), ...files };
  return {
    name,
    version,
    files: new Map(
      Object.entries(texts).map(([path, text]) => [
        path,
        new TextEncoder().encode(text),
      ]),
    ),
  };
}

/** Serves packages as the registry of npm does, and notes who asks. */
export function npmRegistry(packages: readonly ServedPackage[]): NpmRegistry {
  const requests: string[] = [];
  const here = loopback(async ({ url }) => {
    const { pathname, origin } = new URL(url);
    const [name = "", file] = decodeURIComponent(pathname.slice(1))
      .split("/-/");
    if (name !== PROBE.name) requests.push(pathname);
    const found = [PROBE, ...packages].find((each) => each.name === name);
    if (found === undefined) return new Response("none", { status: 404 });
    const bytes = await packed(found.files);
    return file === undefined
      ? Response.json(description(found, { bytes, origin }))
      : new Response(bytes);
  });
  return {
    ...here,
    requests,
    env: { NPM_CONFIG_REGISTRY: `http://${here.host}/` },
  };
}

function description(
  { name, version, files }: ServedPackage,
  { bytes, origin }: { readonly bytes: Uint8Array; readonly origin: string },
) {
  const manifest = new TextDecoder().decode(files.get("package.json"));
  const dist = {
    tarball: `${origin}/${name}/-/package.tgz`,
    integrity: `sha512-${hash("sha512", bytes, "base64")}`,
  };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...JSON.parse(manifest), dist } },
  };
}

/** Packs files below `package/` as POSIX ustar, compressed. */
async function packed(files: PackageFiles): Promise<Uint8Array<ArrayBuffer>> {
  const blocks = [...files].flatMap(([path, bytes]) => [
    header(`package/${path}`, bytes.length),
    bytes,
    new Uint8Array((512 - bytes.length % 512) % 512),
  ]);
  const stream = new Blob([...blocks, new Uint8Array(1024)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(512);
  const put = (at: number, text: string) =>
    new TextEncoder().encodeInto(text, block.subarray(at));
  put(0, path);
  put(100, "0000644\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0`);
  return block;
}

const FILES = { includeDirs: false, includeSymlinks: false };

/** A cache of Deno's own that is removed with the scope that holds it. */
export interface DenoDir extends Disposable {
  /** What makes Deno use it, and ask the registry for what it lacks. */
  readonly env: {
    readonly DENO_DIR: string;
    readonly NPM_CONFIG_REGISTRY: string;
  };
}

/**
 * Makes a cache that has some packages as they were fetched before for this
 * project, and nothing else. It needs no network.
 */
export async function denoDir(
  registry: NpmRegistry,
  packages: readonly string[],
): Promise<DenoDir> {
  const folder = temporaryFolder();
  const env = { ...registry.env, DENO_DIR: folder.path };
  await deno(["cache", "--no-config", `npm:${PROBE.name}`], env);
  // Deno names the folder of a registry; it is where the probe lies.
  const ours = folderWith(join(folder.path, "npm"), PROBE.name);
  const fetched = await fetchedPackages();
  for (const name of packages) {
    // File by file, since Deno takes a linked folder for another package.
    for (const { path } of walkSync(join(fetched, name), FILES)) {
      placeFile(path, join(ours, path.slice(fetched.length)));
    }
  }
  return { env, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

function placeFile(from: string, to: string): void {
  Deno.mkdirSync(dirname(to), { recursive: true });
  try {
    Deno.linkSync(from, to);
  } catch {
    // Another file system; a copy takes longer.
    Deno.copyFileSync(from, to);
  }
}

/** The names of all packages that a program from a URL needs. */
export function lockedPackages(): readonly string[] {
  const { npm }: { readonly npm: Readonly<Record<string, unknown>> } = JSON
    .parse(Deno.readTextFileSync(join(PROJECT, "url.lock")));
  const names = Object.keys(npm).map((key) => key.replace(/(?<=.)@.*$/, ""));
  return [...new Set(names)];
}

/** The files of a package of the project, as they were fetched before. */
export async function fetchedFiles(
  name: string,
  version: string,
): Promise<PackageFiles> {
  const folder = join(await fetchedPackages(), name, version);
  return new Map(
    [...walkSync(folder, FILES)].map(({ path }) => [
      path.slice(folder.length + 1),
      Deno.readFileSync(path),
    ]),
  );
}

/** The folder in which Deno keeps what it has fetched from the registry. */
async function fetchedPackages(): Promise<string> {
  const { npmCache }: { readonly npmCache: string } = JSON.parse(
    await deno(["info", "--json"], {}),
  );
  return folderWith(npmCache, "zod");
}

/** The folder at or below another that has an entry of a name; the nearest one. */
function folderWith(folder: string, name: string): string {
  for (const open = [folder]; open.length > 0;) {
    const here = open.shift() ?? "";
    const entries = [...Deno.readDirSync(here)];
    if (entries.some((entry) => entry.name === name)) return here;
    for (const entry of entries) {
      if (entry.isDirectory) open.push(join(here, entry.name));
    }
  }
  throw new Error(`Nothing below "${folder}" is named "${name}"`);
}

async function deno(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(
    Deno.execPath(),
    { args: [...args], cwd: PROJECT, env: { NO_COLOR: "1", ...env } },
  ).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
