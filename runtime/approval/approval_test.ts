import { assertEquals, assertNotEquals } from "@std/assert";
import { approvalBinding, type ApprovalSubject } from "./approval.ts";

const SUBJECT: ApprovalSubject = {
  run_id: "run",
  policy_sha256: "5".repeat(64),
  seq: 3,
  call_sha256: "c".repeat(64),
  tool: {
    name: "rm",
    description: "Remove a file",
    effects: { fetches: [], reads: [], writes: ["path"] },
    idempotent: true,
    input_schema: { type: "object" },
  },
  asked: [{ rule_id: "approval", clause: "escalate[0]", reason: "ask" }],
  places: [{ path: "./a.md", resolved: "<sandbox>/a.md" }],
};

Deno.test("approvalBinding() is the SHA-256 of run, policy, decision, call, tool, question and places", () => {
  assertEquals(approvalBinding(SUBJECT), PINNED);
});

const PINNED =
  "5806ac2a5861a787369b2d4565c8104edbd3172617505375ef65fba81077a8a6";

const OTHERS:
  readonly (Partial<ApprovalSubject> & { readonly name: string })[] = [
    { name: "run", run_id: "run2" },
    { name: "policy", policy_sha256: "6".repeat(64) },
    { name: "decision", seq: 4 },
    { name: "call", call_sha256: "d".repeat(64) },
    { name: "tool", tool: null },
    { name: "question", asked: [] },
    {
      name: "clause",
      asked: [{ rule_id: "approval", clause: "escalate[1]", reason: "ask" }],
    },
    { name: "place", places: [{ path: "./a.md", resolved: "<sandbox>/b.md" }] },
    { name: "number of places", places: [] },
  ];

for (const { name, ...other } of OTHERS) {
  Deno.test(`approvalBinding() fits no other ${name}`, () => {
    assertNotEquals(
      approvalBinding({ ...SUBJECT, ...other }),
      approvalBinding(SUBJECT),
    );
  });
}
