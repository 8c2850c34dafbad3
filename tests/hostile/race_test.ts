import { assertEquals } from "@std/assert";
import { lacks } from "../permissions.ts";
import type { HostileCase } from "./cases.ts";
import { faultsOf } from "./outcome.ts";
import { playPath } from "./sandbox_path.ts";

const disk = { ignore: lacks("read", "write", "run") };

Deno.test(
  "no read follows a folder that is exchanged for a link to outside",
  disk,
  async () => {
    const hostile: HostileCase = {
      id: "folder",
      family: "sandbox_path",
      input: "flipdir/secret.txt",
      context: { op: "read", race: { place: "flipdir", swap: ["../outside"] } },
      expected: "deny",
      rule_id: "sandbox_path.toctou",
      why: "a folder on the way is exchanged while the call is judged and run",
    };
    assertEquals(faultsOf(hostile, await playPath(hostile)), []);
  },
);
