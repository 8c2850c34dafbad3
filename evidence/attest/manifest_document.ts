import { z } from "../../deps.ts";
import type { RunTotals } from "../../runtime/record/event.ts";
import { runTotalsSchema } from "../../runtime/record/run_totals.ts";
import {
  EXECUTION_PATHS,
  type ExecutionPath,
  TERMINAL_REASONS,
  type TerminalReason,
} from "../../runtime/record/vocabulary.ts";
import { parseStrictDocument } from "./strict_document.ts";
import type { ArtifactName } from "../artifacts.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";

/** What `manifest.json` holds. */
export interface ManifestDocument {
  readonly version: 1;
  readonly run_id: string;
  readonly timestamp: string;
  readonly wall_clock_seconds: number;
  readonly code: { readonly version: string; readonly git_sha: string | null };
  readonly inputs: {
    readonly seed: number;
    readonly task_sha256: string;
    readonly policy_sha256: string;
    readonly llm_execution_path: ExecutionPath;
    readonly llm_script_sha256: string | null;
    readonly corpus_sha256: string;
  };
  readonly outcome: {
    readonly terminal_reason: TerminalReason;
    readonly totals: RunTotals;
  };
  readonly ledger: { readonly lines: number; readonly head: string };
  readonly artifacts: Readonly<
    Record<Exclude<ArtifactName, "manifest.json">, ArtifactDigest>
  >;
}

const hex = (digits: number) =>
  z.string().check(
    z.regex(
      new RegExp(`^[0-9a-f]{${digits}}$`),
      `expected ${digits} hex digits`,
    ),
  );
const sha256 = hex(64);
const count = z.int().check(z.minimum(0));
const artifact = z.strictObject({ sha256, bytes: count });

const manifestDocument: z.ZodMiniType<ManifestDocument> = z.strictObject({
  version: z.literal(1),
  run_id: z.string(),
  timestamp: z.string(),
  wall_clock_seconds: z.number().check(z.minimum(0)),
  code: z.strictObject({ version: z.string(), git_sha: z.nullable(hex(40)) }),
  inputs: z.strictObject({
    seed: z.int(),
    task_sha256: sha256,
    policy_sha256: sha256,
    llm_execution_path: z.enum(EXECUTION_PATHS),
    llm_script_sha256: z.nullable(sha256),
    corpus_sha256: sha256,
  }),
  outcome: z.strictObject({
    terminal_reason: z.enum(TERMINAL_REASONS),
    totals: runTotalsSchema,
  }),
  ledger: z.strictObject({ lines: count, head: sha256 }),
  artifacts: z.strictObject({
    "state.jsonl": artifact,
    "trace.json": artifact,
    "run_report.md": artifact,
  }),
});

/**
 * Parses the text of a `manifest.json`, strictly.
 *
 * @throws {TypeError} when it is not a manifest, with the first problem
 */
export function parseManifest(text: string): ManifestDocument {
  const parsed = parseStrictDocument(text, manifestDocument);
  if (parsed.ok) return parsed.value;
  throw new TypeError(`Cannot read a manifest: ${parsed.reason}`);
}
