import { effectOf } from "./effect_of.ts";
import { sha256Text } from "../../tools/data/sha256.ts";
import type { RecordedTool, RunEvent } from "./event.ts";

/** What the first line of a ledger names as the line before it. */
export const GENESIS_HASH = "0".repeat(64);

/** Writes events as lines that each name the one before them. */
export interface HashChain {
  /** Returns the event's line, newline included, and moves the chain on. */
  seal(event: RunEvent): string;
  /** Hash of the last line; 64 zeros before the first one. */
  readonly head: string;
}

/**
 * Starts a chain of `state.jsonl` lines.
 *
 * A line ends exactly `,"hash":"<64 hex>"}`; the hash is the SHA-256 of every
 * byte of the line before that suffix, `prev` the hash of the line before.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hash } from "node:crypto";
 *
 * const chain = hashChain();
 * const line = chain.seal({ v: 1, seq: 0, ts: "0", step: 1, type: "step_started" });
 * const body = line.slice(0, line.lastIndexOf(',"hash":'));
 * assertEquals(line, `${body},"hash":"${hash("sha256", body)}"}\n`);
 * ```
 */
export function hashChain(): HashChain {
  let head = GENESIS_HASH;
  return {
    seal(event) {
      const members = JSON.stringify(event).slice(0, -1);
      const prev = `,"prev":"${head}"`;
      head = sha256Text(members, prev);
      return `${members}${prev},"hash":"${head}"}\n`;
    },
    get head() {
      return head;
    },
  };
}

/**
 * Whether a call of a tool leaves no trace in the world: it declares that it
 * sends and writes nothing and that it is idempotent. If a power cut loses the
 * intent of such a call, nothing is lost.
 */
export function leavesNoTrace(
  { effects, idempotent }: RecordedTool,
): boolean {
  return idempotent && effects.fetches.length + effects.writes.length === 0;
}

/**
 * How far a line must have got before the loop continues. An effect follows an
 * intent, and the last line says that the run is complete: both must be on the
 * `disk`. A receipt, a denial, which is told to whoever proposed the call, and what
 * comes before the run waits for the model, a client, a person or the next attempt,
 * must be with the operating `system`, so that it survives the end of the process.
 * The others may share a write.
 */
export function mustReach(event: RunEvent): "disk" | "system" | undefined {
  switch (event.type) {
    case "tool_started":
    case "run_finished":
      return "disk";
    case "step_started":
    case "tool_finished":
      return "system";
    case "run_started":
      return event.llm.execution_path === "client" ? "system" : undefined;
    case "policy_checked":
      return effectOf(event) === "allow" ? undefined : "system";
    case "attempt_finished":
      return event.outcome === "transient_failure" ? "system" : undefined;
  }
}
