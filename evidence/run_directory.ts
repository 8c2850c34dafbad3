import { join } from "../deps.ts";
import { growingFile } from "../runtime/growing_file.ts";
import type { ArtifactName, Artifacts, ArtifactSink } from "./artifacts.ts";

/**
 * Creates a directory in which one run grows, and its parents. The ledger has
 * its name from the start; everything else is called `<name>.part` until the run
 * is whole, and the manifest is renamed last. A directory without a manifest is
 * an unfinished run. Disposing closes the files. This module is one of the few
 * that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when there is a ledger or a `.part` file already
 */
export function runDirectory(path: string): ArtifactSink & Disposable {
  Deno.mkdirSync(path, { recursive: true });
  const ledger = growingFile(join(path, "state.jsonl"));
  const grow = (name: ArtifactName) => growingFile(join(path, `${name}.part`));
  const projections = {
    "trace.json": grow("trace.json"),
    "run_report.md": grow("run_report.md"),
    "manifest.json": grow("manifest.json"),
  };
  const files = { "state.jsonl": ledger, ...projections };
  function close(): void {
    for (const file of Object.values(files)) file[Symbol.dispose]();
  }
  return {
    append: (name, bytes) => files[name].append(bytes),
    sync: () => ledger.sync(),
    commit() {
      close();
      for (const name of Object.keys(projections)) {
        Deno.renameSync(join(path, `${name}.part`), join(path, name));
      }
    },
    [Symbol.dispose]: close,
  };
}

/**
 * Reads every file of a run directory; what is no file counts as one with no
 * text. Bytes that are not UTF-8 become lone surrogates, which no UTF-8 text
 * has, so that such a file never reads like a sound one.
 */
export function readArtifacts(path: string): Artifacts {
  const artifacts = new Map<string, string>();
  for (const { name, isFile } of Deno.readDirSync(path)) {
    const text = isFile ? exactText(Deno.readFileSync(join(path, name))) : "";
    artifacts.set(name, text);
  }
  return artifacts;
}

function exactText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
      .replaceAll("\ufffd", "\udfff");
  }
}
