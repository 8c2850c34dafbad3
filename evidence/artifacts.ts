/** The name of one file of a run. */
export type ArtifactName =
  | "state.jsonl"
  | "trace.json"
  | "run_report.md"
  | "manifest.json";

/** Files by name, each with its exact text. */
export type Artifacts = ReadonlyMap<string, string>;

/** Where the artifacts of one run go while they grow. */
export interface ArtifactSink {
  /** Adds bytes to the end of an artifact; on a disk, they then survive the process. */
  append(name: ArtifactName, bytes: Uint8Array): void;
  /**
   * Called before an effect and behind the last line. A sink that is to survive a
   * power cut returns when what was appended to the ledger does.
   */
  sync(): void;
  /** Says that every artifact is whole; called once, last, and only for a run that finished. */
  commit(): void;
}

/**
 * Collects artifacts in memory, for a comparison or a test. Each piece that is
 * appended must be whole UTF-8 text by itself, as those of `recordRun` are.
 */
export function memorySink(): ArtifactSink & { readonly artifacts: Artifacts } {
  const artifacts = new Map<string, string>();
  return {
    artifacts,
    append(name, bytes) {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      artifacts.set(name, (artifacts.get(name) ?? "") + text);
    },
    sync() {},
    commit() {},
  };
}
