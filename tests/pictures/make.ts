/**
 * Makes the pictures of README and docs/ from real runs; `deno task pictures`.
 *
 * @module
 */
import { join } from "../../deps.ts";
import { drawings, PICTURES } from "./drawings.ts";
import { photographs } from "./photographs.ts";

if (import.meta.main) {
  for (const [name, text] of await drawings()) {
    Deno.writeTextFileSync(join(PICTURES, name), text);
  }
  for (const [name, bytes] of await photographs()) {
    Deno.writeFileSync(join(PICTURES, name), bytes);
  }
  // A warm process and the browser's driver would keep this one alive.
  Deno.exit();
}
