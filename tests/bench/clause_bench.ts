import { HEAVY_ARGUMENTS } from "../hostile/heavy_inputs.ts";
import {
  deskCall,
  deskGate,
  type OpenGate,
  patterns,
  plainClauses,
} from "./clause_gates.ts";

/** How many calls one run of the support desk has. */
const CALLS = 60;

/** Judges calls of 64 KiB, each the first of a run. */
function judgeHeavy(open: OpenGate): void {
  for (const args_json of Object.values(HEAVY_ARGUMENTS)) {
    const gate = open();
    gate.judge(gate.propose({ tool: "mail.send", args_json }));
  }
}

for (
  const { name, open } of [
    { name: "no clauses, 64 KiB of arguments", open: plainClauses(0) },
    { name: "200 clauses, 64 KiB of arguments", open: plainClauses(200) },
    { name: "16 patterns, 64 KiB of arguments", open: patterns(16) },
  ]
) {
  Deno.bench({ name, group: "clauses", n: 6, warmup: 2 }, () => {
    judgeHeavy(open);
  });
}

Deno.bench({ name: "calls of a support desk", n: 100, warmup: 20 }, () => {
  const gate = deskGate();
  for (let index = 0; index < CALLS; index++) {
    const proposal = gate.propose(deskCall(index));
    gate.judge(proposal);
    gate.begin(proposal);
  }
});
