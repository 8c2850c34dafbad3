import type { PolicyDocument } from "../../policy/document/document.ts";
import { portOf } from "../../policy/url_text.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import type { Granted } from "./granted.ts";

/** What the servers of a run need: their commands or hosts, and the environment that the policy gives them. */
export function serverAccess(
  servers: ToolServers,
  policy: PolicyDocument,
): Required<Pick<Granted, "run" | "env" | "net">> {
  const all = Object.values(servers);
  const commands = all.flatMap(({ command }) => command ?? []);
  return {
    run: commands.length > 0 ? [...commands, "sh"] : [],
    env: all.length > 0 ? environmentOf(policy) : [],
    net: all.flatMap(({ url }) => url === undefined ? [] : hostIn(url)),
  };
}

/** The host of an address, with its port. */
export function hostIn(text: string): readonly string[] {
  const url = URL.parse(text);
  return url === null ? [] : [`${url.hostname}:${portOf(url)}`];
}

/** The variables that the policy gives to servers. */
export function environmentOf({ mcp }: PolicyDocument): readonly string[] {
  const given = Object.values(mcp?.env ?? {});
  return [...new Set(given.map(({ from }) => from))];
}
