import { assertEquals, assertThrows } from "@std/assert";
import { parseLedgerLine } from "./ledger_line.ts";

const LINE = {
  v: 2,
  seq: 5,
  ts: "8000000",
  step: 1,
  call: 3,
  type: "tool_started",
  call_id: "call_1_1",
  tool: "echo",
  args: { text: "hi" },
  idempotency_key: "a".repeat(64),
  prev: "b".repeat(64),
  hash: "c".repeat(64),
};
/** Of version 1, which names no call. */
const CHECK = {
  v: 1,
  seq: 3,
  ts: "6000000",
  step: 1,
  type: "policy_checked",
  started_at: "5000000",
  call_id: null,
  tool: null,
  decision: "deny",
  rule_id: "loop_budget",
  reason: "used up",
  metadata: { limit_kind: "tokens", tokens: 1.5, exact: true },
  call_sha256: null,
  facts: null,
  prev: "b".repeat(64),
  hash: "c".repeat(64),
};

const PROPOSED = {
  v: 2,
  seq: 3,
  ts: "5000000",
  step: 1,
  type: "call_proposed",
  call_id: "call_1_1",
  tool: "echo",
  args_json: '{"text":"hi"}',
  prev: "b".repeat(64),
  hash: "c".repeat(64),
};

for (const line of [LINE, CHECK, PROPOSED]) {
  Deno.test(`parseLedgerLine() reads ${line.type}`, () => {
    const text = JSON.stringify(line);
    assertEquals(JSON.stringify(parseLedgerLine(text)), text);
  });
}

Deno.test("parseLedgerLine() puts the keys in the order of the schema", () => {
  const { v, seq, call, ...rest } = LINE;
  assertEquals(
    JSON.stringify(parseLedgerLine(JSON.stringify({ ...rest, call, seq, v }))),
    JSON.stringify(LINE),
  );
});

const ARGUMENTS = [
  "null",
  "false",
  "0",
  '""',
  '[[],{}," "]',
  '{"":{"b":1,"a":2}}',
  '{"10":1,"9":2,"b":3,"__proto__":{"constructor":null},"toString":4}',
  `${"[".repeat(2000)}${"]".repeat(2000)}`,
];

for (const args of ARGUMENTS) {
  Deno.test(`parseLedgerLine() keeps the arguments ${args.slice(0, 70)}`, () => {
    const line = parseLedgerLine(
      JSON.stringify(LINE).replace('{"text":"hi"}', args),
    );
    assertEquals(
      line.type === "tool_started" && JSON.stringify(line.args),
      JSON.stringify(JSON.parse(args)),
    );
  });
}

const UNSOUND: readonly {
  readonly name: string;
  readonly line: object;
  readonly message: string;
}[] = [
  {
    name: "an unknown type",
    line: { ...LINE, type: "tool_imagined" },
    message:
      "Cannot read a ledger line: type: Invalid discriminator value. Expected 'run_started' | ",
  },
  {
    name: "an unknown key",
    line: { ...LINE, note: "trust me" },
    message: 'Cannot read a ledger line: Unrecognized key: "note"',
  },
  {
    name: "a missing key",
    line: { ...LINE, args: undefined },
    message: "Cannot read a ledger line: args: expected JSON",
  },
  {
    name: "another version",
    line: { ...LINE, v: 3 },
    message:
      "Cannot read a ledger line: v: Invalid option: expected one of 1|2",
  },
  {
    name: "a number that is not dense",
    line: { ...LINE, seq: 0.5 },
    message:
      "Cannot read a ledger line: seq: Invalid input: expected int, received number",
  },
  {
    name: "a call by its id",
    line: { ...LINE, call: "call_1_1" },
    message:
      "Cannot read a ledger line: call: Invalid input: expected number, received string",
  },
  {
    name: "a call before the first event",
    line: { ...LINE, call: -1 },
    message: "Cannot read a ledger line: call: Too small",
  },
  {
    name: "arguments of a proposal that were read",
    line: { ...PROPOSED, args_json: { text: "hi" } },
    message: "Cannot read a ledger line: args_json: Invalid input",
  },
  {
    name: "a time before 1970",
    line: { ...LINE, ts: "-1" },
    message: "Cannot read a ledger line: ts: expected nanoseconds",
  },
  {
    name: "a time with a leading zero",
    line: { ...LINE, ts: "07" },
    message: "Cannot read a ledger line: ts: expected nanoseconds",
  },
  {
    name: "a time that is a number",
    line: { ...LINE, ts: 7 },
    message:
      "Cannot read a ledger line: ts: Invalid input: expected string, received number",
  },
  {
    name: "a hash in capitals",
    line: { ...LINE, hash: "C".repeat(64) },
    message: "Cannot read a ledger line: hash: expected 64 hex digits",
  },
  {
    name: "a short link",
    line: { ...LINE, prev: "b".repeat(63) },
    message: "Cannot read a ledger line: prev: expected 64 hex digits",
  },
  {
    name: "a rule that does not exist",
    line: { ...CHECK, rule_id: "mercy" },
    message:
      "Cannot read a ledger line: rule_id: Invalid option: expected one of",
  },
  {
    name: "metadata in layers",
    line: { ...CHECK, metadata: { host: { name: "x" } } },
    message: "Cannot read a ledger line: metadata.host: Invalid input",
  },
];

for (const { name, line, message } of UNSOUND) {
  Deno.test(`parseLedgerLine() refuses ${name}`, () => {
    assertThrows(
      () => parseLedgerLine(JSON.stringify(line)),
      TypeError,
      message,
    );
  });
}

for (const text of ["", "{", `${JSON.stringify(LINE)}\n{}`, "\ufeff{}"]) {
  Deno.test(`parseLedgerLine() refuses the text ${JSON.stringify(text).slice(0, 40)}`, () => {
    assertThrows(() => parseLedgerLine(text), SyntaxError);
  });
}

for (const text of ["null", "[]", '"run_started"', "7"]) {
  Deno.test(`parseLedgerLine() refuses ${text}, which is not an object`, () => {
    assertThrows(() => parseLedgerLine(text), TypeError);
  });
}
