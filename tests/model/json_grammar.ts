import { z } from "../../deps.ts";

/**
 * How long a string or a list may become, whatever its schema allows beyond:
 * random weights do not end one by themselves.
 */
const MAX_STRING = 24;
const MAX_ITEMS = 3;
/** How many numbers are on offer where a schema allows more. */
const MAX_NUMBERS = 50;

/** Printable ASCII without the quotation mark, the backslash and brackets. */
const CHARACTER = "[ !#-Z^-~]";

const annotations = {
  $schema: z.optional(z.string()),
  title: z.optional(z.string()),
  description: z.optional(z.string()),
  default: z.optional(z.unknown()),
  examples: z.optional(z.unknown()),
  format: z.optional(z.string()),
};
const count = z.optional(z.int().check(z.nonnegative()));
const bound = z.optional(z.number());
const numeric = z.strictObject({
  ...annotations,
  type: z.enum(["integer", "number"]),
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
});

/** The forms of schema, each told by its first key or by its `type`. */
const FORMS: readonly {
  readonly is: (schema: Readonly<Record<string, unknown>>) => boolean;
  readonly rule: (schema: unknown) => string;
}[] = [
  {
    is: (schema) => "const" in schema,
    rule: (schema) =>
      literal(
        z.strictObject({
          ...annotations,
          const: z.unknown(),
          type: z.optional(z.string()),
        }).parse(schema).const,
      ),
  },
  {
    is: (schema) => "enum" in schema,
    rule: (schema) =>
      oneOf(
        z.strictObject({
          ...annotations,
          enum: z.array(z.unknown()).check(z.minLength(1)),
          type: z.optional(z.string()),
        }).parse(schema).enum.map(literal),
      ),
  },
  {
    is: (schema) => "anyOf" in schema,
    rule: (schema) =>
      oneOf(
        z.strictObject({ ...annotations, anyOf: z.array(z.unknown()) })
          .parse(schema).anyOf.map(valueRule),
      ),
  },
  {
    is: (schema) => "oneOf" in schema,
    rule: (schema) =>
      oneOf(
        z.strictObject({ ...annotations, oneOf: z.array(z.unknown()) })
          .parse(schema).oneOf.map(valueRule),
      ),
  },
  { is: ({ type }) => type === "string", rule: stringRule },
  {
    is: ({ type }) => type === "integer" || type === "number",
    rule: numberRule,
  },
  { is: ({ type }) => type === "array", rule: arrayRule },
  { is: ({ type }) => type === "object", rule: objectRule },
  {
    is: ({ type }) => type === "boolean",
    rule: (schema) => {
      z.strictObject({ ...annotations, type: z.literal("boolean") })
        .parse(schema);
      return oneOf([literal(true), literal(false)]);
    },
  },
  {
    is: ({ type }) => type === "null",
    rule: (schema) => {
      z.strictObject({ ...annotations, type: z.literal("null") }).parse(schema);
      return literal(null);
    },
  },
];

/**
 * Writes, in the notation of llama.cpp (GBNF), what a JSON text of the schema
 * looks like: no white space, keys in the order of the schema, strings of
 * printable ASCII, and at most a few of everything.
 *
 * @throws when the schema has a keyword that would not be followed.
 */
export function valueRule(schema: unknown): string {
  const keys = z.record(z.string(), z.unknown()).parse(schema);
  const form = FORMS.find(({ is }) => is(keys));
  if (form === undefined) {
    throw new RangeError(
      `Cannot follow the schema ${JSON.stringify(schema)}: it has no type`,
    );
  }
  return form.rule(schema);
}

/** The rule of exactly this text. */
export function exactly(text: string): string {
  return JSON.stringify(text);
}

/** The rule of any one of these rules. */
export function oneOf(rules: readonly string[]): string {
  return `(${rules.join(" | ")})`;
}

function literal(value: unknown): string {
  return exactly(JSON.stringify(value));
}

