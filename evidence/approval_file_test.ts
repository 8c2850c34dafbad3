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
  })?.verdict;
}

for (
  const { what, text, seconds, want } of [
    { what: "nothing in an empty file", text: "", want: undefined },
    { what: "an answer", text: line(), want: "approved" },
    {
      what: "the last answer",
      text: line() + line({ verdict: "rejected" }),
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
      what: "no answer with a key too many",
      text: line().replace("}", ',"more":1}'),
      want: undefined,
    },
  ]
) {
  Deno.test(`findApproval() finds ${what}`, () => {
    assertEquals(find(text, seconds), want);
  });
}
