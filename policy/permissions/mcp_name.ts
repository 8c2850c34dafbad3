import { refusalOfServerName } from "../server_name.ts";
import { refusalOfToolPattern } from "../tool_pattern.ts";

/** The tools of servers that a rule names, as a policy names them. */
export type ServerTools =
  | {
    readonly ok: true;
    /** `server.tool`, or a family such as `server.*`. */
    readonly pattern: string;
    readonly server: string;
  }
  | { readonly ok: false; readonly reason: string };

/** Whether a rule names tools of servers: `mcp__server`, `mcp__server__tool`. */
export function isServerRule(tool: string): boolean {
  return tool.startsWith("mcp__");
}

/** Names no more tools than a rule that allows them. */
export function serverTools(tool: string): ServerTools {
  const body = tool.slice("mcp__".length);
  const splits = [...body.matchAll(/(?=__)/g)].map(({ index }) => index);
  if (splits.length > 1) {
    return { ok: false, reason: "it can be read as tools of several servers" };
  }
  const [at] = splits;
  const server = at === undefined ? body : body.slice(0, at);
  const rest = at === undefined ? "*" : body.slice(at + 2);
  const pattern = `${server}.${rest}`;
  const refusal = refusalOfServerName(server) ?? refusalOfToolPattern(pattern);
  return refusal === undefined
    ? { ok: true, pattern, server }
    : { ok: false, reason: "no policy can name these tools" };
}

/** Names no fewer tools than a rule that denies them; `undefined` for tools of all servers. */
export function serverToolsMeant(tool: string): readonly string[] | undefined {
  const body = tool.slice("mcp__".length);
  const splits = [...body.matchAll(/(?=__)/g)].map(({ index }) => index);
  const readings = splits.length === 0
    ? [[body, "*"] as const]
    : splits.map((at) => [body.slice(0, at), body.slice(at + 2)] as const);
  if (readings.some(([server]) => server.includes("*"))) return undefined;
  return readings.flatMap(([server, rest]) => {
    // A server that a policy cannot name has no tools in it.
    if (refusalOfServerName(server) !== undefined) return [];
    const star = rest.indexOf("*");
    const wide = star < 0 ? rest : `${rest.slice(0, star)}*`;
    const pattern = `${server}.${wide}`;
    return refusalOfToolPattern(pattern) === undefined
      ? [pattern]
      : [`${server}.*`];
  });
}
