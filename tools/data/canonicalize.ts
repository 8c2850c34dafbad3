/**
 * Writes a JSON value in the canonical form of RFC 8785; `undefined` for
 * `undefined`, functions and symbols. Throws for what the form cannot carry: a
 * lone surrogate, NaN, an infinity, a bigint.
 */
export { default as canonicalize } from "npm:canonicalize@5.1.0";
