import { SANDBOX_ROOT } from "./sandbox.ts";
import { ToolError } from "../tool_error.ts";

/**
 * The absolute path of a judged place in the directory `root`, for a program that
 * opens it itself: every link was followed when it was judged.
 *
 * @throws {ToolError} `sandbox_violation` when the place is not in the sandbox
 */
export function placedIn(root: string, resolved: string): string {
  if (resolved === SANDBOX_ROOT) return root;
  if (resolved.startsWith(`${SANDBOX_ROOT}/`)) {
    return `${root === "/" ? "" : root}${resolved.slice(SANDBOX_ROOT.length)}`;
  }
  throw new ToolError("Cannot open a place outside the sandbox", {
    type: "sandbox_violation",
  });
}
