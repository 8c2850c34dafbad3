import type {
  ArtifactEntry,
  ArtifactSource,
  SandboxSource,
} from "../../artifact_source.ts";
import type { SandboxFiles } from "./run_files.ts";

/** Reads a run whose files and sandbox are in memory. */
export function rowSource(
  texts: ReadonlyMap<string, string>,
  files: SandboxFiles,
): ArtifactSource {
  const encoder = new TextEncoder();
  const artifacts = new Map(
    [...texts].map(([name, text]) => [name, encoder.encode(text)]),
  );
  const entries: ArtifactEntry[] = [...artifacts].map(([name, bytes]) => ({
    name,
    kind: "file",
    bytes: bytes.length,
  }));
  if (files.size > 0) entries.push({ name: "sandbox", kind: "directory" });
  return {
    entries: () => entries,
    *chunks(name) {
      const bytes = artifacts.get(name);
      if (bytes !== undefined) yield bytes;
    },
    sandbox: sandboxSource(files),
  };
}

function sandboxSource(files: SandboxFiles): SandboxSource {
  const isBelow = (folder: string) => (path: string) =>
    folder === "" || path.startsWith(`${folder}/`);
  return {
    look(path) {
      const file = files.get(path);
      if (file !== undefined) return { kind: "file", bytes: file.length };
      return files.keys().some(isBelow(path))
        ? { kind: "other" }
        : { kind: "nothing" };
    },
    *chunks(path) {
      const file = files.get(path);
      if (file !== undefined) yield file;
    },
    files: (folder) => files.keys().filter(isBelow(folder)),
  };
}
