import { assertEquals, assertThrows } from "@std/assert";
import { hash } from "node:crypto";
import type { RunEvent } from "../runtime/record/event.ts";
import { GENESIS_HASH, hashChain } from "../runtime/record/ledger.ts";
import { eventsOf, rehearse } from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";
import { LedgerError, readLedger } from "./read_ledger.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function ledgerOf(events: readonly RunEvent[]): string {
  const chain = hashChain();
  return events.map((event) => chain.seal(event)).join("");
}

/** The lines of a ledger, without their newlines. */
async function lines(): Promise<readonly string[]> {
  const events = await rehearse(REHEARSALS.one_call());
  return ledgerOf(events).split("\n").slice(0, -1);
}

/** Seals lines that need not be events, each after the one before. */
function sealed(bodies: readonly string[]): string {
  let prev = GENESIS_HASH;
  return bodies.map((body) => {
    const linked = `${body},"prev":"${prev}"`;
    prev = hash("sha256", linked);
    return `${linked},"hash":"${prev}"}\n`;
  }).join("");
}

/** What a line says, without its links. */
function bodyOf(line: string): string {
  return line.replace(/,"prev":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"}$/, "");
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`readLedger() of ${name} has its events`, async () => {
    const events = await rehearse(make());
    const ledger = bytes(ledgerOf(events));
    assertEquals(readLedger(ledger), {
      started: eventsOf("run_started", events)[0],
      events,
      bytes: ledger,
      sound: ledger,
      head:
        JSON.parse(ledgerOf(events).trimEnd().split("\n").at(-1) ?? "").hash,
      torn: new Uint8Array(),
    });
  });
}

Deno.test("readLedger() tells a line that was being written from sound ones, at any byte", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const ledger = bytes(ledgerOf(events));
  for (let length = 0; length <= ledger.length; length++) {
    const part = ledger.subarray(0, length);
    const read = readLedger(part);
    const end = part.lastIndexOf(10) + 1;
    assertEquals(read.sound.length, end);
    assertEquals(read.torn.length, length - end);
    assertEquals(read.events, events.slice(0, read.events.length));
    assertEquals(read.started, eventsOf("run_started", read.events)[0]);
    assertEquals(ledgerOf(read.events).length, end);
  }
});

const NOT_SEALED =
  "the line is not as it was sealed: its hashes or the form of its JSON differ";

