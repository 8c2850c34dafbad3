import { dirname, isAbsolute, join } from "../../deps.ts";

/** The absolute path, without links, that an entry has or will have once it is made. */
export function realFuturePath(path: string): string {
  const absolute = isAbsolute(path) ? path : join(Deno.cwd(), path);
  try {
    return Deno.realPathSync(absolute);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const parent = dirname(absolute);
    return join(realFuturePath(parent), absolute.slice(parent.length));
  }
}
