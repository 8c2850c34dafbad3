import { fromFileUrl } from "../../deps.ts";

/** How Deno is started for one command line of this program. */
export interface Launch {
  /** The flags of Deno, with no more permissions than the command line needs. */
  readonly flags: readonly string[];
  /** Modules of the user's that are loaded, which have to be fetched first. */
  readonly modules: readonly string[];
}

/** Where this program's own policies and texts are, unless it comes from a server. */
export const OWN: readonly string[] = import.meta.url.startsWith("file:")
  ? [fromFileUrl(new URL("../../", import.meta.url))]
  : [];

/** What a process may do; reading is not limited unless that is said. */
export interface Granted {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly run?: readonly string[];
  readonly env?: readonly string[];
  readonly net?: readonly string[];
}

/** Starts Deno with these permissions and no others. */
export function launch(
  { read, write = [], run = [], env = [], net = [] }: Granted,
): Launch {
  return {
    flags: [
      "--no-prompt",
      "--cached-only",
      read === undefined
        ? "--allow-read"
        : `--allow-read=${list([...OWN, ...read])}`,
      ...valued("--allow-write", write),
      ...valued("--allow-net", net),
      ...valued("--allow-run", run),
      ...valued("--allow-env", env),
    ],
    modules: [],
  };
}

/** A command that works in some folders. */
export function within(paths: readonly string[]): Launch {
  return launch({ read: [".", ...paths], write: paths });
}

/** A flag with its values, where it has any. */
export function valued(
  name: string,
  values: readonly string[],
): readonly string[] {
  return values.length === 0 ? [] : [`${name}=${list(values)}`];
}

function list(values: readonly string[]): string {
  return [...new Set(values)].map(escaped).join(",");
}

/** Deno parts paths at commas, but not at two of them. */
export function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}
