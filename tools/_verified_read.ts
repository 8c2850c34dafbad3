import { wayTo } from "./_place.ts";
import { notAFile, violation } from "./_refusal.ts";
import { standsAt } from "./_stands_at.ts";
import { ToolError } from "./tool_error.ts";

/** Where a file is, and how its path was given. */
export interface Source {
  readonly path: string;
  /** The place that was judged, inside `root`. */
  readonly place: string;
  readonly root: string;
  readonly maxBytes: number;
}

/** Reads a file by a handle that was verified after it was opened. */
export async function readVerified(source: Source): Promise<string> {
  const { path, place, root, maxBytes } = source;
  const way = wayTo(place, root);
  const before = way.get(place);
  if (before === undefined) {
    throw new ToolError(`Cannot read "${path}": there is no such file`, {
      type: "not_found",
    });
  }
  if (before.isSymlink) throw violation("read", path);
  if (!before.isFile) throw notAFile("read", path);
  // Opening may block for ever when the file was swapped for a FIFO, so it does not block the process.
  using file = await Deno.open(place, { read: true });
  const opened = file.statSync();
  if (!opened.isFile || !standsAt(opened, { place, root, way })) {
    throw violation("read", path);
  }
  if (opened.size > maxBytes) {
    throw new ToolError(
      `Cannot read "${path}": it is larger than ${maxBytes} bytes`,
      { type: "too_large" },
    );
  }
  const bytes = readAll(file, opened.size);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch (cause) {
    throw new ToolError(`Cannot read "${path}": it is not UTF-8 text`, {
      type: "not_text",
      cause,
    });
  }
}

function readAll(file: Deno.FsFile, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = file.readSync(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
