/**
 * Plays a task and kills itself (SIGKILL) when so many bytes of its ledger are
 * with the operating system. Arguments: task, folder, number of bytes.
 *
 * @module
 */
import type { ArtifactSink } from "../evidence/artifacts.ts";
import { crashTask, play } from "./crash.ts";

const [path = "", folder = "", bytes = ""] = Deno.args;

function mortal(sink: ArtifactSink): ArtifactSink {
  let left = Number(bytes);
  return {
    ...sink,
    append(name, chunk) {
      if (name === "state.jsonl" && chunk.length >= left) {
        sink.append(name, chunk.subarray(0, left));
        Deno.kill(Deno.pid, "SIGKILL");
      }
      if (name === "state.jsonl") left -= chunk.length;
      sink.append(name, chunk);
    },
  };
}

await play({ task: crashTask(path), folder, durability: "intent" }, mortal);
