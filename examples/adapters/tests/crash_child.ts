/**
 * An agent of a framework whose process is killed (SIGKILL) while a tool runs that
 * changes something. Arguments: the framework, the folder of the record, the file of
 * effects.
 *
 * @module
 */
import { govern } from "../../../mod.ts";
import { FRAMEWORKS } from "./frameworks.ts";
import { SCRIPT } from "./script.ts";
import { ticketTools } from "./tickets.ts";

const [framework = "", out = "", effects = ""] = Deno.args;

const session = await govern({
  policy: new URL("../policy.yaml", import.meta.url),
  tools: ticketTools((effect) => {
    Deno.writeTextFileSync(effects, `${effect}\n`, { append: true });
    if (effect.startsWith("update")) Deno.kill(Deno.pid, "SIGKILL");
  }),
  out,
  approver: () => Promise.resolve({ approver: "ada", verdict: "approved" }),
});
const play = await FRAMEWORKS.get(framework)?.();
await play?.(session, SCRIPT);
