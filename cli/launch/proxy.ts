import { readPolicyFile } from "../input/policy_file.ts";
import { type CommandLineParts, named } from "./command_line_parts.ts";
import { type Launch, launch } from "./granted.ts";
import { environmentOf, hostIn } from "./server_access.ts";

/** The proxy before a server: one that it starts, or one that it reaches over HTTP. */
export function proxy(parts: CommandLineParts): Launch {
  const { document } = readPolicyFile(parts.options.get("policy") ?? "");
  const [command] = parts.rest;
  const upstream = parts.options.get("upstream");
  const paths = named(parts, ["policy", "out", "sandbox"]);
  return launch({
    read: [...isRelative(paths) ? ["."] : [], ...paths],
    write: named(parts, ["out"]),
    run: command === undefined ? [] : [command, "sh"],
    env: environmentOf(document),
    net: upstream === undefined
      ? []
      : [...named(parts, ["listen"]), ...hostIn(upstream)],
  });
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
