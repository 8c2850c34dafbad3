import { assertEquals, assertRejects } from "@std/assert";
import { join } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { temporaryFolder } from "../../tests/program.ts";
import { rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { hashChain } from "../../runtime/record/ledger.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { followedLedger } from "./followed_ledger.ts";

const disk = { ignore: lacks("read", "write") };

async function growing() {
  const folder = temporaryFolder();
  const path = join(folder.path, "state.jsonl");
  const events = await rehearse(REHEARSALS.one_call());
  const chain = hashChain();
  return {
    path,
    events,
    lines: events.map((event) => chain.seal(event)),
    ledger: followedLedger(path),
    append: (text: string) =>
      Deno.writeTextFileSync(path, text, { append: true }),
    write: (text: string) => Deno.writeTextFileSync(path, text),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

Deno.test(
  "followedLedger() gives each event once, when its line is complete",
  disk,
  async () => {
    using here = await growing();
    const [first = "", second = "", ...rest] = here.lines;
    here.append("");
    assertEquals(await here.ledger.next(), []);
    here.append(first + second.slice(0, 20));
    assertEquals(await here.ledger.next(), here.events.slice(0, 1));
    assertEquals(await here.ledger.next(), []);
    // As resume does, the torn line is cut off and written again.
    here.write(first);
    assertEquals(await here.ledger.next(), []);
    here.append(second);
    assertEquals(await here.ledger.next(), here.events.slice(1, 2));
    here.append(rest.join(""));
    assertEquals(await here.ledger.next(), here.events.slice(2));
  },
);

Deno.test(
  "followedLedger() refuses what is not there, what is gone and what was changed",
  disk,
  async () => {
    using here = await growing();
    await assertRejects(() => here.ledger.next(), InputError, "no such file");
    here.write(here.lines.slice(0, 3).join(""));
    await here.ledger.next();
    here.write(here.lines[0] ?? "");
    await assertRejects(() => here.ledger.next(), InputError, "are gone");
    const [, , , ...rest] = here.lines;
    here.write(
      here.lines.slice(0, 3).join("") +
        rest.join("").replace('"step":1', '"step":2'),
    );
    const error = await assertRejects(() => here.ledger.next(), InputError);
    assertEquals(error.message.startsWith(`${here.path}:4: `), true);
  },
);
