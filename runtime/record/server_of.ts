import type { RecordedTool } from "./event.ts";

/**
 * The name of the server that serves a tool on record: `fs` of `fs.read_file`.
 * `undefined` for a tool of this process: only a server's definition has a SHA-256
 * of its own.
 */
export function serverOf(
  { name, definition_sha256 }: Pick<
    RecordedTool,
    "name" | "definition_sha256"
  >,
): string | undefined {
  const at = name.indexOf(".");
  return definition_sha256 === undefined || at < 0
    ? undefined
    : name.slice(0, at);
}
