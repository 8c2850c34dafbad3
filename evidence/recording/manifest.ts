import type { RunFinished, RunStarted } from "../../runtime/record/event.ts";

/** What is known of one artifact. */
export interface ArtifactDigest {
  /** SHA-256 of its bytes, 64 hex digits. */
  readonly sha256: string;
  /** How many bytes it has. */
  readonly bytes: number;
}

/** Values that differ between two runs of the same task; `--check` ignores them. */
export interface Volatile {
  /** When the run was made: RFC 3339, UTC; recorded as it is given. */
  readonly timestamp: string;
  /** How long it took in real time, in seconds with a fraction. */
  readonly wall_clock_seconds: number;
  /** Commit of the program, 40 hex digits; `null` when it is not run from a clone. */
  readonly git_sha: string | null;
}

/** What a manifest is made of. */
export interface ManifestInput {
  readonly started: RunStarted;
  readonly finished: RunFinished;
  /** Version of the program that wrote the record; a version stated in the record wins. */
  readonly programVersion: string;
  /** Hash of the ledger's last line. */
  readonly head: string;
  /** The other artifacts, by name. */
  readonly artifacts: Readonly<Record<string, ArtifactDigest>>;
  readonly volatile: Volatile;
}

/** Writes `manifest.json`: hashes of what went in and of what came out, a key a line. */
export function manifestText(input: ManifestInput): string {
  const { started, finished, head, artifacts, volatile } = input;
  const version = started.runtime_version ?? input.programVersion;
  const manifest = {
    version: 1,
    run_id: started.run_id,
    timestamp: volatile.timestamp,
    wall_clock_seconds: volatile.wall_clock_seconds,
    code: { version, git_sha: volatile.git_sha },
    inputs: {
      seed: started.seed,
      task_sha256: started.task.sha256,
      policy_sha256: started.policy.sha256,
      llm_execution_path: started.llm.execution_path,
      llm_script_sha256: started.llm.script_sha256,
      corpus_sha256: started.corpus.sha256,
    },
    outcome: {
      terminal_reason: finished.terminal_reason,
      totals: finished.totals,
    },
    ledger: { lines: finished.seq + 1, head },
    artifacts,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const SCALAR = String.raw`(?:null|-?\d[\d.eE+-]*|"(?:[^"\\\n]|\\.)*")`;

/** Where the volatile values are: two at the top level, one directly below `code`. */
const VOLATILE = [
  String.raw`^( {2}"(?:timestamp|wall_clock_seconds)": )${SCALAR}`,
  String.raw`^( {2}"code": \{\n(?: {4}.*\n)*? {4}"git_sha": )${SCALAR}`,
].map((pattern) => new RegExp(pattern, "gm"));

/** Blanks the three volatile values of a manifest, and nothing else. */
export function withoutVolatile(manifest: string): string {
  return VOLATILE.reduce(
    (text, pattern) => text.replace(pattern, "$1null"),
    manifest,
  );
}
