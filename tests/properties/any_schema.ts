import fc from "fast-check";

const KEYWORDS = [
  ...["$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$defs"],
  ...["definitions", "prefixItems", "items", "contains", "properties", "if"],
  ...["additionalProperties", "patternProperties", "dependentSchemas", "then"],
  ...["propertyNames", "else", "allOf", "anyOf", "oneOf", "not", "enum"],
  ...["unevaluatedItems", "unevaluatedProperties", "type", "multipleOf"],
  ...["maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "const"],
  ...["maxLength", "minLength", "pattern", "maxItems", "minItems", "title"],
  ...["uniqueItems", "maxContains", "minContains", "maxProperties", "format"],
  ...["minProperties", "required", "dependentRequired", "description"],
  ...["deprecated", "readOnly", "writeOnly", "contentEncoding", "nullable"],
  "contentMediaType",
] as const;

const plain = fc.constantFrom(
  ...[null, true, false, 0, 1, -1, 1.5, 1e300, "", "a", "a#b", "string", "#"],
  ...[["a"], ["a", "a"], ["string", "null"], ["string", "string"], [], {}],
  ...[{ a: ["b"] }, { a: ["b", "b"] }, { a: 1 }, [1]],
);

const { value } = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    plain,
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...KEYWORDS), tie("value"), { maxKeys: 3 }),
  ),
}));

/** Objects with keywords of JSON Schema; many of them have a value that they may not have. */
export const anySchema = fc.dictionary(fc.constantFrom(...KEYWORDS), value, {
  maxKeys: 3,
});
