/**
 * Writes the public names of every entry to tests/public_names.json, or hands them to
 * the test that compares them.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };
import { join } from "../deps.ts";
import { PROJECT } from "./program.ts";

/** The public names of each entry, each as `KIND NAME`, sorted by name. */
export type PublicNames = Readonly<Record<string, readonly string[]>>;

/** Where the pinned names are. */
export const PINNED = join(PROJECT, "tests/public_names.json");

interface Documented {
  readonly nodes: Readonly<
    Record<string, {
      readonly symbols: readonly {
        readonly name: string;
        readonly declarations: readonly { readonly kind: string }[];
      }[];
    }>
  >;
}

/** The names that the entries of deno.json have now. */
export async function publicNames(): Promise<PublicNames> {
  const names: Record<string, readonly string[]> = {};
  for (const [entry, path] of Object.entries(config.exports)) {
    names[entry] = await namesOf(join(PROJECT, path));
  }
  return names;
}

async function namesOf(path: string): Promise<readonly string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  const { nodes }: Documented = JSON.parse(decoder.decode(stdout));
  return Object.values(nodes)
    .flatMap(({ symbols }) => symbols)
    .toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
    .map(({ name, declarations }) => `${declarations[0]?.kind} ${name}`);
}

if (import.meta.main) {
  const text = JSON.stringify(await publicNames(), null, 2);
  Deno.writeTextFileSync(PINNED, `${text}\n`);
}
