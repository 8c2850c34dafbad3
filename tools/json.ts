/** A value that JSON can carry (RFC 8259). */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | JsonObject;

/** An object of JSON. */
export type JsonObject = { readonly [key: string]: Json };

/** Whether a value is a list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
