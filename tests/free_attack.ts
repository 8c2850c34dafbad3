/**
 * A program that starts the Worker of an attacking tool and lets it do one
 * attack, with no gate in front of it: `free_attack.ts SANDBOX NAME TARGET`
 * prints what came of it as JSON.
 *
 * @module
 */
import { startToolWorker } from "../tools/worker/tool_worker.ts";
import { ATTACKER } from "./attacker.ts";
import { IDLE_CONTEXT } from "./tool_context.ts";

const [sandbox = "", name = "", target = ""] = Deno.args;
using worker = await startToolWorker({
  entry: new URL("./hostile_worker.ts", import.meta.url),
  permissions: { read: [sandbox], write: [sandbox], net: [] },
});
const [tool] = await worker.open([ATTACKER], sandbox);
try {
  const result = await tool?.run({ name, target }, IDLE_CONTEXT);
  console.log(JSON.stringify({ result }));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.log(JSON.stringify({ error: message }));
}
