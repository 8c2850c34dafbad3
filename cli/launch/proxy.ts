import { readPolicyFile } from "../input/policy_file.ts";
import { type CommandLineParts, named } from "./command_line_parts.ts";
import { type Launch, launch } from "./granted.ts";
import { environmentOf, hostIn } from "./server_access.ts";

/**
 * What a call leaves behind is garbage at once, and a proxy lives as long as its
 * client: the engine need not make more room for it, and more, and keep that.
 */
const SMALL_YOUNG_GENERATION = "--v8-flags=--max-semi-space-size=2";

/** The proxy before a server: one that it starts, or one that it reaches over HTTP. */
export function proxy(parts: CommandLineParts): Launch {
  const { document } = readPolicyFile(parts.options.get("policy") ?? "");
  const [command] = parts.rest;
  const upstream = parts.options.get("upstream");
  const paths = named(parts, ["policy", "out", "sandbox"]);
  const { flags, modules } = launch({
    read: [...isRelative(paths) ? ["."] : [], ...paths],
    write: named(parts, ["out"]),
    run: command === undefined ? [] : [command, "sh"],
    env: environmentOf(document),
    net: upstream === undefined
      ? []
      : [...named(parts, ["listen"]), ...hostIn(upstream)],
  });
  return { flags: [SMALL_YOUNG_GENERATION, ...flags], modules };
}

/** A server that is only asked which tools it has. */
export function examined(parts: CommandLineParts): Launch {
  const [command] = parts.rest;
  return launch({
    read: [".", ...named(parts, ["sandbox"])],
    run: command === undefined ? [] : [command, "sh"],
    env: (parts.options.get("env") ?? "PATH").split(","),
  });
}

/** Whether the current folder has a say in what a path is. */
function isRelative(paths: readonly string[]): boolean {
  return paths.some((path) => !path.startsWith("/"));
}
