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
  return causes(error).find(({ name }) =>
    name === "NotCapable" || name === "PermissionDenied"
  );
}
