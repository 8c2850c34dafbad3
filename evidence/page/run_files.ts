import { joinedBytes } from "../../tools/data/joined_bytes.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { parseLedgerLine } from "../../runtime/record/ledger_line.ts";
import { InputError, unusable } from "../../tools/data/input_error.ts";
import type { ArtifactSource } from "../artifact_source.ts";
import { mayHaveKey } from "../policy_key.ts";
import { recordedRedaction } from "../report/recorded_redaction.ts";
import { byteLines } from "../verify/byte_lines.ts";
import { firstPolicy } from "../verify/first_policy.ts";
import type { PageFiles } from "./data_blocks.ts";

/** The files of a run that a page has, as far as they are there. */
const EMBEDDED: readonly string[] = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
  "approvals.jsonl",
  "incidents.jsonl",
  "attestation.json",
];

/** The largest file that a page has, in bytes. */
const MAX_BYTES = 2 ** 27;

/** The events of a redacted view, a line each, without their hashes. */
export const VIEW = "view.jsonl";
/** What a redacted view was made from: `{"head":"…"}`. */
export const VIEW_SOURCE = "redacted.json";

/** What goes into a page. */
export interface RunFiles {
  readonly files: PageFiles;
  /** Whether they are a redacted view, which cannot be verified. */
  readonly isRedacted: boolean;
  /** Names of entries that no page has. */
  readonly others: readonly string[];
}

/**
 * Takes from a run what a page shows: the record as it is or, where the policy of
 * the run redacts, a view of it without what may not leave it.
 *
 * @throws {InputError} when it cannot be told whether the policy redacts
 * @throws whatever `source` throws
 */
export function runFiles(
  source: ArtifactSource,
  { name, withRecord }: { readonly name: string; readonly withRecord: boolean },
): RunFiles {
  const entries = source.entries();
  const isFile = (name: string) =>
    entries.some((entry) => entry.name === name && entry.kind === "file");
  const bytesOf = (name: string) => joined(source.chunks(name), name);
  const others = entries.map(({ name }) => name)
    .filter((name) =>
      // A run that is not finished has its projections under other names.
      !EMBEDDED.includes(name.replace(/\.part$/, "")) && name !== "sandbox"
    );
  if (!isFile("state.jsonl")) {
    throw unusable(name, "there is no state.jsonl, so there is no run to show");
  }
  const state = bytesOf("state.jsonl");
  if (!withRecord && redacts(source, name)) {
    return { files: redactedView(state), isRedacted: true, others };
  }
  const files = new Map(
    EMBEDDED.filter(isFile).map((name) =>
      [name, name === "state.jsonl" ? state : bytesOf(name)] as const
    ),
  );
  return { files, isRedacted: false, others };
}

/** All bytes in one piece; a chunk is valid only until the next one. */
function joined(chunks: Iterable<Uint8Array>, name: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_BYTES) {
      throw unusable(
        name,
        `it has more than ${MAX_BYTES} bytes, which no browser would open; \`inspect\` and \`verify\` read a run of any size`,
      );
    }
    parts.push(chunk.slice());
  }
  return joinedBytes(parts);
}

/** Whether the policy on record leaves something out; one that cannot be read may. */
function redacts(source: ArtifactSource, name: string): boolean {
  const text = firstPolicy(source);
  if (text !== "" && !mayHaveKey(text, "redact")) return false;
  try {
    return loadPolicy(text, "the policy on record").document.redact !==
      undefined;
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw unusable(
      name,
      "the policy on record cannot be read, and may say what must not leave the record; --with-record embeds the record all the same",
      { cause },
    );
  }
}

/** The events of a record without what its policy leaves out; lines that are no event are left out too. */
function redactedView(state: Uint8Array): PageFiles {
  const encoder = new TextEncoder();
  const lines: string[] = [];
  let redaction: ReturnType<typeof recordedRedaction> | undefined;
  let head = "unknown";
  for (const { bytes } of byteLines([state])) {
    const read = eventIn(new TextDecoder().decode(bytes));
    if (read === undefined) {
      lines.push("{}");
      continue;
    }
    const { prev: _, hash, ...event } = read;
    head = hash;
    redaction ??= recordedRedaction(
      event.type === "run_started" ? event.policy.text : "",
    );
    lines.push(JSON.stringify(redaction.redact(event)));
  }
  return new Map([
    [VIEW, encoder.encode(lines.map((line) => `${line}\n`).join(""))],
    [VIEW_SOURCE, encoder.encode(`${JSON.stringify({ head })}\n`)],
  ]);
}

function eventIn(line: string) {
  try {
    return parseLedgerLine(line);
  } catch {
    return undefined;
  }
}