/** What can be wrong with a ledger, and where it shows. */
const DAMAGE: readonly {
  readonly name: string;
  readonly damage: (lines: readonly string[]) => readonly string[];
  readonly line: number;
  readonly message: string;
}[] = [
  {
    name: "another value",
    damage: (lines) =>
      lines.with(4, lines[4]?.replace('"echo"', '"work"') ?? ""),
    line: 5,
    message: NOT_SEALED,
  },
  {
    name: "another hash",
    damage: (lines) =>
      lines.with(
        4,
        lines[4]?.replace(/"hash":".{8}/, '"hash":"00000000') ?? "",
      ),
    line: 5,
    message: NOT_SEALED,
  },
  {
    name: "a line that was left out",
    damage: (lines) => lines.toSpliced(3, 1),
    line: 4,
    message: "expected seq 3, found 4",
  },
  {
    name: "a line that occurs twice",
    damage: (lines) => lines.toSpliced(3, 0, lines[3] ?? ""),
    line: 5,
    message: "expected seq 4, found 3",
  },
  {
    name: "two lines that have changed places",
    damage: (lines) => lines.toSpliced(3, 2, lines[4] ?? "", lines[3] ?? ""),
    line: 4,
    message: "expected seq 3, found 4",
  },
  {
    name: "no first line",
    damage: (lines) => lines.slice(1),
    line: 1,
    message: "expected seq 0, found 1",
  },
  {
    name: "an empty line",
    damage: (lines) => lines.toSpliced(2, 0, ""),
    line: 3,
    message: "the line is not JSON",
  },
  {
    name: "half a line",
    damage: (lines) => lines.with(2, lines[2]?.slice(0, 50) ?? ""),
    line: 3,
    message: "the line is not JSON",
  },
  {
    name: "Windows line ends",
    damage: (lines) => lines.map((line) => `${line}\r`),
    line: 1,
    message: NOT_SEALED,
  },
  {
    name: "a byte order mark",
    damage: (lines) => lines.with(0, `\ufeff${lines[0]}`),
    line: 1,
    message: "the line is not JSON",
  },
  {
    name: "a space",
    damage: (lines) => lines.with(3, lines[3]?.replace(",", ", ") ?? ""),
    line: 4,
    message: NOT_SEALED,
  },
  {
    name: "a key that occurs twice",
    damage: (lines) =>
      lines.with(3, lines[3]?.replace('{"v":2', '{"v":2,"v":2') ?? ""),
    line: 4,
    message: NOT_SEALED,
  },
  {
    name: "a value that is not an object",
    damage: (lines) => lines.with(3, "[]"),
    line: 4,
    message:
      "Cannot read a ledger line: Invalid input: expected object, received array",
  },
];

for (const { name, damage, line, message } of DAMAGE) {
  Deno.test(`readLedger() finds ${name}`, async () => {
    const text = damage(await lines()).map((each) => `${each}\n`).join("");
    const error = assertThrows(() => readLedger(bytes(text)), LedgerError);
    assertEquals([error.line, error.message], [line, message]);
  });
}

/** What a line may hold whose hash was made anew. */
const RESEALED: readonly {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly line: number;
  readonly message: string;
}[] = [
  {
    name: "a type that there is not",
    from: '"type":"step_started"',
    to: '"type":"step_begun"',
    line: 2,
    message:
      "Cannot read a ledger line: type: Invalid discriminator value. Expected 'run_started' | 'step_started' | 'llm_completed' | 'tools_changed' | 'call_proposed' | 'policy_checked' | 'approval_resolved' | 'tool_started' | 'attempt_finished' | 'tool_finished' | 'step_finished' | 'run_finished'",
  },
  {
    name: "another version",
    from: '{"v":2,"seq":1',
    to: '{"v":3,"seq":1',
    line: 2,
    message:
      "Cannot read a ledger line: v: Invalid option: expected one of 1|2",
  },
  {
    name: "a time before all others",
    from: '"ts":"2000000"',
    to: '"ts":"-2000000"',
    line: 2,
    message: "Cannot read a ledger line: ts: expected nanoseconds",
  },
  {
    name: "a time that takes long to read",
    from: '"ts":"2000000"',
    to: `"ts":"${"9".repeat(31)}"`,
    line: 2,
    message: "Cannot read a ledger line: ts: expected nanoseconds",
  },
  {
    name: "a second beginning",
    from: '{"v":2,"seq":1,"ts":"2000000","step":1,"type":"step_started"',
    to: "START",
    line: 2,
    message: "the first line, and no other, must be run_started",
  },
  {
    name: "a number that is not a double",
    from: '"usage":{"input_tokens":10',
    to: '"usage":{"input_tokens":10.0',
    line: 3,
    message: NOT_SEALED,
  },
  {
    name: "another spelling of a text",
    from: '"hi"',
    to: '"\\u0068i"',
    line: 6,
    message: NOT_SEALED,
  },
];

for (const { name, from, to, line, message } of RESEALED) {
  Deno.test(`readLedger() finds ${name}, whose hash is right`, async () => {
    const bodies = (await lines()).map(bodyOf);
    const start = (bodies[0] ?? "").replace('"seq":0', '"seq":1');
    const forged = bodies.map((body) =>
      body.replace(from, to === "START" ? start : to)
    );
    const error = assertThrows(
      () => readLedger(bytes(sealed(forged))),
      LedgerError,
    );
    assertEquals([error.line, error.message], [line, message]);
  });
}

Deno.test("readLedger() finds a run that does not begin", async () => {
  const second = bodyOf((await lines())[1] ?? "").replace('"seq":1', '"seq":0');
  const error = assertThrows(
    () => readLedger(bytes(sealed([second]))),
    LedgerError,
    "the first line, and no other, must be run_started",
  );
  assertEquals(error.line, 1);
});

Deno.test("readLedger() finds a key that an object would inherit", async () => {
  const bodies = (await lines()).map(bodyOf);
  for (const key of ["__proto__", "constructor", "toString"]) {
    const forged = bodies.with(1, `${bodies[1]},"${key}":{}`);
    const error = assertThrows(
      () => readLedger(bytes(sealed(forged))),
      LedgerError,
    );
    assertEquals(error.line, 2);
  }
});

Deno.test("readLedger() finds bytes that are not text", async () => {
  const ledger = bytes((await lines()).map((line) => `${line}\n`).join(""));
  const damaged = ledger.with(ledger.indexOf(10) + 9, 0xff);
  const error = assertThrows(() => readLedger(damaged), LedgerError);
  assertEquals([error.line, error.message], [2, "the line is not UTF-8"]);
});

Deno.test("readLedger() says on one line what is wrong, for any text in the ledger", async () => {
  const bodies = (await lines()).map(bodyOf);
  const key = JSON.stringify(`\n\u001b[2J\u202e${"x".repeat(10_000)}`);
  const forged = bodies.with(1, `${bodies[1]},${key}:1`);
  const { message } = assertThrows(
    () => readLedger(bytes(sealed(forged))),
    LedgerError,
  );
  assertEquals(/[\p{C}\n]/u.test(message), false);
  assertEquals(message.length, 501);
});
