import { assert } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../permissions.ts";
import { temporaryFolder } from "../program.ts";
import { clocked, timesAsLong } from "../times_as_long.ts";
import { liveRun } from "./live_run.ts";

const STEPS = 8;

/**
 * Asking over loopback HTTP takes about a millisecond a step, and so does what is
 * done around it: judging, recording and syncing. Both are measured in turn.
 */
const LIMIT = 6;

Deno.test({
  name:
    `a governed step with a live model takes at most ${LIMIT} times as long as asking the model alone`,
  ignore: lacks("read", "write", "net"),
  async fn() {
    using folder = temporaryFolder();
    using run = await liveRun(STEPS, { folder: folder.path, tool: "read" });
    let runs = 0;
    const ratio = await timesAsLong({
      work: clocked(() =>
        run.governed(join(folder.path, `${runs++}`), "intent")
      ),
      unit: clocked(run.ungoverned),
      limit: LIMIT,
    });
    assert(ratio <= LIMIT, `${ratio} times as long`);
  },
});
