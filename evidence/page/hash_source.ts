import { sha256Text } from "../../tools/data/sha256.ts";

/** The source of a Content Security Policy that names one text by its hash. */
export function hashSource(text: string): string {
  return `'sha256-${Uint8Array.fromHex(sha256Text(text)).toBase64()}'`;
}
