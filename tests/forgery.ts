/**
 * What somebody can do to a run directory, for tests: change it, and cover the
 * traces as far as one wants.
 *
 * @module
 */
import { hash } from "node:crypto";
import { canonicalize } from "../tools/data/canonicalize.ts";
import type { Artifacts } from "../evidence/artifacts.ts";
import { memorySink } from "../evidence/artifacts.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import { regenerate } from "../evidence/recording/regenerate.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { hashChain } from "../runtime/record/ledger.ts";
import { parseLedgerLine } from "../runtime/record/ledger_line.ts";
import { numberedAnew } from "./refitted.ts";
import { type Rehearsal, rehearsal } from "./rehearsal.ts";

/** Volatile values of the form that the program writes. */
export const VOLATILE = {
  timestamp: "2026-11-22T09:00:00.000Z",
  wall_clock_seconds: 1.5,
  git_sha: "0123456789abcdef0123456789abcdef01234567",
};

/** Records a rehearsal in memory. */
export async function recorded(given: Rehearsal): Promise<Artifacts> {
  const sink = memorySink();
  await recordRun(rehearsal(given), sink, {
    programVersion: "0.0.0",
    volatile: () => VOLATILE,
  });
  return sink.artifacts;
}

/** The lines of a ledger, without their newlines. */
export function linesOf(artifacts: Artifacts): readonly string[] {
  return (artifacts.get("state.jsonl") ?? "").split("\n").slice(0, -1);
}

/** The artifacts with another ledger. */
export function withLines(
  artifacts: Artifacts,
  lines: readonly string[],
): Artifacts {
  const text = lines.map((line) => `${line}\n`).join("");
  return new Map([...artifacts, ["state.jsonl", text]]);
}

/** The events of a ledger, without their seals. */
export function eventsIn(artifacts: Artifacts): readonly RunEvent[] {
  return linesOf(artifacts).map((line) => {
    const { prev: _prev, hash: _hash, ...event } = parseLedgerLine(line);
    return event;
  });
}

/** Events as a ledger whose chain is sound: numbered anew, and with the keys that follow from the numbers. */
export function sealed(events: readonly RunEvent[]): readonly string[] {
  const chain = hashChain();
  const [first] = events;
  const runId = first?.type === "run_started" ? first.run_id : "";
  return numberedAnew(events).map((event, seq) =>
    chain.seal(rekeyed(event, { isMoved: events[seq]?.seq !== seq, runId }))
      .slice(0, -1)
  );
}

function rekeyed(
  event: RunEvent,
  { isMoved, runId }: { readonly isMoved: boolean; readonly runId: string },
): RunEvent {
  if (!isMoved || event.type !== "tool_started") return event;
  const { seq, tool, args } = event;
  const idempotency_key = hash(
    "sha256",
    canonicalize([runId, seq, tool, args]) ?? "",
  );
  return { ...event, idempotency_key };
}

/** The artifacts of somebody who changed the events and made the chain, and nothing else, anew. */
export function rechained(
  artifacts: Artifacts,
  events: readonly RunEvent[],
): Artifacts {
  return withLines(artifacts, sealed(events));
}

/** The artifacts of somebody who changed the events and made everything anew. */
export async function rewritten(
  artifacts: Artifacts,
  events: readonly RunEvent[],
): Promise<Artifacts> {
  const made = await regenerate(
    sealed(events).map((line) => `${line}\n`).join(""),
  );
  const old = artifacts.get("manifest.json") ?? "";
  const manifest = (made.get("manifest.json") ?? "").split("\n")
    .map((line) => volatileLine(line, old) ?? line).join("\n");
  return new Map([...artifacts, ...made, ["manifest.json", manifest]]);
}

/** The line of the old manifest that states the same volatile value. */
function volatileLine(line: string, old: string): string | undefined {
  const key = /^ +"(timestamp|wall_clock_seconds|git_sha)": /.exec(line)?.[0];
  return key && old.split("\n").find((each) => each.startsWith(key));
}
