import { decodeBase64, encodeBase64 } from "../../tools/data/base64.ts";

/** Writes DER as one PEM block (RFC 7468, section 3), as openssl does. */
export function pemText(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}

/**
 * Reads the DER of a text that is one PEM block and nothing else (RFC 7468,
 * section 3, the strict form). Returns `undefined` for every other text.
 */
export function readPem(
  label: string,
  text: string,
): Uint8Array<ArrayBuffer> | undefined {
  const lines = text.trimEnd().split(/\r?\n/);
  const framed = lines.at(0) === `-----BEGIN ${label}-----` &&
    lines.at(-1) === `-----END ${label}-----`;
  return framed ? decodeBase64(lines.slice(1, -1).join("")) : undefined;
}
