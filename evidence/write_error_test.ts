import { assertEquals } from "@std/assert";
import { WriteError } from "./write_error.ts";

Deno.test("WriteError names the file, what the system said, and what can be done", () => {
  const cause = new Error("No space left on device (os error 28)");
  const error = new WriteError("out/trace.json", cause);
  assertEquals(
    [error.name, error.message],
    [
      "WriteError",
      'Cannot write "out/trace.json": No space left on device (os error 28); the run is on record up to here and can be resumed',
    ],
  );
  assertEquals(error.cause, cause);
});
