import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { ToolError } from "./tool_error.ts";

Deno.test("ToolError carries its type, and is not transient unless it says so", () => {
  const error = new ToolError("Cannot read", { type: "not_found" });
  assertInstanceOf(error, Error);
  assertEquals(
    [error.name, error.message, error.type, error.transient, error.cause],
    ["ToolError", "Cannot read", "not_found", false, undefined],
  );
});

Deno.test("ToolError keeps its cause and says that it is transient", () => {
  const cause = new Error("reset");
  const error = new ToolError("Cannot fetch", {
    type: "network",
    transient: true,
    cause,
  });
  assertEquals(error.transient, true);
  assertStrictEquals(error.cause, cause);
});
