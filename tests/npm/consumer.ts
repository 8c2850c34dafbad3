/** What a program in TypeScript does with each entry; it is only checked. */
import {
  closeSession,
  directoryStore,
  govern,
  loadPolicy,
  runAgent,
  type RunFinished,
  tool,
  verifyRun,
} from "@agent-runtime/observability";
import { agentLoop } from "@agent-runtime/observability/loop";
import {
  type GovernedSession,
  governedSession,
  modelText,
} from "@agent-runtime/observability/session";
import { bytesSource, FINDINGS } from "@agent-runtime/observability/verify";
import { policyReader } from "@agent-runtime/observability/verify/decisions";
import { z } from "zod";

const read = tool({
  name: "read",
  description: "Read",
  args: z.strictObject({ id: z.string() }),
  effects: {},
  run: ({ id }) => Promise.resolve({ id: id.toUpperCase() }),
});
await using session: GovernedSession = await govern({
  policy: loadPolicy("", "policy.yaml"),
  tools: [read],
});
const result = await session.call("read", { id: "17" });
if (result.type === "denied") console.log(result.reason satisfies string);
console.log(modelText(result));
const last: RunFinished = await closeSession("out");
console.log(last.totals.denials.toFixed());
// @ts-expect-error There is no such option, so these are not types of anything.
await govern({ policy: "policy.yaml", tools: [], folder: "out" });
console.log(
  [
    agentLoop,
    bytesSource,
    directoryStore,
    FINDINGS,
    governedSession,
    policyReader,
    runAgent,
    verifyRun,
  ].length,
);
