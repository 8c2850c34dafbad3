import { assertEquals } from "@std/assert";
import { WriteError } from "./write_error.ts";

Deno.test("WriteError names the file, and what the system said", () => {
  const cause = new Error("No space left on device (os error 28)");
  const error = new WriteError("out/trace.json", cause);
  assertEquals(
    [error.name, error.message],
    [
      "WriteError",
      'Cannot write "out/trace.json": No space left on device (os error 28)',
    ],
  );
  assertEquals(error.cause, cause);
});
