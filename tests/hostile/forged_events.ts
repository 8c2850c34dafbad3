import { hash } from "node:crypto";
import type { RunEvent } from "../../runtime/record/event.ts";

/** Makes the events of another story out of those of a sound record. */
export type Forge = (events: readonly RunEvent[]) => readonly RunEvent[];

/** What becomes of one event: keys that are merged into it, or what stands in its place. */
export type Change = object | ((event: RunEvent) => readonly RunEvent[]);

/** Changes the events on the given lines of a ledger, counted from 1. */
export function lines(changes: Readonly<Record<number, Change>>): Forge {
  return (events) =>
    events.flatMap((event, index) => {
      const change = changes[index + 1];
      if (change === undefined) return [event];
      return typeof change === "function"
        ? change(event)
        : [withKeys(event, change)];
    });
}

/** Takes an event away. */
export const drop: Change = () => [];

/** Leaves a key out of an event. */
export function without(key: string): Change {
  return (event) => [asEvent({ ...event, [key]: undefined })];
}

/** Puts a policy on record that differs in these keys; the one on record must be JSON. */
export function policyWith(changes: object): Forge {
  return policyText((text) =>
    JSON.stringify(merged(JSON.parse(text), changes))
  );
}

/** Puts another text on record as the policy. */
export function policyText(edit: (text: string) => string): Forge {
  return lines({
    1: (event) => {
      if (event.type !== "run_started") return [event];
      return [withKeys(event, { policy: { text: edit(event.policy.text) } })];
    },
  });
}

/** Makes the events of `first` and then, of those, the ones of `second`. */
export function both(first: Forge, second: Forge): Forge {
  return (events) => second(first(events));
}

/** Changes a report, and what the manifest says of it. */
export function reportWith(edit: (report: string) => string) {
  return (artifacts: ReadonlyMap<string, string>) => {
    const old = artifacts.get("run_report.md") ?? "";
    const report = edit(old);
    const manifest = (artifacts.get("manifest.json") ?? "")
      .replace(hash("sha256", old), hash("sha256", report))
      .replace(
        `"bytes": ${bytesOf(old)}`,
        `"bytes": ${bytesOf(report)}`,
      );
    return new Map([
      ...artifacts,
      ["run_report.md", report],
      ["manifest.json", manifest],
    ]);
  };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function withKeys(event: RunEvent, changes: object): RunEvent {
  return asEvent(merged(event, changes));
}

/** Reads a value as JSON and lets the types believe it. */
function asEvent(value: unknown): RunEvent {
  return JSON.parse(JSON.stringify(value));
}

/** Objects are merged by their keys, everything else is replaced. */
function merged(value: unknown, changes: unknown): unknown {
  if (!isMapping(value) || !isMapping(changes)) return changes;
  const old: Readonly<Record<string, unknown>> = { ...value };
  return {
    ...old,
    ...Object.fromEntries(
      Object.entries(changes).map((
        [key, change],
      ) => [key, merged(old[key], change)]),
    ),
  };
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
