import { z } from "../../deps.ts";
import { decodeBase64, encodeBase64 } from "../../tools/data/base64.ts";
import { parseStrictDocument } from "./strict_document.ts";
import type { PublicKey, SigningKey } from "./signing_key.ts";

/** What is signed: bytes and their type. */
export interface Message {
  /** A media type or URI; it is signed too. */
  readonly payloadType: string;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The content of an envelope, or why it is refused. */
export type OpenedEnvelope =
  | { readonly ok: true; readonly payload: Uint8Array<ArrayBuffer> }
  | {
    readonly ok: false;
    readonly code:
      | "attestation_malformed"
      | "signature_key"
      | "signature_invalid";
    readonly message: string;
  };

interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

interface EnvelopeSignature {
  readonly keyid: string;
  readonly sig: string;
}

/**
 * The bytes that a signature is over: DSSE v1.0.0, "Signature Definition"
 * (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const bytes = preAuthenticationEncoding({
 *   payloadType: "http://example.com/HelloWorld",
 *   payload: new TextEncoder().encode("hello world"),
 * });
 * assertEquals(
 *   new TextDecoder().decode(bytes),
 *   "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
 * );
 * ```
 */
export function preAuthenticationEncoding(
  { payloadType, payload }: Message,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const { length } = encoder.encode(payloadType);
  const head = encoder.encode(
    `DSSEv1 ${length} ${payloadType} ${payload.length} `,
  );
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/**
 * Writes a message as a DSSE envelope with one signature: pretty-printed JSON,
 * `payload`, `payloadType`, `signatures`, one final newline
 * (https://github.com/secure-systems-lab/dsse/blob/master/envelope.md).
 */
export async function sealEnvelope(
  message: Message,
  key: SigningKey,
): Promise<string> {
  const signature = await key.sign(preAuthenticationEncoding(message));
  return envelopeText({
    payload: encodeBase64(message.payload),
    payloadType: message.payloadType,
    signatures: [{ keyid: key.keyid, sig: encodeBase64(signature) }],
  });
}

/**
 * Opens an envelope that is written exactly as `sealEnvelope` writes it and that
 * `publicKey` vouches for. Where DSSE leaves a choice it accepts one form: the
 * standard base64 alphabet, one signature, its `keyid` given. The payload is not
 * inspected; it is returned only when the signature is valid.
 */
export async function openEnvelope(
  text: string,
  { payloadType, publicKey }: {
    readonly payloadType: string;
    readonly publicKey: PublicKey;
  },
): Promise<OpenedEnvelope> {
  const parsed = parseStrictDocument(text, envelopeSchema);
  if (!parsed.ok) return malformed(parsed.reason);
  const envelope = parsed.value;
  if (envelopeText(envelope) !== text) {
    return malformed("its layout is not the one that was written");
  }
  if (envelope.payloadType !== payloadType) {
    return malformed(`payloadType: expected "${payloadType}"`);
  }
  const [first, ...others] = envelope.signatures;
  if (first === undefined || others.length > 0) {
    return malformed("signatures: expected exactly one");
  }
  const payload = decodeBase64(envelope.payload);
  if (payload === undefined) return malformed("payload: expected base64");
  const signature = decodeBase64(first.sig);
  if (signature === undefined) {
    return malformed("signatures.0.sig: expected base64");
  }
  // The name of a key is not signed: it only decides which of two refusals is
  // reported.
  if (first.keyid !== publicKey.keyid) {
    return {
      ok: false,
      code: "signature_key",
      message: `signed with the key ${first.keyid}, not ${publicKey.keyid}`,
    };
  }
  const signed = preAuthenticationEncoding({ payloadType, payload });
  return await publicKey.verify(signed, signature) ? { ok: true, payload } : {
    ok: false,
    code: "signature_invalid",
    message: `the signature is not one of the key ${publicKey.keyid}`,
  };
}

const envelopeSchema: z.ZodMiniType<Envelope> = z.strictObject({
  payload: z.string(),
  payloadType: z.string(),
  signatures: z.array(z.strictObject({
    keyid: z.string().check(
      z.regex(/^[0-9a-f]{64}$/, "expected 64 hex digits"),
    ),
    sig: z.string(),
  })),
});

function envelopeText(envelope: Envelope): string {
  const { payload, payloadType, signatures } = envelope;
  const ordered = {
    payload,
    payloadType,
    signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })),
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function malformed(message: string): OpenedEnvelope {
  return { ok: false, code: "attestation_malformed", message };
}
