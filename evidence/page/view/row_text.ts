import { counted } from "../../../tools/data/counted.ts";
import { oneLine } from "../../../tools/data/untrusted_text.ts";
import { isObject } from "../../../tools/data/json.ts";
import { NOBODY } from "../../../policy/answer.ts";
import { type Call, type Row, rowTone } from "./story.ts";

/** What a row of the list says: a sign, a name, what it is about and what became of it. */
export interface RowText {
  readonly sign: string;
  readonly name: string;
  readonly about: string;
  readonly note: string;
}

const SIGNS = {
  plain: "·",
  model: "◆",
  allow: "✓",
  deny: "✕",
  ask: "?",
  fail: "!",
} as const;

/** Says a row in a few words. */
export function rowText(row: Row): RowText {
  const sign = SIGNS[rowTone(row)];
  const { call, event } = row;
  if (call !== undefined) {
    return {
      sign,
      name: oneLine(call.tool, 40),
      about: (call.isRedirect ? "redirected to " : "") + targetOf(call),
      note: callNote(call),
    };
  }
  switch (event?.type) {
    case "llm_completed": {
      const { answer, calls, error, usage } = event;
      const tokens = usage === null
        ? ""
        : `${usage.input_tokens.toLocaleString("en")} + ${
          usage.output_tokens.toLocaleString("en")
        } tokens`;
      if (error !== null) {
        const about = oneLine(`${error.type}: ${error.message}`, 200);
        return { sign, name: "model", about, note: tokens };
      }
      return answer === null
        ? {
          sign,
          name: "model",
          about: `proposes ${
            oneLine(calls.map(({ tool }) => tool).join(", "), 160)
          }`,
          note: tokens,
        }
        : { sign, name: "answer", about: oneLine(answer, 200), note: tokens };
    }
    case "policy_checked":
      return {
        sign,
        name: "budget",
        about: oneLine(event.reason ?? "", 200),
        note: event.rule_id ?? "",
      };
    case "attempt_finished":
      return {
        sign,
        name: "model",
        about: oneLine(event.error?.message ?? event.outcome, 200),
        note: `try ${event.attempt}`,
      };
    case "run_finished":
      return {
        sign: "■",
        name: "end",
        about: event.reason === undefined
          ? event.terminal_reason
          : `${event.terminal_reason}: ${oneLine(event.reason, 200)}`,
        note: counted(event.totals.steps, "step"),
      };
    case "step_started":
      return {
        sign,
        name: `Step ${row.step}`,
        about: row.failureMode ?? "",
        note: milliseconds(row.tookMs),
      };
  }
  return { sign, name: "event", about: "", note: "shown as it is recorded" };
}

/** What a call is about: its URL, its path, or its arguments. */
export function targetOf({ verdicts, args = "" }: Call): string {
  const { url, target_path: path } = verdicts[0]?.metadata ?? {};
  const target = url ?? path;
  return oneLine(typeof target === "string" ? target : plainly(args), 160);
}

/** Arguments in a few words: texts as they are, other values after their names. */
function plainly(args: string): string {
  const value = parsedOr(args);
  return isObject(value)
    ? Object.entries(value).map(([key, each]) =>
      typeof each === "string" ? each : `${key} ${JSON.stringify(each)}`
    ).join(", ")
    : args;
}

/** What a JSON text says, or the text itself. */
export function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function callNote({ verdicts, answers, receipt, attempts }: Call): string {
  const verdict = verdicts.at(-1);
  const answer = answers.at(-1);
  const by = answer === undefined || answer.approver === NOBODY
    ? ""
    : `${answer.verdict} by ${oneLine(answer.approver, 40)}; `;
  if (verdict?.decision !== "allow" && verdict?.enforced !== false) {
    return by + oneLine(verdict?.reason ?? "waits for a person", 200);
  }
  const audited = verdict?.enforced === false
    ? `would ${verdict.decision} (${verdict.rule_id}); `
    : "";
  const tries = attempts.length > 1 ? `${attempts.length} tries; ` : "";
  return by + audited + tries + resultNote(receipt);
}

function resultNote(receipt: Call["receipt"]): string {
  if (receipt === undefined) return "no result on record";
  const { error, redirect, result } = receipt;
  if (error !== null) return oneLine(`${error.type}: ${error.message}`, 200);
  if (redirect !== null) return "is redirected";
  if (isObject(result)) {
    if (typeof result.bytes === "number") return counted(result.bytes, "byte");
    const list = Object.entries(result).find(([, each]) => Array.isArray(each));
    if (Array.isArray(list?.[1])) return `${list[1].length} ${list[0]}`;
  }
  return oneLine(JSON.stringify(result) ?? "", 80);
}

/** A time for people: `9 ms`, `2.5 s`, `3 min 20 s`. */
export function milliseconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
