/**
 * The container format of a model file, as the ggml project specifies it in
 * `docs/gguf.md` of its repository (https://github.com/ggml-org/ggml):
 * version 3, little-endian, numbers of 32-bit precision only.
 *
 * @module
 */

/** A value of the metadata, under the name of its type in the specification. */
export type GgufValue =
  | { readonly uint32: number }
  | { readonly float32: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly strings: readonly string[] }
  | { readonly float32s: readonly number[] }
  | { readonly int32s: readonly number[] };

/** One tensor; the first dimension is the one whose elements are adjacent. */
export interface GgufTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly values: Float32Array;
}

/** What a model file holds. */
export interface Gguf {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
}

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** The tensor type of 32-bit floating-point numbers. */
const F32 = 0;

/** Encodes a model file; the same model gives the same bytes. */
export function encodeGguf({ metadata, tensors }: Gguf): Uint8Array {
  const bytes = growingBytes();
  bytes.uint32(MAGIC);
  bytes.uint32(VERSION);
  bytes.uint64(tensors.length);
  bytes.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    bytes.string(key);
    writeValue(bytes, value);
  }
  let offset = 0;
  for (const { name, dimensions, values } of tensors) {
    bytes.string(name);
    bytes.uint32(dimensions.length);
    for (const each of dimensions) bytes.uint64(each);
    bytes.uint32(F32);
    bytes.uint64(offset);
    offset = aligned(offset + values.byteLength);
  }
  bytes.align();
  for (const { values } of tensors) {
    for (const each of values) bytes.float32(each);
    bytes.align();
  }
  return bytes.done();
}

function writeValue(bytes: GrowingBytes, value: GgufValue): void {
  if ("uint32" in value) {
    bytes.uint32(UINT32);
    bytes.uint32(value.uint32);
  } else if ("float32" in value) {
    bytes.uint32(FLOAT32);
    bytes.float32(value.float32);
  } else if ("bool" in value) {
    bytes.uint32(BOOL);
    bytes.uint8(value.bool ? 1 : 0);
  } else if ("string" in value) {
    bytes.uint32(STRING);
    bytes.string(value.string);
  } else if ("strings" in value) {
    writeArray(bytes, STRING, value.strings, bytes.string);
  } else if ("float32s" in value) {
    writeArray(bytes, FLOAT32, value.float32s, bytes.float32);
  } else {
    writeArray(bytes, INT32, value.int32s, bytes.uint32);
  }
}

function writeArray<T>(
  bytes: GrowingBytes,
  type: number,
  values: readonly T[],
  write: (value: T) => void,
): void {
  bytes.uint32(ARRAY);
  bytes.uint32(type);
  bytes.uint64(values.length);
  for (const each of values) write(each);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

type GrowingBytes = ReturnType<typeof growingBytes>;

function growingBytes() {
  let buffer = new Uint8Array(1 << 16);
  let length = 0;
  /** Makes room for `size` bytes and says where they begin. */
  const room = (size: number) => {
    const start = length;
    length += size;
    if (length > buffer.length) {
      const grown = new Uint8Array(Math.max(length, buffer.length * 2));
      grown.set(buffer);
      buffer = grown;
    }
    return { start, view: new DataView(buffer.buffer) };
  };
  const uint8 = (value: number) => {
    const { start, view } = room(1);
    view.setUint8(start, value);
  };
  const uint32 = (value: number) => {
    const { start, view } = room(4);
    view.setUint32(start, value, true);
  };
  const uint64 = (value: number) => {
    const { start, view } = room(8);
    view.setBigUint64(start, BigInt(value), true);
  };
  const float32 = (value: number) => {
    const { start, view } = room(4);
    view.setFloat32(start, value, true);
  };
  const string = (value: string) => {
    const text = new TextEncoder().encode(value);
    uint64(text.length);
    const { start } = room(text.length);
    buffer.set(text, start);
  };
  return {
    uint8,
    uint32,
    uint64,
    float32,
    string,
    align: () => void room(aligned(length) - length),
    done: () => buffer.slice(0, length),
  };
}
