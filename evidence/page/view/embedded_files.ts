/// <reference lib="dom" />

/** Takes the embedded files out of the document, and frees what held them. */
export function filesIn(page: Document): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const blocks = page.querySelectorAll<HTMLScriptElement>("script[data-file]");
  for (const block of blocks) {
    const name = block.dataset.file ?? "";
    if (!files.has(name)) files.set(name, Uint8Array.fromBase64(block.text));
  }
  return files;
}
