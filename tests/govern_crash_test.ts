/**
 * Sessions of `govern` whose process is killed after every event, in every order in
 * which overlapping calls return: their records are closed and verified, and nothing
 * runs again.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { closeSession } from "../mod.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { effects } from "./crash.ts";
import { eventsOf } from "./rehearsal.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";
import { IS_FULL } from "./sample.ts";
import { said } from "./said.ts";

const runs = { ignore: lacks("read", "write", "run") };
const ORDERS = ["abc", "acb", "bac", "bca", "cab", "cba"];
const CHILD = {
  program: join(PROJECT, "tests/govern_child.ts"),
  permissions: ["--allow-read", "--allow-write", "--allow-run"],
};

function ledgerIn(folder: string) {
  return readLedger(Deno.readFileSync(join(folder, "run/state.jsonl")));
}

/** Closes what a killed process left, and looks whether all of it is right. */
async function assertClosed(folder: string, where: string): Promise<void> {
  const out = join(folder, "run");
  const before = ledgerIn(folder).events;
  const done = effects(folder);
  const finished = await closeSession(out);
  assertEquals(finished.terminal_reason, "session_closed", where);
  assertEquals(effects(folder), done, `${where}: something ran again`);
  assertEquals(
    new Set(done).size,
    done.length,
    `${where}: something ran twice`,
  );
  const after = ledgerIn(folder).events;
  assertEquals(after.slice(0, before.length), before, where);
  const keyOf = new Map(
    eventsOf("tool_started", after).map((each) => [each.call, each]),
  );
  for (const { call, error } of eventsOf("tool_finished", after)) {
    const key = keyOf.get(call)?.idempotency_key ?? "";
    const ran = done.some((line) => line.endsWith(` ${key}`));
    const isUnknown = error?.type === "indeterminate";
    assert(ran || isUnknown, `${where}: a receipt of what did not happen`);
  }
  const ended = new Set(
    before.flatMap((event) =>
      event.type === "tool_finished" ||
        event.type === "attempt_finished" && event.error !== null
        ? [event.call]
        : []
    ),
  );
  assertEquals(
    eventsOf("tool_finished", after)
      .filter(({ error }) => error?.type === "indeterminate").length,
    eventsOf("tool_started", before)
      .filter(({ call }) => !ended.has(call)).length,
    `${where}: an outcome is unknown, and not said to be`,
  );
  assertEquals(
    eventsOf("tool_started", after).length,
    eventsOf("tool_finished", after).length,
    `${where}: an intent is left open`,
  );
  for (const command of ["verify", "replay"]) {
    const { code, notes, data } = await said([command, out], {
      isTerminal: false,
    });
    assertEquals(code, 0, `${where}: ${command} ${notes} ${data}`);
  }
  // Closing it again changes nothing.
  assertEquals(await closeSession(out), finished, where);
}

for (const order of IS_FULL ? ORDERS : ["cab"]) {
  Deno.test(
    `govern(), killed after every event of calls that return as ${order}, leaves a record that can be closed`,
    runs,
    async () => {
      const events = 36;
      const step = IS_FULL ? 1 : 5;
      const kills = [];
      for (let seq = 0; seq < events - 1; seq += step) kills.push(seq);
      for (const seq of kills) {
        using folder = temporaryFolder();
        const { code } = await program(
          [folder.path, "close", order, `${seq}`],
          { cwd: folder.path, ...CHILD },
        );
        assertEquals(code, 137, `killed after event ${seq}`);
        await assertClosed(folder.path, `killed after event ${seq}`);
      }
    },
  );
}

for (const order of ORDERS) {
  Deno.test(
    `a session of govern() whose calls return as ${order} can be closed from every line and from a torn one`,
    runs,
    async () => {
      using whole = temporaryFolder();
      const { code, stderr } = await program(
        [whole.path, "close", order],
        { cwd: whole.path, ...CHILD },
      );
      assertEquals(code, 0, stderr);
      const bytes = Deno.readFileSync(join(whole.path, "run/state.jsonl"));
      const ends = bytes.reduce<number[]>(
        (found, byte, at) => byte === 10 ? [...found, at + 1] : found,
        [],
      );
      assertEquals(ends.length, 36);
      for (const [line, end] of ends.slice(0, -1).entries()) {
        using folder = temporaryFolder();
        Deno.mkdirSync(join(folder.path, "run/sandbox"), { recursive: true });
        const torn = line % 3 === 0 ? 11 : 0;
        Deno.writeFileSync(
          join(folder.path, "run/state.jsonl"),
          bytes.subarray(0, end + torn),
        );
        Deno.writeTextFileSync(
          join(folder.path, "effects"),
          effects(whole.path).map((each) => `${each}\n`).join(""),
        );
        await assertClosed(folder.path, `${order} cut after line ${line + 1}`);
      }
    },
  );
}
