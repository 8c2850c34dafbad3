import { join } from "../deps.ts";
import { createLedgerFile, type Durability } from "../runtime/ledger_file.ts";
import type { ArtifactName, Artifacts, ArtifactSink } from "./artifacts.ts";

/** How much of an artifact is collected before it is written, in characters. */
const WRITE_SIZE = 2 ** 16;

/**
 * Creates a directory in which one run grows. The ledger has its name from the
 * start; everything else has another one until the run is whole, and the
 * manifest is renamed last. A directory without a manifest is an unfinished
 * run. This module is one of the few that touch the disk.
 *
 * @throws {Deno.errors.AlreadyExists} when there is a ledger already
 */
export function runDirectory(
  path: string,
  { durability }: { readonly durability: Durability },
): ArtifactSink & Disposable {
  Deno.mkdirSync(path, { recursive: true });
  const ledger = createLedgerFile(join(path, "state.jsonl"), durability);
  const grow = (name: ArtifactName) => growingFile(join(path, `${name}.part`));
  const projections = {
    "trace.json": grow("trace.json"),
    "run_report.md": grow("run_report.md"),
    "manifest.json": grow("manifest.json"),
  };
  const files = { "state.jsonl": ledger, ...projections };
  function closeAll(): void {
    for (const file of Object.values(projections)) file.close();
  }
  return {
    append: (name, text) => files[name].append(text),
    sync: () => ledger.sync(),
    commit() {
      closeAll();
      for (const name of Object.keys(projections)) {
        Deno.renameSync(join(path, `${name}.part`), join(path, name));
      }
    },
    [Symbol.dispose]() {
      ledger[Symbol.dispose]();
      closeAll();
    },
  };
}

/**
 * Reads every file of a run directory; what is no file counts as one with no
 * text.
 *
 * @throws {TypeError} when a file is not UTF-8, since its text would not tell its bytes
 */
export function readArtifacts(path: string): Artifacts {
  const artifacts = new Map<string, string>();
  for (const { name, isFile } of Deno.readDirSync(path)) {
    artifacts.set(name, isFile ? readText(join(path, name)) : "");
  }
  return artifacts;
}

function readText(path: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(Deno.readFileSync(path));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError(`Cannot read "${path}": it is not UTF-8 text`, {
      cause,
    });
  }
}

interface GrowingFile {
  append(text: string): void;
  close(): void;
}

/** A file that is written in large pieces. */
function growingFile(path: string): GrowingFile {
  const file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const encoder = new TextEncoder();
  let pending = "";
  let open = true;
  function write(): void {
    let bytes = encoder.encode(pending);
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
    pending = "";
  }
  return {
    append(text) {
      pending += text;
      if (pending.length > WRITE_SIZE) write();
    },
    close() {
      if (!open) return;
      open = false;
      write();
      file.close();
    },
  };
}
