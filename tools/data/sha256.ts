/** A SHA-256 of bytes that come piece by piece. */
export interface Digest {
  /** Takes the next bytes. */
  update(bytes: Uint8Array): void;
  /** The hash of all bytes so far, 64 hex digits; nothing may follow. */
  hex(): string;
  /** A copy with the same bytes so far. */
  copy(): Digest;
}

/** Above this many bytes the process's own SHA-256 is faster, if one was given. */
const SHORT = 4096;

let startGiven: (() => Digest) | undefined;

/**
 * Gives the process's own SHA-256 to the core, for long messages: the same
 * hashes in less time. Without it, as in a browser, this module's own is used.
 * The edge of a process calls this once.
 */
export function useDigest(start: () => Digest): void {
  startGiven = start;
}

/** Starts the SHA-256 of bytes that come piece by piece. */
export function startDigest(): Digest {
  return startGiven?.() ?? portableDigest();
}

/**
 * The SHA-256 of some bytes, 64 hex digits; quick and without garbage for short
 * ones. The runtime's `hash` makes an object for each call that only a full
 * garbage collection releases: over a million lines, hundreds of megabytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hash } from "node:crypto";
 *
 * const bytes = new TextEncoder().encode("one line");
 * assertEquals(sha256(bytes), hash("sha256", bytes));
 * ```
 */
export function sha256(bytes: Uint8Array): string {
  if (bytes.length > SHORT && startGiven !== undefined) {
    const digest = startGiven();
    digest.update(bytes);
    return digest.hex();
  }
  STATE.set(INITIAL);
  const whole = compressAll(STATE, bytes);
  return finish(STATE, bytes.subarray(whole), bytes.length);
}

const encoder = new TextEncoder();

/** Where texts are encoded that are not long, so that hashing one leaves no garbage. */
const ENCODED = new Uint8Array(2 ** 16);

/**
 * The SHA-256 of a text in UTF-8, 64 hex digits. One in parts, each well formed by
 * itself, need not be put together.
 */
export function sha256Text(...parts: readonly string[]): string {
  let length = 0;
  for (const part of parts) length += part.length;
  // A UTF-16 code unit takes at most three bytes.
  if (length * 3 > ENCODED.length) {
    return sha256(encoder.encode(parts.join("")));
  }
  let used = 0;
  for (const part of parts) {
    used += encoder.encodeInto(part, ENCODED.subarray(used)).written;
  }
  return sha256(ENCODED.subarray(0, used));
}

function portableDigest(
  state: Int32Array = Int32Array.from(INITIAL),
  rest: Uint8Array = new Uint8Array(),
  length = 0,
): Digest {
  return {
    update(bytes) {
      length += bytes.length;
      let at = 0;
      if (rest.length > 0) {
        at = Math.min(64 - rest.length, bytes.length);
        rest = joined(rest, bytes.subarray(0, at));
        if (rest.length < 64) return;
        compress(state, rest, 0);
      }
      const left = bytes.subarray(at);
      rest = left.slice(compressAll(state, left));
    },
    hex: () => finish(state, rest, length),
    copy: () => portableDigest(state.slice(), rest, length),
  };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Takes the whole blocks of some bytes; returns how many bytes they have. */
function compressAll(state: Int32Array, bytes: Uint8Array): number {
  const whole = bytes.length & ~63;
  for (let at = 0; at < whole; at += 64) compress(state, bytes, at);
  return whole;
}

/** Takes the last bytes, fewer than 64, with the padding; returns the hash. */
function finish(state: Int32Array, rest: Uint8Array, bytes: number): string {
  const length = rest.length < 56 ? 64 : 128;
  LAST.fill(0);
  LAST.set(rest);
  LAST[rest.length] = 0x80;
  LAST_VIEW.setUint32(length - 8, Math.floor(bytes / 2 ** 29));
  LAST_VIEW.setUint32(length - 4, bytes << 3);
  for (let at = 0; at < length; at += 64) compress(state, LAST, at);
  let hex = "";
  for (let index = 0; index < 8; index++) {
    const each = state[index] ?? 0;
    hex += (HEX[each >>> 24] ?? "") + (HEX[each >>> 16 & 0xff] ?? "") +
      (HEX[each >>> 8 & 0xff] ?? "") + (HEX[each & 0xff] ?? "");
  }
  return hex;
}

/** Two hex digits for each byte. */
const HEX = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/** The last block or two, with padding and length. */
const LAST = new Uint8Array(128);
const LAST_VIEW = new DataView(LAST.buffer);
const STATE = new Int32Array(8);
const SCHEDULE = new Int32Array(64);

/** The first 32 bits of the fractional part. */
function fraction(number: number): number {
  return ((number - Math.floor(number)) * 2 ** 32) | 0;
}

const PRIMES = primes(64);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

/** The compression function of FIPS 180-4, section 6.2.2, over 64 bytes. */
function compress(state: Int32Array, bytes: Uint8Array, from: number): void {
  const w = SCHEDULE;
  for (let t = 0, at = from; t < 16; t++, at += 4) {
    w[t] = word(bytes, at);
  }
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15] ?? 0;
    const y = w[t - 2] ?? 0;
    const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    w[t] = ((w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1) | 0;
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice +
      (ROUND[t] ?? 0) + (w[t] ?? 0)) | 0;
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 |
    (bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0);
}

function turn(value: number, bits: number): number {
  return value >>> bits | value << (32 - bits);
}
