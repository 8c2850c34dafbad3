/**
 * Whether a policy's text can have a key of this name. YAML spells a key in another
 * way only with an escape in double quotes, so most texts need no parser for the
 * answer no.
 */
export function mayHaveKey(
  policyText: string,
  key: "redact" | "expires_seconds" | "max_cost",
): boolean {
  return policyText.includes(key) || policyText.includes("\\");
}
