import { decodeBase64 } from "../../tools/data/base64.ts";

/** Files by name, each with its exact bytes. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

const NAME = /^[a-z_]+\.(?:jsonl?|md)$/;

/** Writes one file as an element that a browser does not execute: its bytes in base64. */
export function dataBlock(name: string, bytes: Uint8Array): string {
  if (!NAME.test(name)) {
    throw new RangeError(
      `Cannot embed "${name}": no file of a run has this name`,
    );
  }
  return `${opening(name)}${bytes.toBase64()}${CLOSING}`;
}

function opening(name: string): string {
  return `<script type="application/base64" data-file="${name}">`;
}

const CLOSING = "</script>";

const BLOCK =
  /<script type="application\/base64" data-file="([a-z_]+\.(?:jsonl?|md))">([A-Za-z0-9+/=]*)<\/script>/g;

/**
 * Takes the embedded files out of the text of a page.
 *
 * @throws {RangeError} when a name is there twice, or its base64 is not canonical
 */
export function filesIn(page: string): PageFiles {
  const files = new Map<string, Uint8Array>();
  for (const [, name = "", text = ""] of page.matchAll(BLOCK)) {
    const bytes = decodeBase64(text);
    if (files.has(name)) throw new RangeError(`the page has ${name} twice`);
    if (bytes === undefined) {
      throw new RangeError(`${name} is not base64 as this program writes it`);
    }
    files.set(name, bytes);
  }
  return files;
}
