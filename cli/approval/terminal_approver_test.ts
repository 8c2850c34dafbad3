import { assertEquals } from "@std/assert";
import {
  type ApprovalRequest,
  PENDING,
} from "../../runtime/approval/approval.ts";
import { terminalApprover } from "./terminal_approver.ts";

const REQUEST: ApprovalRequest = {
  run_id: "a_run",
  call_id: "c1",
  tool: "write",
  args: { path: "notes/\u001b[2J.md" },
  reason: "notes are read\u001b[2J by customers",
  asked: [],
  places: [],
  policy_version: "7b6346f1ee37",
  bound_to: "b".repeat(64),
};

const SHOWN =
  "The policy 7b6346f1ee37 leaves a call to you: notes are read\\u{001b}[2J by customers";
const NAME = "It is recorded who answers. Your name: ";
const APPROVE = "Approve? [y/N] ";

/** A terminal at which somebody types lines, until the input ends; keeps the first line of each thing it shows. */
function terminal(...lines: readonly string[]) {
  const left = [...lines];
  const shown: string[] = [];
  const show = (text: string) => void shown.push(text.split("\n")[0] ?? "");
  return {
    shown,
    ask(question: string) {
      show(question);
      return Promise.resolve(left.shift() ?? null);
    },
    note: show,
  };
}

const { signal } = new AbortController();

Deno.test("terminalApprover() shows a request, asks for a name, then for an answer; for the name once", async () => {
  const at = terminal(" ada ", "y", "n");
  const approver = terminalApprover(at);
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "approved",
  });
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "rejected",
  });
  assertEquals(at.shown, [
    ...[SHOWN, NAME, APPROVE, "approved by ada"],
    ...[SHOWN, APPROVE, "rejected by ada"],
  ]);
});

Deno.test("terminalApprover() does not ask who has said so", async () => {
  const at = terminal("y");
  const approver = terminalApprover(at, "ada");
  assertEquals(await approver(REQUEST, signal), {
    approver: "ada",
    verdict: "approved",
  });
  assertEquals(at.shown, [SHOWN, APPROVE, "approved by ada"]);
});

for (
  const { lines, verdict } of [
    { lines: ["y", "Y", "yes", "YES", "Yes", " y "], verdict: "approved" },
    {
      lines: [
        "n",
        "no",
        "",
        "maybe",
        "yy",
        "y n",
        "yes, please",
        "ja",
        "\u0000y",
      ],
      verdict: "rejected",
    },
  ]
) {
  for (const line of lines) {
    Deno.test(`terminalApprover() takes ${JSON.stringify(line)} for ${verdict}`, async () => {
      const at = terminal(line);
      const answer = await terminalApprover(at, "ada")(REQUEST, signal);
      assertEquals(answer, { approver: "ada", verdict });
      assertEquals(at.shown.at(-1), `${verdict} by ada`);
    });
  }
}

for (
  const { name, why } of [
    { name: "", why: 'Cannot use the name "": it is blank' },
    { name: "  ", why: 'Cannot use the name "  ": it is blank' },
    {
      name: "none",
      why:
        'Cannot use the name "none": in a record it means that there was no answer',
    },
    {
      name: "ada\u001b[2J",
      why:
        'Cannot use the name "ada\\u{001b}[2J": it has characters that cannot be seen',
    },
  ]
) {
  Deno.test(`terminalApprover() asks again after the name ${JSON.stringify(name)}`, async () => {
    const at = terminal(name, "ada", "y");
    assertEquals(await terminalApprover(at)(REQUEST, signal), {
      approver: "ada",
      verdict: "approved",
    });
    assertEquals(at.shown, [
      SHOWN,
      NAME,
      why,
      NAME,
      APPROVE,
      "approved by ada",
    ]);
  });
}

for (
  const { what, lines } of [
    { what: "for a name", lines: [] },
    { what: "for a name again", lines: ["none"] },
    { what: "for an answer", lines: ["ada"] },
  ]
) {
  Deno.test(`terminalApprover() has no answer when the input ends as it asks ${what}`, async () => {
    const at = terminal(...lines);
    assertEquals(await terminalApprover(at)(REQUEST, signal), PENDING);
    assertEquals(at.shown.at(-1), "");
  });
}

Deno.test("terminalApprover() has no answer at a terminal that is gone", async () => {
  const at = {
    ask: () => Promise.reject(new Error("The terminal is gone")),
    note: () => {},
  };
  assertEquals(await terminalApprover(at, "ada")(REQUEST, signal), PENDING);
});
