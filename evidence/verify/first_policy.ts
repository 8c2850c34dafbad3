import { parseLedgerLine } from "../../runtime/record/ledger_line.ts";
import type { ArtifactSource } from "../artifact_source.ts";
import { byteLines } from "./byte_lines.ts";

/** The text of the policy in the first line of a ledger; empty when there is none. */
export function firstPolicy(source: ArtifactSource): string {
  const isThere = source.entries().some(({ name, kind }) =>
    name === "state.jsonl" && kind === "file"
  );
  if (!isThere) return "";
  for (const { bytes } of byteLines(source.chunks("state.jsonl"))) {
    return policyIn(new TextDecoder().decode(bytes));
  }
  return "";
}

function policyIn(line: string): string {
  try {
    const event = parseLedgerLine(line);
    return event.type === "run_started" ? event.policy.text : "";
  } catch {
    // Reading the whole record says what is wrong with the line.
    return "";
  }
}
