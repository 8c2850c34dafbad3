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
  return await usable(path, importSigningKey(pem, crypto.subtle));
}

/**
 * Reads a public key.
 *
 * @throws {InputError} when it cannot be used
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  const pem = readInput(path);
  return await usable(path, importPublicKey(pem, crypto.subtle));
}

async function usable<Key>(path: string, key: Promise<Key>): Promise<Key> {
  try {
    return await key;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, message, { cause });
  }
}
