import { dirname, join } from "../deps.ts";

/** Writes the files of a package, by their paths, in a folder that is made anew. */
export function packageFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.removeSync(folder, { recursive: true });
  for (const [path, text] of files) {
    Deno.mkdirSync(dirname(join(folder, path)), { recursive: true });
    Deno.writeTextFileSync(join(folder, path), text);
  }
}
