import { encodeHex } from "../../tools/data/hex.ts";
import { pemText, readPem } from "./pem.ts";

/** A private key that can only sign. */
export interface SigningKey {
  /** Names the key: SHA-256 of its public half's SPKI DER, in hex. */
  readonly keyid: string;
  /** Signs with pure Ed25519 (RFC 8032, section 5.1.6); the signature has 64 bytes. */
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** A public key, by which signatures are verified. */
export interface PublicKey {
  /** Names the key: SHA-256 of its SPKI DER, in hex. */
  readonly keyid: string;
  /** Whether this key's private half signed exactly this message. */
  verify(
    message: Uint8Array<ArrayBuffer>,
    signature: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
}

/** A new key, as it is kept in files. */
export interface KeyPair {
  /** PKCS#8 (RFC 8410, section 7), one PEM block. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo (RFC 8410, section 4), one PEM block. */
  readonly publicKey: string;
  /** Names the key: SHA-256 of its SPKI DER, in hex. */
  readonly keyid: string;
}

/** The PEM label of each half of a key, and the DER bytes before its 32 bytes. */
const PRIVATE = {
  label: "PRIVATE KEY",
  prefix: "302e020100300506032b657004220420",
};
const PUBLIC = { label: "PUBLIC KEY", prefix: "302a300506032b6570032100" };

/**
 * Makes an Ed25519 key with the randomness of `subtle`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { subtle } = crypto;
 * const pair = await generateKeyPair(subtle);
 * const key = await importSigningKey(pair.privateKey, subtle);
 * const publicKey = await importPublicKey(pair.publicKey, subtle);
 * const message = new TextEncoder().encode("hello");
 * assertEquals(await publicKey.verify(message, await key.sign(message)), true);
 * ```
 */
export async function generateKeyPair(subtle: SubtleCrypto): Promise<KeyPair> {
  const pair = await subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) {
    throw new TypeError("Cannot make a pair of keys");
  }
  const spki = await exported("spki", pair.publicKey, subtle);
  return {
    privateKey: pemText(
      PRIVATE.label,
      await exported("pkcs8", pair.privateKey, subtle),
    ),
    publicKey: pemText(PUBLIC.label, spki),
    keyid: await keyidOf(spki, subtle),
  };
}

/**
 * Reads an Ed25519 private key: PKCS#8 (RFC 8410, section 7) in one PEM block,
 * as `openssl genpkey -algorithm ed25519` writes it. The error never quotes it.
 *
 * @throws {TypeError} when the text is anything else
 */
export async function importSigningKey(
  pem: string,
  subtle: SubtleCrypto,
): Promise<SigningKey> {
  const der = readDer(PRIVATE, pem);
  // Extractable, because there is no other way to get the public half.
  const key = await subtle.importKey("pkcs8", der, "Ed25519", true, ["sign"]);
  const { kty = "", crv = "", x = "" } = await subtle.exportKey("jwk", key);
  const jwk = { kty, crv, x };
  const half = await subtle.importKey("jwk", jwk, "Ed25519", true, ["verify"]);
  return {
    keyid: await keyidOf(await exported("spki", half, subtle), subtle),
    sign: async (message) =>
      new Uint8Array(await subtle.sign("Ed25519", key, message)),
  };
}

/**
 * Reads an Ed25519 public key: SubjectPublicKeyInfo (RFC 8410, section 4) in
 * one PEM block, as `openssl pkey -pubout` writes it.
 *
 * @throws {TypeError} when the text is anything else
 */
export async function importPublicKey(
  pem: string,
  subtle: SubtleCrypto,
): Promise<PublicKey> {
  const der = readDer(PUBLIC, pem);
  const key = await subtle.importKey("spki", der, "Ed25519", false, ["verify"]);
  return {
    keyid: await keyidOf(der, subtle),
    verify: (message, signature) =>
      subtle.verify("Ed25519", key, signature, message),
  };
}

async function exported(
  format: "pkcs8" | "spki",
  key: CryptoKey,
  subtle: SubtleCrypto,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await subtle.exportKey(format, key));
}

async function keyidOf(
  spki: Uint8Array<ArrayBuffer>,
  subtle: SubtleCrypto,
): Promise<string> {
  return encodeHex(new Uint8Array(await subtle.digest("SHA-256", spki)));
}

/** Runtimes differ in which other forms of keys they import, so the form is checked here. */
function readDer(
  { label, prefix }: typeof PUBLIC,
  pem: string,
): Uint8Array<ArrayBuffer> {
  const der = readPem(label, pem);
  const sound = der?.length === prefix.length / 2 + 32 &&
    encodeHex(der).startsWith(prefix);
  if (der !== undefined && sound) return der;
  throw new TypeError(
    `Cannot read an Ed25519 ${label.toLowerCase()}: expected its one PEM block "${label}" and nothing else`,
  );
}
