/** Writes a path into a document as people do: `script[2].calls[0].args`. */
export function spellPath(path: readonly PropertyKey[]): string {
  return path.map((part, index) =>
    typeof part === "number"
      ? `[${part}]`
      : `${index === 0 ? "" : "."}${String(part)}`
  ).join("");
}
