/** The name of one file of a run. */
export type ArtifactName =
  | "state.jsonl"
  | "trace.json"
  | "run_report.md"
  | "manifest.json";

/** Files by name, each with its exact text. */
export type Artifacts = ReadonlyMap<string, string>;

/**
 * Where the artifacts of one run are written while they grow: a directory, or
 * one day a database. The run waits for each returned promise; a sink that
 * returns no promise costs no turn of the event loop. An error stops the run
 * there; a `WriteError` says that the record cannot be written any further and
 * that the run may be resumed.
 */
export interface ArtifactSink {
  /**
   * Adds bytes to the end of an artifact. The sink owns them. On a disk, they
   * survive the process at once; elsewhere, when `handOver` or `sync` says so.
   */
  append(name: ArtifactName, bytes: Uint8Array): void;
  /**
   * Called before an effect, before the run waits, and where it breaks off. It
   * is done when what was appended to the ledger survives the process. Default:
   * `append` has already done that.
   */
  handOver?(): void | Promise<void>;
  /**
   * Called in the place of `handOver` before an effect and after the last line.
   * For a sink that must survive a power cut, it is done when the appended
   * ledger lines are on the disk.
   */
  sync(): void | Promise<void>;
  /**
   * Declares that every artifact is complete; called once, last, and only for a
   * run that finished.
   */
  commit(): void | Promise<void>;
}

/** A sink that never returns a promise. */
export interface SynchronousSink extends ArtifactSink {
  /** As of any sink; done when it returns. */
  sync(): void;
  /** As of any sink; done when it returns. */
  commit(): void;
}

/**
 * Collects artifacts in memory, for a comparison or a test. Each piece that is
 * appended must be whole UTF-8 text by itself, as those of `recordRun` are.
 */
export function memorySink(): SynchronousSink & {
  readonly artifacts: Artifacts;
} {
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
