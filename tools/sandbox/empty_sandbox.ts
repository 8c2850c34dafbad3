import { ToolError } from "../tool_error.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * A sandbox without files, for tools that touch none: every path leads out of it, so
 * the policy denies each one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(emptySandbox().inspect("notes/a.md").inside, false);
 * ```
 */
export function emptySandbox(): Sandbox {
  const refuse = () =>
    Promise.reject(
      new ToolError("There are no files in this run", { type: "not_found" }),
    );
  return {
    inspect: () => ({
      resolved: "<outside>",
      inside: false,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
    readText: refuse,
    writeText: refuse,
  };
}
