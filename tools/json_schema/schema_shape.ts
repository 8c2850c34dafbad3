import { z } from "../../deps.ts";
import type { JsonObject } from "../data/json.ts";

const schema: z.ZodMiniType = z.lazy(() => z.union([z.boolean(), keywords]));
const schemas = z.array(schema).check(z.minLength(1));
const named = z.record(z.string(), schema);
const text = z.string();
const texts = z.array(text).check(z.refine(isUnique, "the same one twice"));
const anchor = text.check(z.regex(/^[A-Za-z_][-A-Za-z0-9._]*$/));
const whole = z.number().check(
  z.refine((value) => Number.isInteger(value), "expected a whole number"),
  z.nonnegative(),
);
const type = z.enum([
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
]);

/**
 * The keywords of draft 2020-12, as its own schema of schemas has them. That one
 * takes as long to compile as the validator takes to load.
 */
const keywords = z.partial(z.object({
  $id: text.check(z.regex(/^[^#]*#?$/)),
  $ref: text,
  $anchor: anchor,
  $dynamicRef: text,
  $dynamicAnchor: anchor,
  $defs: named,
  definitions: named,
  prefixItems: schemas,
  items: schema,
  contains: schema,
  additionalProperties: schema,
  properties: named,
  patternProperties: named,
  dependentSchemas: named,
  propertyNames: schema,
  if: schema,
  then: schema,
  else: schema,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schema,
  unevaluatedItems: schema,
  unevaluatedProperties: schema,
  type: z.union([
    type,
    z.array(type).check(
      z.minLength(1),
      z.refine(isUnique, "the same one twice"),
    ),
  ]),
  enum: z.array(z.unknown()),
  multipleOf: z.number().check(z.positive()),
  maximum: z.number(),
  exclusiveMaximum: z.number(),
  minimum: z.number(),
  exclusiveMinimum: z.number(),
  maxLength: whole,
  minLength: whole,
  pattern: text,
  maxItems: whole,
  minItems: whole,
  uniqueItems: z.boolean(),
  maxContains: whole,
  minContains: whole,
  maxProperties: whole,
  minProperties: whole,
  required: texts,
  dependentRequired: z.record(text, texts),
  title: text,
  description: text,
  deprecated: z.boolean(),
  readOnly: z.boolean(),
  writeOnly: z.boolean(),
  format: text,
  contentEncoding: text,
  contentMediaType: text,
}));

function isUnique(all: readonly unknown[]): boolean {
  return new Set(all).size === all.length;
}

/**
 * Refuses what is no JSON Schema of draft 2020-12; other keywords are not looked at.
 *
 * @throws {RangeError} that says where it is none
 */
export function refuseMisshapen(given: JsonObject): void {
  const [issue] = keywords.safeParse(given).error?.issues ?? [];
  if (issue === undefined) return;
  const { path, message } = innermost(issue);
  throw new RangeError(
    `it is no JSON Schema: ${["", ...path].map(String).join("/")}: ${message}`,
  );
}

/** Of what a value may be, the last is what it most likely was to be. */
function innermost(
  issue: z.core.$ZodIssue,
): Pick<z.core.$ZodIssue, "path" | "message"> {
  const within = issue.code === "invalid_union"
    ? issue.errors.at(-1)?.[0]
    : undefined;
  if (within === undefined) return issue;
  const { path, message } = innermost(within);
  return { path: [...issue.path, ...path], message };
}
