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

Deno.test("approvalBinding() of version 1 names neither question nor places", () => {
  const subject = { ...SUBJECT, asked: undefined };
  assertEquals(approvalBinding(subject), PINNED_V1);
  assertEquals(approvalBinding({ ...subject, places: [] }), PINNED_V1);
});

const PINNED =
  "5806ac2a5861a787369b2d4565c8104edbd3172617505375ef65fba81077a8a6";

const PINNED_V1 =
  "e2dda2acd267ab0c03dc684f9c31b00972e57070c8063f43e30c092084804b81";

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
