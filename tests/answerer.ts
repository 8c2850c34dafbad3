/**
 * Answers runs that wait, one after the other and each at the same moment as
 * another process: `FOLDER VERB NAME OTHER`. Prints what each answer came to.
 *
 * @module
 */
import { approvals } from "../cli/approvals.ts";
import { join } from "../deps.ts";
import { exists } from "../evidence/store/exists.ts";
import { call } from "./hostile/laid_runs.ts";

const [folder = "", verb = "", name = "", other = ""] = Deno.args;
const rounds = [...Deno.readDirSync(folder)].map((each) => each.name).sort();
const ended: unknown[] = [];
for (const round of rounds) {
  const run = join(folder, round);
  Deno.writeTextFileSync(join(run, `ready.${name}`), "");
  while (!exists(join(run, `ready.${other}`)));
  ended.push(await call(approvals, [verb, run, "--by", name]));
}
console.log(JSON.stringify(ended));
