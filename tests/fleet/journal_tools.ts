/**
 * Tools with effects that a test can count: each writes to a journal outside the
 * sandbox when it begins and when it ends.
 *
 * @module
 */
import { z } from "npm:zod@4.6.7";
import type { ToolContext } from "../../tools/tool.ts";

/** A line of the journal. */
export interface JournalLine {
  readonly tool: string;
  readonly text: string;
  readonly idempotency_key: string;
  readonly what: "begin" | "end";
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly pid: number;
}

interface Args {
  /** What is said. */
  readonly text: string;
  /** How long it takes, in milliseconds. */
  readonly ms?: number | undefined;
  /** Ends this process between the effect and the result, the first time. */
  readonly falls?: boolean | undefined;
}

const args: z.ZodType<Args> = z.strictObject({
  text: z.string(),
  ms: z.optional(z.number()),
  falls: z.optional(z.boolean()),
});

function write(line: Omit<JournalLine, "at" | "pid">): void {
  const path = Deno.env.get("FLEET_JOURNAL");
  if (path === undefined) return;
  const text = JSON.stringify({ ...line, at: Date.now(), pid: Deno.pid });
  Deno.writeTextFileSync(path, `${text}\n`, { append: true });
}

/** The first time that this is done with the key. */
function isFirst(key: string): boolean {
  const journal = Deno.env.get("FLEET_JOURNAL");
  if (journal === undefined) return false;
  try {
    Deno.openSync(`${journal}.${key}`, { write: true, createNew: true })
      .close();
    return true;
  } catch {
    return false;
  }
}

function journaled(tool: string) {
  return async (
    { text, ms = 0, falls = false }: Args,
    { idempotencyKey: idempotency_key }: ToolContext,
  ) => {
    write({ tool, text, idempotency_key, what: "begin" });
    if (falls && isFirst(idempotency_key)) Deno.kill(Deno.pid, "SIGKILL");
    // An undisturbed run, which has no journal, need not take as long.
    const isTimed = Deno.env.get("FLEET_JOURNAL") !== undefined;
    if (isTimed) await new Promise((done) => setTimeout(done, ms));
    write({ tool, text, idempotency_key, what: "end" });
    return { said: text };
  };
}

/** May be sent again. */
export const note = {
  description: "Say something",
  args,
  effects: {},
  labels: ["sink"],
  idempotent: true,
  run: journaled("note"),
};

/** May not. */
export const pay = {
  description: "Pay for something",
  args,
  effects: {},
  labels: ["sink"],
  idempotent: false,
  run: journaled("pay"),
};
