import { joinedBytes } from "../../tools/data/joined_bytes.ts";

/** The types of fields on the wire. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2 } as const;

const encoder = new TextEncoder();

/** A field of bytes, or of a message that is already written. */
export function bytesField(
  number: number,
  value: Uint8Array,
): readonly Uint8Array[] {
  return [tag(number, WIRE.bytes), varint(BigInt(value.length)), value];
}

/** A field of text; half a character becomes U+FFFD, since protobuf's texts are UTF-8. */
export function textField(
  number: number,
  value: string,
): readonly Uint8Array[] {
  return bytesField(number, encoder.encode(value));
}

/** A field of an integer of up to 64 bits, with the two's complement of a negative one. */
export function intField(
  number: number,
  value: number | bigint,
): readonly Uint8Array[] {
  return [tag(number, WIRE.varint), varint(BigInt.asUintN(64, BigInt(value)))];
}

/** A field of 64 bits. */
export function fixed64Field(
  number: number,
  value: bigint,
): readonly Uint8Array[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return [tag(number, WIRE.fixed64), bytes];
}

/** A field of a double. */
export function doubleField(
  number: number,
  value: number,
): readonly Uint8Array[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [tag(number, WIRE.fixed64), bytes];
}

/** Puts the fields of a message one after the other. */
export function message(
  ...fields: readonly (readonly Uint8Array[])[]
): Uint8Array<ArrayBuffer> {
  return joinedBytes(fields.flat());
}

function tag(number: number, wire: number): Uint8Array {
  return varint(BigInt(number) << 3n | BigInt(wire));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
