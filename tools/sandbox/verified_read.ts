import { wayTo } from "./place.ts";
import { notAFile, violation } from "./refusal.ts";
import { standsAt } from "./stands_at.ts";
import type { Page, PageRequest } from "./sandbox.ts";
import { ToolError } from "../tool_error.ts";

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
  const { path, maxBytes } = source;
  const { opened, size } = await openVerified(source);
  using file = opened;
  if (size > maxBytes) {
    throw new ToolError(
      `Cannot read "${path}": it is larger than ${maxBytes} bytes`,
      { type: "too_large" },
    );
  }
  return decoded(readAll(file, size), path);
}

/**
 * Reads some bytes of a file in the same way. A character that is cut at the
 * beginning is left to the page before, one that is cut at the end to the next.
 */
export async function readVerifiedPage(
  source: Source,
  page: PageRequest,
): Promise<Page> {
  const { opened, size: total } = await openVerified(source);
  using file = opened;
  const from = Math.min(page.offset, total);
  file.seekSync(from, Deno.SeekMode.Start);
  const length = Math.min(page.maxBytes, source.maxBytes, total - from);
  const bytes = readAll(file, length);
  const start = from === 0 ? 0 : continuationBytes(bytes);
  const end = from + bytes.length < total ? wholeCharacters(bytes) : undefined;
  const whole = bytes.subarray(start, end);
  return {
    text: decoded(whole, source.path),
    offset: from + start,
    bytes: whole.length,
    total,
  };
}

/** How many bytes at the beginning belong to a character that began before. */
function continuationBytes(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return first < 0 || first > 3 ? 0 : first;
}

/** How many bytes there are before an incomplete last character. */
function wholeCharacters(bytes: Uint8Array): number {
  const lead = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const byte = bytes[lead] ?? 0;
  const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return bytes.length - lead < needed ? lead : bytes.length;
}

/** Opens a file; its size is the one that it had when it was judged. */
async function openVerified(
  source: Source,
): Promise<{ readonly opened: Deno.FsFile; readonly size: number }> {
  const { path, place, root } = source;
  const way = wayTo(place, root);
  const before = way.get(place);
  if (before === undefined) {
    throw new ToolError(`Cannot read "${path}": there is no such file`, {
      type: "not_found",
    });
  }
  if (before.isSymlink) throw violation("read", path);
  if (!before.isFile) throw notAFile("read", path);
  // Opening may wait for ever when the file was swapped for a FIFO, so it is
  // asynchronous.
  const file = await Deno.open(place, { read: true });
  try {
    const info = file.statSync();
    if (info.isFile && standsAt(info, { place, root, way })) {
      return { opened: file, size: info.size };
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  throw violation("read", path);
}

function decoded(bytes: Uint8Array, path: string): string {
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
