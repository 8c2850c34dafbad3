import type { PolicyDocument } from "../document/document.ts";
import { type HostEntry, parseHostEntry } from "../host_entry.ts";
import { portOf } from "../url_text.ts";

/** What the program itself needs, beside what the policy allows. */
export interface ProgramPaths {
  /** What it reads: the project, tasks, policies, documents. */
  readonly read: readonly string[];
  /** Where runs and their sandboxes are made. */
  readonly write: readonly string[];
  /** Hosts that are served without a network. */
  readonly served?: readonly string[];
  /** What it asks itself, as `host:port`: a model, a collector of spans. */
  readonly hosts?: readonly string[];
}

/** Ranges of IPv4 that are not public; Deno looks at them after a name was resolved. */
const INNER_RANGES = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/**
 * Compiles a policy to the narrowest flags of Deno under which its runs work:
 * the second wall after the gates. No environment, subprocess, foreign
 * function, system information or import is among them. A listed name that
 * stands for an IPv4 address which is not public is refused by Deno, too; such
 * a range is open only when the policy lists an address in it.
 *
 * `--no-prompt` has Deno refuse what is not granted instead of asking whoever
 * sits at the terminal. `--cached-only` has it fetch no module: a tool that
 * computes the name of a package which it imports would otherwise have it
 * downloaded and run, whatever `--allow-import` and `--allow-net` say.
 *
 * Three things Deno cannot say: that `*.host` leaves out the host itself, which
 * links a path may follow, and ranges of IPv6. The gates say them.
 */
export function denoFlags(
  policy: PolicyDocument,
  { read, write, served = [], hosts: asked = [] }: ProgramPaths,
): readonly string[] {
  const hosts = hostsToReach(policy, served);
  const open = [
    ...policy.url_allowlist.map(parseHostEntry),
    ...asked.map((host) => ({ host: addressOf(host) })),
  ];
  const inner = hosts.length === 0
    ? []
    : INNER_RANGES.filter((range) =>
      !open.some((host) => inRange(host, range))
    );
  return [
    "--no-prompt",
    "--cached-only",
    ...policy.sandbox.isolation === "worker"
      ? ["--unstable-worker-options"]
      : [],
    ...flag("--allow-read", read),
    ...flag("--allow-write", write),
    ...flag("--allow-net", [...new Set([...hosts, ...asked])]),
    ...flag("--deny-net", inner),
  ];
}

/** The hosts of a policy as Deno names them, `host:port`, sorted. */
export function hostsToReach(
  { url_allowlist }: PolicyDocument,
  served: readonly string[],
): readonly string[] {
  const hosts = url_allowlist.map(parseHostEntry)
    .filter(({ host }) => !served.includes(host))
    .map(({ scheme, host, wildcard, port }) =>
      `${wildcard ? "*." : ""}${host}:${portOf({ protocol: scheme, port })}`
    );
  return [...new Set(hosts)].sort();
}

/** The host of `host:port`; that of this machine by its address. */
function addressOf(host: string): string {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" ? "127.0.0.1" : name;
}

/** Whether a host is an IPv4 address in a range such as `10.0.0.0/8`. */
function inRange({ host }: Pick<HostEntry, "host">, range: string): boolean {
  const [base = "", bits] = range.split("/");
  const [address, first] = [host, base].map(numberOf);
  if (address === undefined || first === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return address >= first && address < first + size;
}

/** An IPv4 address as a number; `undefined` for a name. */
function numberOf(host: string): number | undefined {
  if (!/^\d+(\.\d+){3}$/.test(host)) return undefined;
  return host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function flag(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${name}=${values.join(",")}`];
}
