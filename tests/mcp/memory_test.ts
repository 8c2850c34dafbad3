import { assert, assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../permissions.ts";
import { program, PROJECT, temporaryFolder } from "../program.ts";

/** How many bytes may stay of a call: its row in the report, and the hash by which a repetition is found. */
const MAX_KEPT = 3000;

const BEFORE = 500;
const AFTER = 1500;

Deno.test({
  name: "mcp keeps nothing of the contents of a call once it is over",
  ignore: lacks("read", "write", "run"),
  async fn() {
    using folder = temporaryFolder();
    const { code, stdout, stderr } = await program(
      [folder.path, String(BEFORE), String(AFTER)],
      {
        cwd: folder.path,
        permissions: [
          ...["--v8-flags=--expose-gc", "--allow-read"],
          ...["--allow-env", `--allow-write=${folder.path}`],
        ],
        program: join(PROJECT, "tests/mcp/many_calls.ts"),
      },
    );
    assertEquals([code, stderr], [0, ""]);
    const [before = 0, after = 0] = stdout.split("\n").map(Number);
    assert(before > 0);
    const kept = (after - before) / (AFTER - BEFORE);
    assert(kept < MAX_KEPT, `${Math.round(kept)} bytes stay of each call`);
  },
});
