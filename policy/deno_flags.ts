import type { PolicyDocument } from "./document.ts";
import { parseHostEntry } from "./host_entry.ts";

const DEFAULT_PORTS = { "https:": "443", "http:": "80" } as const;

/** What the program itself needs, beside what the policy allows. */
export interface ProgramPaths {
  /** What it reads: the project, tasks, policies, documents. */
  readonly read: readonly string[];
  /** Where runs and their sandboxes are made. */
  readonly write: readonly string[];
  /** Hosts that are served without a network. */
  readonly served?: readonly string[];
}

/**
 * Compiles a policy to the narrowest flags of Deno under which its runs work:
 * the second wall behind the gates. No environment, subprocess, foreign
 * function, system information or import is among them.
 *
 * Two things Deno cannot say: that `*.host` leaves out the host itself, and
 * which links a path may follow. The gates say them.
 */
export function denoFlags(
  { url_allowlist }: PolicyDocument,
  { read, write, served = [] }: ProgramPaths,
): readonly string[] {
  const hosts = url_allowlist.map(parseHostEntry)
    .filter(({ host }) => !served.includes(host))
    .map(({ scheme, host, wildcard, port }) =>
      `${wildcard ? "*." : ""}${host}:${port || DEFAULT_PORTS[scheme]}`
    );
  return [
    "--no-prompt",
    ...flag("--allow-read", read),
    ...flag("--allow-write", write),
    ...flag("--allow-net", [...new Set(hosts)].sort()),
  ];
}

function flag(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${name}=${values.join(",")}`];
}
