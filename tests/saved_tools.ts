import { join } from "../deps.ts";
import type { SomeTool } from "./profile_faults.ts";
import { PROJECT } from "./program.ts";

/** The tools of a server as they were saved in `tests/tool_servers`, by the name of its profile. */
export function savedTools(profile: string): readonly SomeTool[] {
  const file = `${profile.replaceAll("-", "_")}.json`;
  return JSON.parse(
    Deno.readTextFileSync(join(PROJECT, "tests/tool_servers", file)),
  );
}
