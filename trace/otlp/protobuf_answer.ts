/**
 * How many spans an `ExportTraceServiceResponse` in protobuf says were rejected:
 * `partial_success` (1) has `rejected_spans` (1). 0 when it says nothing that can
 * be read: the collector has accepted the request all the same.
 */
export function rejectedIn(answer: Uint8Array): number {
  const partial = fieldsOf(answer)?.get(1);
  if (!(partial instanceof Uint8Array)) return 0;
  const rejected = fieldsOf(partial)?.get(1);
  return typeof rejected === "bigint" && rejected <= MAX ? Number(rejected) : 0;
}

const MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** The last value of each field of a message, as far as varints and bytes go; `undefined` for what is no message. */
function fieldsOf(
  bytes: Uint8Array,
): ReadonlyMap<number, bigint | Uint8Array> | undefined {
  const fields = new Map<number, bigint | Uint8Array>();
  let at = 0;
  function varint(): bigint | undefined {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  while (at < bytes.length) {
    const key = varint();
    const value = key === undefined ? undefined : varint();
    if (key === undefined || value === undefined) return undefined;
    const number = Number(key >> 3n);
    if ((key & 7n) === 0n) fields.set(number, value);
    else if ((key & 7n) === 2n && value <= BigInt(bytes.length - at)) {
      fields.set(number, bytes.subarray(at, at + Number(value)));
      at += Number(value);
    } else return undefined;
  }
  return fields;
}