function stringRule(schema: unknown): string {
  const { minLength = 0, maxLength = Infinity } = z.strictObject({
    ...annotations,
    type: z.literal("string"),
    minLength: count,
    maxLength: count,
  }).parse(schema);
  const most = Math.min(maxLength, Math.max(minLength, MAX_STRING));
  if (most < minLength) throw nothingFits(schema);
  const inside = most === 0 ? "" : ` ${CHARACTER}{${minLength},${most}}`;
  return `"\\""${inside} "\\""`;
}

/** Offers whole numbers, the ones next to zero where the schema allows many. */
function numberRule(schema: unknown): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = numeric
    .parse(schema);
  const least = Math.max(
    Math.ceil(minimum ?? -Infinity),
    Math.floor(exclusiveMinimum ?? -Infinity) + 1,
  );
  const greatest = Math.min(
    Math.floor(maximum ?? Infinity),
    Math.ceil(exclusiveMaximum ?? Infinity) - 1,
  );
  const first = Math.max(least, Math.min(0, greatest - MAX_NUMBERS + 1));
  const last = Math.min(greatest, first + MAX_NUMBERS - 1);
  if (last < first) throw nothingFits(schema);
  return oneOf(
    Array.from({ length: last - first + 1 }, (_, i) => literal(first + i)),
  );
}

function nothingFits(schema: unknown): RangeError {
  return new RangeError(
    `Cannot follow the schema ${
      JSON.stringify(schema)
    }: nothing fits its bounds`,
  );
}

function arrayRule(schema: unknown): string {
  const { items, minItems = 0, maxItems = Infinity } = z.strictObject({
    ...annotations,
    type: z.literal("array"),
    items: z.unknown(),
    minItems: count,
    maxItems: count,
  }).parse(schema);
  const most = Math.min(maxItems, Math.max(minItems, MAX_ITEMS));
  if (most < minItems) throw nothingFits(schema);
  if (most === 0) return exactly("[]");
  const item = valueRule(items);
  const more = `("," ${item}){${Math.max(0, minItems - 1)},${most - 1}}`;
  const some = most === 1 ? item : `${item} ${more}`;
  return `"[" ${minItems === 0 ? `(${some})?` : some} "]"`;
}

/** Offers the properties that are named, never an additional one. */
function objectRule(schema: unknown): string {
  const { properties = {}, required = [] } = z.strictObject({
    ...annotations,
    type: z.literal("object"),
    properties: z.optional(z.record(z.string(), z.unknown())),
    required: z.optional(z.array(z.string())),
    additionalProperties: z.optional(z.unknown()),
    propertyNames: z.optional(z.unknown()),
  }).parse(schema);
  const unnamed = required.find((name) => !Object.hasOwn(properties, name));
  if (unnamed !== undefined) {
    throw new RangeError(
      `Cannot follow the schema ${JSON.stringify(schema)}: "${unnamed}" is ` +
        "required and has no schema",
    );
  }
  const pairs = Object.entries(properties).map(([name, value]) => ({
    pair: `${exactly(`${JSON.stringify(name)}:`)} ${valueRule(value)}`,
    needed: required.includes(name),
  }));
  return `"{" ${[...members(pairs)].join(" ")} "}"`;
}

interface Pair {
  readonly pair: string;
  readonly needed: boolean;
}

/** Needed pairs first, then each other one or not, with commas only between. */
function* members(pairs: readonly Pair[]): Generator<string> {
  const needed = pairs.filter(({ needed }) => needed).map(({ pair }) => pair);
  const optional = pairs.filter(({ needed }) => !needed)
    .map(({ pair }) => pair);
  if (needed.length > 0) {
    yield needed.join(' "," ');
    for (const pair of optional) yield `("," ${pair})?`;
    return;
  }
  const startingWith = optional.map((pair, index) =>
    [pair, ...optional.slice(index + 1).map((later) => `("," ${later})?`)]
      .join(" ")
  );
  if (startingWith.length > 0) yield `${oneOf(startingWith)}?`;
}
