/**
 * Installs the packages of the folders that its arguments name, each from its own
 * lockfile and without the packages' scripts. A folder that has them already is left as
 * it is.
 *
 * @module
 */
import { join } from "../../deps.ts";
import { sha256Text } from "../../tools/data/sha256.ts";
import { PROJECT } from "../program.ts";

/** Options of npm for a folder. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  packages: [],
  clients: [],
  large_clients: [],
  // Drivers of other databases, and of pictures.
  servers: ["--omit=optional"],
};

async function install(name: string): Promise<void> {
  const options = OPTIONS[name];
  if (options === undefined) throw new RangeError(`No folder "${name}"`);
  const folder = join(PROJECT, "tests/mcp", name);
  const marker = join(folder, "node_modules/.installed");
  const text = (file: string) => Deno.readTextFileSync(join(folder, file));
  const wanted = sha256Text(text("package.json") + text("package-lock.json"));
  try {
    if (Deno.readTextFileSync(marker) === wanted) return;
  } catch {
    // They are not there yet.
  }
  const { success, stderr } = await new Deno.Command("npm", {
    args: ["ci", "--silent", "--ignore-scripts", ...options],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
  }
  Deno.writeTextFileSync(marker, wanted);
}

await Promise.all(Deno.args.map(install));
