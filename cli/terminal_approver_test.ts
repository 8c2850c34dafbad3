import { assertEquals } from "@std/assert";
import type { ApprovalRequest } from "../runtime/approval.ts";
import { terminalApprover } from "./terminal_approver.ts";

const REQUEST: ApprovalRequest = {
  run_id: "a_run",
  call_id: "c1",
  tool: "write",
  args: { path: "notes/\u001b[2J.md" },
  reason: "notes are read\u001b[2J by customers",
  policy_version: "7b6346f1ee37",
  bound_to: "b".repeat(64),
};

/** A terminal at which somebody gives a name, and answers; keeps what it shows. */
function terminal(name: string | null, ...answers: readonly boolean[]) {
  const left = [...answers];
  const shown: string[] = [];
  return {
    shown,
    prompt: () => {
      shown.push("(name)");
      return name;
    },
    confirm: (question: string) => {
      shown.push(question);
      const answer = left.shift();
      if (answer === undefined) throw new Error("one question too many");
      return answer;
    },
    note: (text: string) => void shown.push(text),
  };
}

const { signal } = new AbortController();

Deno.test("terminalApprover() asks for a name once, before the first question", async () => {
  const at = terminal(" ada ", true, false);
  const approver = terminalApprover(at);
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "approved",
  });
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "rejected",
  });
  assertEquals(at.shown.map((text) => text.split("\n")[0]), [
    "(name)",
    "The policy 7b6346f1ee37 leaves a call to you: notes are read\\u{001b}[2J by customers",
    "Approve?",
    "The policy 7b6346f1ee37 leaves a call to you: notes are read\\u{001b}[2J by customers",
    "Approve?",
  ]);
});

Deno.test("terminalApprover() does not ask who has said so", async () => {
  const at = terminal("eve", true);
  const approver = terminalApprover(at, "ada");
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "approved",
  });
  assertEquals(at.shown.includes("(name)"), false);
});

for (const name of [null, "", "  ", "none", "ada\u001b[2J"]) {
  Deno.test(`terminalApprover() approves nothing in the name ${JSON.stringify(name)}`, async () => {
    const at = terminal(name, true, true);
    const approver = terminalApprover(at);
    for (let asked = 0; asked < 2; asked++) {
      assertEquals(await approver(REQUEST, signal), {
        approver: "none",
        verdict: "rejected",
      });
    }
    assertEquals(at.shown.filter((text) => text === "(name)").length, 1);
    assertEquals(at.shown.length, 2);
    assertEquals(at.shown[1]?.includes("\u001b"), false);
  });
}
