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

Deno.test("ToolError keeps a wait that can be recorded, and no other", () => {
  const waits = [undefined, 1.4, NaN, -5, Infinity].map((retryAfterMs) =>
    new ToolError("busy", { type: "429", retryAfterMs }).retryAfterMs
  );
  assertEquals(waits, [undefined, 1, undefined, 0, 60_000]);
});
