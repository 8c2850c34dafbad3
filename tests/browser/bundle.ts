/**
 * Bundles an entry as a page would load it, and runs it where there is nothing but
 * the language and four things of the web.
 *
 * @module
 */
import { createContext, runInContext } from "node:vm";
import { join } from "../../deps.ts";
import { PROJECT } from "../program.ts";
import type { Check } from "./checking.ts";

/** Bundles one module, with everything that it imports, into one script for a browser. */
export async function bundled(
  path: string,
  ...options: readonly string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--format", "iife"],
      ...options,
      join(PROJECT, path),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

/** The packages in a bundle that was not minified. */
export function packagesIn(bundle: string): readonly string[] {
  const names = bundle.matchAll(
    /^ *\/\/ .*\/npm\/[^/]+\/((?:@[^/]+\/)?[^/@]+)\/\d[^/]*\//gm,
  );
  return [...new Set([...names].map(([, name = ""]) => name))].sort();
}

/** The modules of this project in a bundle that was not minified. */
export function modulesIn(bundle: string): readonly string[] {
  const paths = bundle.matchAll(/^ *\/\/ ([a-z]\w*(?:\/\w+)*\.ts)$/gm);
  return [...paths].map(([, path = ""]) => path);
}

/** Runs a bundle without `Deno`, `process`, `require` or anything else of a server. */
export function checkIn(bundle: string): Check {
  const page = emptyPage();
  runInContext(bundle, page);
  const { checkRecord: check } = page;
  if (check === undefined) throw new Error("Cannot find what checks a record");
  return check;
}

/** A world that has nothing but the language and what the entries need of the web. */
export function emptyPage(): { readonly checkRecord?: Check } {
  return createContext({ structuredClone, TextDecoder, TextEncoder, URL });
}

/** Bytes of a text, and what is left of them when gzip has packed it. */
export async function sizes(
  text: string,
): Promise<{ readonly bytes: number; readonly packed: number }> {
  const blob = new Blob([text]);
  const packed = blob.stream().pipeThrough(new CompressionStream("gzip"));
  return {
    bytes: blob.size,
    packed: (await new Response(packed).bytes()).length,
  };
}
