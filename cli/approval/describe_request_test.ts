import { assertEquals } from "@std/assert";
import type { ApprovalRequest } from "../../runtime/approval/approval.ts";
import { describeRequest } from "./describe_request.ts";

const REQUEST: ApprovalRequest = {
  run_id: "a_run",
  call_id: "c1",
  tool: "write",
  args: { path: "./notes/../link.md", content: "x" },
  reason: "customers read it; it is public",
  asked: [
    { rule_id: "approval", clause: "escalate[0]", reason: "customers read it" },
    { rule_id: "approval", clause: "escalate[2]", reason: "it is public" },
  ],
  places: [{ path: "./notes/../link.md", resolved: "<sandbox>/pricelist.md" }],
  policy_version: "7b6346f1ee37",
  bound_to: "b".repeat(64),
};

Deno.test("describeRequest() shows each entry that asks, and where a path leads", () => {
  assertEquals(describeRequest(REQUEST).split("\n"), [
    "The policy 7b6346f1ee37 leaves a call to you: customers read it; it is public",
    "  asks:      escalate[0]: customers read it",
    "  asks:      escalate[2]: it is public",
    "  tool:      write",
    '  arguments: {"path":"./notes/../link.md","content":"x"}',
    '  leads to:  "./notes/../link.md" is "<sandbox>/pricelist.md"',
  ]);
});

Deno.test("describeRequest() hides no end, and lets no text have a line of its own", () => {
  const shown = describeRequest({
    ...REQUEST,
    tool: "write\n  arguments: {}",
    reason: "why\u001b[2J",
    asked: REQUEST.asked.slice(0, 1),
    args: { path: `a${" ".repeat(300)}; rm`, content: "y".repeat(9000) },
    places: [],
  }).split("\n");
  assertEquals(shown, [
    "The policy 7b6346f1ee37 leaves a call to you: why\\u{001b}[2J",
    "  tool:      write\\u{000a}  arguments: {}",
    `  arguments: {"path":"a\\{300 spaces}; rm","content":"${
      "y".repeat(240)
    }\\{… 8640 of 9000 characters …}${"y".repeat(120)}"}`,
  ]);
});
