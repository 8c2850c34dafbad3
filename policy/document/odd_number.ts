/** What some reader of YAML 1.1, YAML 1.2 or JSON takes for a number, or not for a finite one. */
const NUMBER =
  /^[-+]?(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.\d[\d_]*(?:e[-+]?\d+)?|\._[\d_]*|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\.inf|\.nan)$/i;

/** What every one of them takes for the same number. */
const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Whether an unquoted scalar looks like a number that not every reader of YAML
 * takes for the same one: `010`, `0x3`, `1_000`, `1e1`, `12:30`, `+1`, `.5`, `-0`,
 * `.inf`, or a whole number beyond 2^53.
 */
export function isOddNumber(scalar: string): boolean {
  if (!NUMBER.test(scalar)) return false;
  if (!PLAIN.test(scalar)) return true;
  const value = Number(scalar);
  return Object.is(value, -0) || Math.abs(value) > Number.MAX_SAFE_INTEGER;
}
