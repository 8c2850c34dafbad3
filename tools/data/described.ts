import { z } from "../../deps.ts";
import type { Json } from "./json.ts";

/** What an editor shows of a key of a file, and a reference page prints. */
export interface KeyText {
  /** One sentence without a full stop. */
  readonly description: string;
  /** The value that it has when it is left out, if there is one. */
  readonly default?: Json | undefined;
}

/** Says of a schema what a key of a file with it is for. */
export function described<T>(
  schema: z.ZodMiniType<T>,
  description: string,
): z.ZodMiniType<T> {
  return schema.check(z.meta({ description }));
}

/** The schema of a key that may be left out. What it then is, is said and not put in: the document stays as it was written. */
export function optionalKey<T>(
  schema: z.ZodMiniType<T>,
  text: string | KeyText,
): z.ZodMiniOptional<z.ZodMiniType<T>> {
  const meta = typeof text === "string" ? { description: text } : text;
  return z.optional(schema.check(z.meta({ ...meta })));
}
