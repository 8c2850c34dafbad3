import { z } from "../deps.ts";
import { refusalOfServerName } from "../policy/profiles/server_name.ts";
import { described, optionalKey } from "../tools/data/described.ts";

/** How a server of the Model Context Protocol is started, whose tools a run can use. */
export interface ToolServer {
  /** The program, which works in the sandbox of the run. */
  readonly command: string;
  /** What it is given. Default: nothing. */
  readonly args?: readonly string[] | undefined;
}

/** Servers by the name that their tools begin with in policy and record: `fs` of `fs.read_file`. */
export type ToolServers = Readonly<Record<string, ToolServer>>;

const server: z.ZodMiniType<ToolServer> = z.strictObject({
  command: described(
    z.string().check(z.minLength(1)),
    "The program; it works in the sandbox of the run",
  ),
  args: optionalKey(z.array(z.string()), "What it is given"),
});

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
