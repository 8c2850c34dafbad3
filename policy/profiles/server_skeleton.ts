import type { ExaminedTool } from "./examined_tool.ts";
import type { FoundProfile } from "./profile_of_command.ts";
import { partOfProfile, type ServerPart, withoutTools } from "./server_part.ts";

/** What a policy says of a server whose tools were examined: those that are known and not suspicious may be called, and all are pinned. */
export function serverSkeleton(
  tools: readonly ExaminedTool[],
  { server, found, env }: {
    readonly server: string;
    readonly found: FoundProfile | undefined;
    readonly env: readonly string[];
  },
): ServerPart {
  const leftOut = new Map(
    tools.flatMap(({ name, leftOut }) =>
      leftOut === undefined ? [] : [[name, leftOut] as const]
    ),
  );
  const there = new Set(tools.map(({ name }) => name));
  const part = found === undefined
    ? unknownServer(server)
    : partOfProfile(found.profile);
  const missing = part.allowed.filter((name) => !there.has(name))
    .map((name) => [name, "the server does not list it"] as const);
  return {
    ...withoutTools(
      { ...part, env: [...new Set([...env, ...part.env])] },
      new Map([...leftOut, ...missing]),
    ),
    labels: new Set(
      tools.flatMap(({ known, leftOut }) =>
        leftOut === undefined ? known?.labels ?? [] : []
      ),
    ),
    pins: new Map(tools.map(({ name, sha256 }) => [name, sha256])),
    undescribed: tools.filter(({ name, known }) =>
      known === undefined && part.leftOut.get(name) === undefined
    ),
  };
}

function unknownServer(server: string): ServerPart {
  return {
    server,
    about: [`${server}: no profile describes its tools`],
    allowed: [],
    leftOut: new Map(),
    sections: new Map(),
    labels: new Set(),
    env: [],
  };
}
