/**
 * The example key of RFC 8410, sections 10.1 and 10.3, and another one. They are
 * published, so what they sign proves nothing.
 *
 * @module
 */
import {
  importPublicKey,
  importSigningKey,
  type PublicKey,
  type SigningKey,
} from "../evidence/attest/signing_key.ts";

/** The private key of RFC 8410, section 10.3. */
export const EXAMPLE_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
`;

/** Its public half, of section 10.1. */
export const EXAMPLE_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
`;

/** What `openssl pkey -pubin -outform DER | sha256sum` says of it. */
export const EXAMPLE_KEYID =
  "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f";

/** The private key of RFC 8032, section 7.1, test 1, in PKCS#8. */
export const OTHER_PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
`;

export function exampleKey(): Promise<SigningKey> {
  return importSigningKey(EXAMPLE_PRIVATE_KEY, crypto.subtle);
}

export function otherKey(): Promise<SigningKey> {
  return importSigningKey(OTHER_PRIVATE_KEY, crypto.subtle);
}

export function examplePublicKey(): Promise<PublicKey> {
  return importPublicKey(EXAMPLE_PUBLIC_KEY, crypto.subtle);
}
