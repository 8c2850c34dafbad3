import {
  importPublicKey,
  importSigningKey,
  type PublicKey,
  type SigningKey,
} from "../../evidence/attest/signing_key.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { readInput } from "../machine/files.ts";

/**
 * Reads the private key that `keygen` or openssl wrote.
 *
 * @throws {InputError} when it cannot be used; what is in the file is not quoted
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const pem = readInput(path);
  return await usable(path, importSigningKey(pem, crypto.subtle), {
    isOther: PUBLIC.test(pem),
    message:
      "this is a public key; the private key that belongs to it is wanted",
  });
}

/**
 * Reads a public key.
 *
 * @throws {InputError} when it cannot be used
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  const pem = readInput(path);
  return await usable(path, importPublicKey(pem, crypto.subtle), {
    isOther: PRIVATE.test(pem),
    message:
      "this is a private key, which only its owner should have; the public key is wanted, which keygen writes to FILE.pub",
  });
}

const PUBLIC = /^-----BEGIN (RSA |EC )?PUBLIC KEY-----/;
const PRIVATE = /^-----BEGIN (RSA |EC |ENCRYPTED |OPENSSH )?PRIVATE KEY-----/;

/** The other half of a key is named for what it is. */
async function usable<Key>(
  path: string,
  key: Promise<Key>,
  half: { readonly isOther: boolean; readonly message: string },
): Promise<Key> {
  try {
    return await key;
  } catch (cause) {
    if (half.isOther) throw unusable(path, half.message, { cause });
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, message, { cause });
  }
}
