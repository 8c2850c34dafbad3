import { z } from "../deps.ts";

/** The schema of the name of a clause, by which the record and tests of a policy call it. */
export const clauseId: z.ZodMiniType<string> = z.string().check(
  z.regex(
    /^[a-z][a-z0-9_-]{0,63}$/,
    "expected a name of up to 64 small letters, digits, - and _, such as card-numbers",
  ),
  z.describe(
    "A name for this clause, recorded with each decision that it makes. Left out: its place, such as deny[2]",
  ),
);
