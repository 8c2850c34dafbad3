import type { Artifacts } from "./artifacts.ts";

/** One entry of a run directory. */
export interface ArtifactEntry {
  /** Its name, without a path. */
  readonly name: string;
  /** `other`: a link, a device, a socket. */
  readonly kind: "file" | "directory" | "other";
  /** Size of a file, where it is known before the file is read. */
  readonly bytes?: number | undefined;
  /** How many names a file has, in this directory and elsewhere. Default: one. */
  readonly names?: number | undefined;
}

/** The entry at a path below the sandbox of a run. */
export type SandboxEntry =
  | { readonly kind: "nothing" }
  | { readonly kind: "file"; readonly bytes: number }
  | {
    /** A directory, a link, a device, a file with another name, or something of the kind on the way there. */
    readonly kind: "other";
  };

/** The sandbox of a run. Paths are relative to it, with slashes. */
export interface SandboxSource {
  /** The entry at a path; links are not followed. */
  look(path: string): SandboxEntry;
  /** The bytes of a file, in order; a chunk is valid only until the next one. */
  chunks(path: string): Iterable<Uint8Array>;
  /** Paths of the files below a folder; empty when the folder does not exist. */
  files(folder: string): Iterable<string>;
}

/** Where the artifacts of one run are read from. */
export interface ArtifactSource {
  /** Everything that is there, in any order. */
  entries(): readonly ArtifactEntry[];
  /**
   * The bytes of one file, in order. A chunk is valid only until the next one
   * is asked for, so that a source can use one buffer for all of them.
   */
  chunks(name: string): Iterable<Uint8Array>;
  /**
   * The files of the agent, asked only when `entries` has a directory `sandbox`.
   * Default: they are not looked at.
   */
  readonly sandbox?: SandboxSource | undefined;
}

/** Reads artifacts that are in memory. */
export function memorySource(artifacts: Artifacts): ArtifactSource {
  const encoder = new TextEncoder();
  return bytesSource(
    new Map([...artifacts].map(([name, text]) => [name, encoder.encode(text)])),
  );
}

/** Reads artifacts whose exact bytes are in memory. */
export function bytesSource(
  artifacts: ReadonlyMap<string, Uint8Array>,
): ArtifactSource {
  return {
    entries: () =>
      [...artifacts].map(([name, { length }]) => ({
        name,
        kind: "file",
        bytes: length,
      })),
    *chunks(name) {
      const bytes = artifacts.get(name);
      if (bytes !== undefined) yield bytes;
    },
  };
}
