import { join } from "../../deps.ts";
import { MAX_LEDGER_BYTES } from "../file_limits.ts";
import { readRegularFile, whyNotRegular } from "./regular_file.ts";
import { type GrowingFile, growingFile } from "./growing_file.ts";
import type { ArtifactName, Artifacts, SynchronousSink } from "../artifacts.ts";
import type { ReadLedger } from "../read_ledger.ts";
import { WriteError } from "./write_error.ts";

/**
 * Creates a directory in which one run grows, and its parents. The ledger has
 * its name from the start; everything else is called `<name>.part` until the run
 * is whole, and the manifest is renamed last. A directory without a manifest is
 * an unfinished run. Disposing closes the files. This module is one of the few
 * that touch the disk. The returned sink throws a `WriteError` when the disk is
 * full.
 *
 * @throws {Deno.errors.AlreadyExists} when a ledger or a `.part` file exists
 *   already
 */
export function runDirectory(path: string): SynchronousSink & Disposable {
  Deno.mkdirSync(path, { recursive: true });
  return growingRun(path, growingFile(join(path, "state.jsonl")));
}

/**
 * Opens the directory of an unfinished run, to continue after the sound part of
 * its `state.jsonl`; the rest is passed to `keep` and then cut off. The run is
 * executed again from its first event: the first bytes appended must equal the
 * sound part and are not written again. Trace and report are made again from the
 * start.
 *
 * @throws {Deno.errors.Busy} when another process uses it, or has used it since
 *   it was read
 */
export function resumedRunDirectory(
  path: string,
  { bytes, sound }: Pick<ReadLedger, "bytes" | "sound">,
  keep: (torn: Uint8Array) => void,
): SynchronousSink & Disposable {
  const file = growingFile(join(path, "state.jsonl"), {
    bytes,
    length: sound.length,
    keep,
  });
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  if (names.includes("manifest.json")) {
    file[Symbol.dispose]();
    throw new Deno.errors.Busy(`another process has finished "${path}"`);
  }
  for (const name of names) {
    if (name.endsWith(".part")) Deno.removeSync(join(path, name));
  }
  return growingRun(path, continuing(file, sound));
}

/** Says which file could not be written. */
function written(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new WriteError(path, cause);
  }
}

/** The same file, for a writer that starts at its beginning. */
function continuing(file: GrowingFile, written: Uint8Array): GrowingFile {
  let at = 0;
  return {
    ...file,
    append(bytes) {
      const known = Math.min(bytes.length, written.length - at);
      for (let index = 0; index < known; index++) {
        if (bytes[index] === written[at + index]) continue;
        throw new RangeError(
          `Cannot go on: byte ${
            at + index
          } of the ledger is not what was written`,
        );
      }
      at += known;
      if (known < bytes.length) file.append(bytes.subarray(known));
    },
  };
}

function growingRun(
  path: string,
  ledger: GrowingFile,
): SynchronousSink & Disposable {
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
    append(name, bytes) {
      written(join(path, name), () => files[name].append(bytes));
    },
    sync() {
      written(join(path, "state.jsonl"), () => ledger.sync());
    },
    commit() {
      // The ledger is closed last: its lock keeps others away until everything
      // is written.
      for (const [name, file] of Object.entries(projections)) {
        const target = join(path, name);
        file[Symbol.dispose]();
        written(target, () => Deno.renameSync(`${target}.part`, target));
      }
      ledger[Symbol.dispose]();
    },
    [Symbol.dispose]: close,
  };
}

/**
 * Reads every file of a run directory; an entry that is not a regular file with
 * one name, or is too large to hold in memory, counts as a file with no text.
 * Bytes that are not UTF-8 become lone surrogates, which no UTF-8 text has, so
 * that such a file never reads like a sound one.
 */
export function readArtifacts(path: string): Artifacts {
  const artifacts = new Map<string, string>();
  for (const { name } of Deno.readDirSync(path)) {
    const place = join(path, name);
    const info = Deno.lstatSync(place);
    const isReadable = whyNotRegular(info) === undefined &&
      info.size <= MAX_LEDGER_BYTES;
    const text = isReadable
      ? exactText(readRegularFile(place, { maxBytes: MAX_LEDGER_BYTES }))
      : "";
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
