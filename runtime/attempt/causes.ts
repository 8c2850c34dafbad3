/** Deno refuses a capability with these; they may be nested in `cause`. */
const PERMISSION_ERRORS = new Set(["NotCapable", "PermissionDenied"]);

/** How the message of a refused permission begins; the group is its name. */
export const REFUSED: RegExp = /^Requires (\w+) access\b/;

/** An error and what caused it, outermost first; at most eight. */
export function* causes(error: unknown): Generator<Error> {
  let each = error;
  for (let depth = 0; each instanceof Error && depth < 8; depth += 1) {
    yield each;
    each = each.cause;
  }
}

/** The refusal of a capability by Deno or the system that an error comes from. */
export function refusalIn(error: unknown): Error | undefined {
  return causes(error).find(isRefusal);
}

/** A refused import is a `TypeError` that says so in its message alone. */
function isRefusal({ name, message }: Error): boolean {
  return PERMISSION_ERRORS.has(name) ||
    name === "TypeError" && REFUSED.test(message);
}
