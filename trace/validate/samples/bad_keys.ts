import { all, type BadTrace, copy, drop, put } from "./mutations.ts";

const SCOPE = "resourceSpans[0].scopeSpans[0]";
const RESOURCE = "resourceSpans[0].resource";
const VALUE = "spans[0]{agent.run_id}.value";

/** Documents with wrong keys or types. */
export const BAD_KEYS: readonly BadTrace[] = [
  // Keys and types
  {
    name: "an unknown key in the document",
    mutate: put("resourceLogs", []),
    code: "unknown_key",
    at: "resourceLogs",
  },
  {
    name: "the document in snake_case",
    mutate: all(drop("resourceSpans"), put("resource_spans", [])),
    code: "snake_case_key",
    at: "resource_spans",
  },
  {
    name: "no resourceSpans",
    mutate: drop("resourceSpans"),
    code: "missing_key",
    at: "$",
  },
  {
    name: "flags, which we never write",
    mutate: put("spans[2].flags", 257),
    code: "unknown_key",
    at: "spans[2].flags",
  },
  {
    name: "events, which we never write",
    mutate: put("spans[2].events", []),
    code: "unknown_key",
    at: "spans[2].events",
  },
  {
    name: "a dropped count, which we never write",
    mutate: put("spans[2].droppedLinksCount", 0),
    code: "unknown_key",
    at: "spans[2].droppedLinksCount",
  },
  {
    name: "a span id in snake_case",
    mutate: all(
      put("spans[5].span_id", "00000000000000a6"),
      drop("spans[5].spanId"),
    ),
    code: "snake_case_key",
    at: "spans[5].span_id",
  },
  {
    name: "a parent id in snake_case",
    mutate: put("spans[1].parent_span_id", "00000000000000a1"),
    code: "snake_case_key",
    at: "spans[1].parent_span_id",
  },
  {
    name: "a string value in snake_case",
    mutate: put(VALUE, { string_value: "sample_allowed" }),
    code: "snake_case_key",
    at: `${VALUE}.string_value`,
  },
  {
    name: "a link with an attribute list",
    mutate: put("spans[3].links[0].attributes", []),
    code: "unknown_key",
    at: "spans[3].links[0].attributes",
  },
  {
    name: "no attributes on a span",
    mutate: drop("spans[4].attributes"),
    code: "missing_key",
    at: "spans[4]",
  },
  {
    name: "attributes as an object",
    mutate: put("spans[4].attributes", { "agent.run_id": "sample_allowed" }),
    code: "wrong_type",
    at: "spans[4].attributes",
  },
  {
    name: "null as a span",
    mutate: put("spans[4]", null),
    code: "wrong_type",
    at: "spans[4]",
  },
  {
    name: "null as the list of links",
    mutate: put("spans[4].links", null),
    code: "wrong_type",
    at: "spans[4].links",
  },

  // Resource and scope
  {
    name: "two resources",
    mutate: copy("resourceSpans[0]"),
    code: "resource_spans_count",
    at: "resourceSpans",
  },
  {
    name: "no scope",
    mutate: put("resourceSpans[0].scopeSpans", []),
    code: "scope_spans_count",
    at: "resourceSpans[0].scopeSpans",
  },
  {
    name: "another service",
    mutate: put(`${RESOURCE}{service.name}.value.stringValue`, "other"),
    code: "service_name",
    at: `${RESOURCE}.attributes[0]`,
  },
  {
    name: "no service",
    mutate: put(`${RESOURCE}.attributes`, []),
    code: "service_name",
    at: `${RESOURCE}.attributes`,
  },
  {
    name: "no scope version",
    mutate: drop(`${SCOPE}.scope.version`),
    code: "missing_key",
    at: `${SCOPE}.scope`,
  },
  {
    name: "an empty scope name",
    mutate: put(`${SCOPE}.scope.name`, ""),
    code: "empty_string",
    at: `${SCOPE}.scope.name`,
  },
  {
    name: "a schemaUrl that is not a string",
    mutate: put(`${SCOPE}.schemaUrl`, 1.37),
    code: "wrong_type",
    at: `${SCOPE}.schemaUrl`,
  },
  {
    name: "no schemaUrl",
    mutate: drop(`${SCOPE}.schemaUrl`),
    code: "missing_key",
    at: SCOPE,
  },
];
