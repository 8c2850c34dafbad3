import { ToolError } from "../tool_error.ts";

/** The refusal of an entry that is not a regular file or has more than one link. */
export function notAFile(action: string, path: string): ToolError {
  return new ToolError(`Cannot ${action} "${path}": it is not a regular file`, {
    type: "not_a_file",
  });
}

/** The refusal of a path that leads out of the sandbox, or did for a moment. */
export function violation(action: string, path: string): ToolError {
  return new ToolError(
    `Cannot ${action} "${path}": it changed after it was judged, or leads out of the sandbox`,
    { type: "sandbox_violation" },
  );
}
