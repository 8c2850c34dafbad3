import { assertEquals, assertNotEquals } from "@std/assert";
import { approvalBinding } from "./approval.ts";

const RUN = { runId: "run", policySha256: "5".repeat(64) };
const CALL = { id: "call_1", tool: "rm", canonicalArgs: '{"path":"a"}' };

Deno.test("approvalBinding() is the SHA-256 of run, call, tool, arguments and policy", () => {
  assertEquals(
    approvalBinding(RUN, CALL),
    "1969261f5b9dbff9425cbf487220e887b2c62b015091dbdae071dcbbfeff5963",
  );
});

const OTHERS = [
  { name: "run", run: { ...RUN, runId: "run2" }, call: CALL },
  { name: "policy", run: { ...RUN, policySha256: "6".repeat(64) }, call: CALL },
  { name: "call", run: RUN, call: { ...CALL, id: "call_2" } },
  { name: "tool", run: RUN, call: { ...CALL, tool: "ls" } },
  {
    name: "argument",
    run: RUN,
    call: { ...CALL, canonicalArgs: '{"path":"b"}' },
  },
];

for (const { name, run, call } of OTHERS) {
  Deno.test(`approvalBinding() fits no other ${name}`, () => {
    assertNotEquals(approvalBinding(run, call), approvalBinding(RUN, CALL));
  });
}

Deno.test("approvalBinding() keeps the tool's name and its arguments apart", () => {
  assertNotEquals(
    approvalBinding(RUN, { ...CALL, tool: "a", canonicalArgs: "bc" }),
    approvalBinding(RUN, { ...CALL, tool: "ab", canonicalArgs: "c" }),
  );
});
