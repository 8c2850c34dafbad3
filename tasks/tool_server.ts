import { z } from "../deps.ts";
import { refusalOfServerName } from "../policy/server_name.ts";
import { optionalKey } from "../tools/data/described.ts";

/** A server of the Model Context Protocol whose tools a run can use: a command or a URL. */
export interface ToolServer {
  /** The program that is started; it works in the sandbox of the run. */
  readonly command?: string | undefined;
  /** What the program is given. Default: nothing. */
  readonly args?: readonly string[] | undefined;
  /** Where it is reached over Streamable HTTP: https, or http on this machine. */
  readonly url?: string | undefined;
}

/** Servers by the name that their tools begin with in policy and record: `fs` of `fs.read_file`. */
export type ToolServers = Readonly<Record<string, ToolServer>>;

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Why no server can be reached at a URL; `undefined` when one can. */
export function refusalOfServerUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const isLocal = url !== null && LOOPBACK.has(url.hostname);
  const isFit = url !== null && url.username === "" && url.password === "" &&
    (url.protocol === "https:" || isLocal && url.protocol === "http:");
  return isFit
    ? undefined
    : "expected an address with https, or http of this machine, without a name and a password";
}

/** Why a server cannot be used as it is described; `undefined` when it can. */
export function refusalOfServer(
  { command, args, url }: ToolServer,
): string | undefined {
  if ((command === undefined) === (url === undefined)) {
    return "expected command or url";
  }
  if (url === undefined) return undefined;
  return args === undefined
    ? refusalOfServerUrl(url)
    : "args go with command, and not with url";
}

const server: z.ZodMiniType<ToolServer> = z.strictObject({
  command: optionalKey(
    z.string().check(z.minLength(1)),
    "The program that is started; it works in the sandbox of the run",
  ),
  args: optionalKey(z.array(z.string()), "What the program is given"),
  url: optionalKey(
    z.string(),
    "Where it is reached over Streamable HTTP: https, or http on this machine",
  ),
}).check(
  z.refine((given) => refusalOfServer(given) === undefined, {
    error: ({ input }) => refusalOfServer(Object(input)),
  }),
);

/** The schema of servers in a task. */
export const mcpServersSchema: z.ZodMiniType<ToolServers> = z.record(
  z.string(),
  server,
).check(({ value, issues }) => {
  for (const name of Object.keys(value)) {
    const message = refusalOfServerName(name);
    if (message === undefined) continue;
    issues.push({ code: "custom", input: value, path: [name], message });
  }
});
