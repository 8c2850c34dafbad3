import { assertEquals } from "@std/assert";
import { findApproval, type WrittenApproval } from "./approval_file.ts";

const BOUND = "b".repeat(64);
const AT = "2026-11-24T12:00:00.000Z";

function line(given: Partial<WrittenApproval> = {}): string {
  return `${
    JSON.stringify({
      v: 1,
      timestamp: AT,
      bound_to: BOUND,
      approver: "ada",
      verdict: "approved",
      ...given,
    })
  }\n`;
}

function find(text: string, seconds = 0) {
  return findApproval(text, {
    bound_to: BOUND,
    now: Date.parse(AT) + seconds * 1000,
    expires_seconds: 60,
  });
}

for (
  const { what, text, seconds, want } of [
    { what: "nothing in an empty file", text: "", want: undefined },
    { what: "an answer", text: line(), want: "approved" },
    {
      what: "the first answer",
      text: line() + line({ verdict: "rejected" }),
      want: "approved",
    },
    {
      what: "the first answer, for any date of the later one",
      text: line() +
        line({ timestamp: "2026-11-24T11:59:30.000Z", verdict: "rejected" }),
      want: "approved",
    },
    {
      what: "no answer that was written while another one counted",
      text: line({ timestamp: "2026-11-24T11:59:30.000Z" }) +
        line({ verdict: "rejected" }),
      seconds: 40,
      want: undefined,
    },
    {
      what: "an answer that was written when the one before had expired",
      text: line({ timestamp: "2026-11-24T11:58:59.000Z" }) +
        line({ verdict: "rejected" }),
      want: "rejected",
    },
    {
      what: "an answer after one from the future",
      text: line({ timestamp: "9999-01-01T00:00:00Z" }) +
        line({ verdict: "rejected" }),
      want: "rejected",
    },
    {
      what: "no answer to another decision",
      text: line({ bound_to: "c".repeat(64) }),
      want: undefined,
    },
    {
      what: "an answer in its last second",
      text: line(),
      seconds: 60,
      want: "approved",
    },
    {
      what: "no answer that has expired",
      text: line(),
      seconds: 60.001,
      want: undefined,
    },
    {
      what: "no answer from the future",
      text: line(),
      seconds: -1,
      want: undefined,
    },
    {
      what: "an answer between lines that cannot be read",
      text: `{"v":1\n${line()}null\n{}\n`,
      want: "approved",
    },
    {
      what: "no answer without a name",
      text: line({ approver: "" }),
      want: undefined,
    },
    {
      what: "no answer under the name none",
      text: line({ approver: "none" }),
      want: undefined,
    },
    {
      what: "no answer in a name that moves a cursor",
      text: line({ approver: "ada\u001b[2J" }),
      want: undefined,
    },
    {
      what: "no answer under an invisible name",
      text: line({ approver: "\u3164" }),
      want: undefined,
    },
    {
      what: "no answer in a name with a Cyrillic letter that reads as none",
      text: line({ approver: "n\u043ene" }),
      want: undefined,
    },
    {
      what: "no answer in a name of full width that reads as none",
      text: line({ approver: "\uff4e\uff4f\uff4e\uff45" }),
      want: undefined,
    },
    {
      what: "an answer before one that has expired",
      text: line() +
        line({ timestamp: "2026-11-24T11:00:00.000Z", verdict: "rejected" }),
      want: "approved",
    },
    {
      what: "no answer with a key too many",
      text: line().replace("}", ',"more":1}'),
      want: undefined,
    },
  ]
) {
  Deno.test(`findApproval() finds ${what}`, () => {
    assertEquals(find(text, seconds).approval?.verdict, want);
  });
}

/** Lines that were passed over, each as `LINE WHY WHO`. */
function passedOver(text: string, seconds = 0): readonly string[] {
  return find(text, seconds).passedOver.map((each) =>
    each.why === "unreadable"
      ? `${each.line} ${each.why}`
      : `${each.line} ${each.why} ${each.approval.approver}`
  );
}

for (
  const { what, text, seconds, want } of [
    { what: "nothing in an empty file", text: "", want: [] },
    { what: "no answer that counts", text: line(), want: [] },
    {
      what: "every answer after the first",
      text: line() + line({ approver: "bob" }) + line({ approver: "eve" }),
      want: ["2 answered bob", "3 answered eve"],
    },
    {
      what: "an answer that was written while another one counted",
      text: line({ timestamp: "2026-11-24T11:59:30.000Z" }) +
        line({ approver: "bob" }),
      seconds: 40,
      want: ["1 expired ada", "2 answered bob"],
    },
    {
      what: "no answer to another decision",
      text: line({ bound_to: "c".repeat(64) }),
      seconds: 61,
      want: [],
    },
    {
      what: "what has expired, beside what counts",
      text: line({ timestamp: "2026-11-24T11:00:00.000Z", approver: "bob" }) +
        line(),
      want: ["1 expired bob"],
    },
    {
      what: "all that has expired",
      text: line() + line({ approver: "bob" }),
      seconds: 60.001,
      want: ["1 expired ada", "2 expired bob"],
    },
    {
      what: "an answer from the future",
      text: line(),
      seconds: -0.001,
      want: ["1 future ada"],
    },
    {
      what: "what cannot be read, but no empty line",
      text: `\n{"v":1\n${line()}\nnull\n${line({ approver: "none" })}`,
      want: ["2 unreadable", "5 unreadable", "6 unreadable"],
    },
    {
      what: "a last line without its end",
      text: line() + line().slice(0, 40),
      want: ["2 unreadable"],
    },
  ]
) {
  Deno.test(`findApproval() passes over ${what}`, () => {
    assertEquals(passedOver(text, seconds), want);
  });
}
