import {
  append,
  attribute,
  type BadTrace,
  copy,
  drop,
  put,
} from "./mutations.ts";

const VALUE = "spans[0]{agent.run_id}.value";
const INT = "spans[0]{agent.step_index}.value.intValue";
const REASONS =
  "spans[1]{gen_ai.response.finish_reasons}.value.arrayValue.values";

/** Documents with values that OTLP/JSON or we do not allow. */
export const BAD_VALUES: readonly BadTrace[] = [
  // Ids, names, kinds, times
  {
    name: "a trace id in upper case",
    mutate: put("spans[0].traceId", "5B8EFFF798038103D269B633813FC60C"),
    code: "trace_id_invalid",
    at: "spans[0].traceId",
  },
  {
    name: "an empty trace id",
    mutate: put("spans[7].traceId", ""),
    code: "trace_id_invalid",
    at: "spans[7].traceId",
  },
  {
    name: "a trace id of zeros",
    mutate: put("spans[7].traceId", "0".repeat(32)),
    code: "trace_id_invalid",
    at: "spans[7].traceId",
  },
  {
    name: "a span id that is too short",
    mutate: put("spans[7].spanId", "a8"),
    code: "span_id_invalid",
    at: "spans[7].spanId",
  },
  {
    name: "a span id of zeros",
    mutate: put("spans[7].spanId", "0".repeat(16)),
    code: "span_id_invalid",
    at: "spans[7].spanId",
  },
  {
    name: "a span id in base64",
    mutate: put("spans[7].spanId", "AAAAAAAAALI="),
    code: "span_id_invalid",
    at: "spans[7].spanId",
  },
  {
    name: "an empty parent id instead of none",
    mutate: put("spans[0].parentSpanId", ""),
    code: "span_id_invalid",
    at: "spans[0].parentSpanId",
  },
  {
    name: "an empty trace id in a link",
    mutate: put("spans[3].links[0].traceId", ""),
    code: "trace_id_invalid",
    at: "spans[3].links[0].traceId",
  },
  {
    name: "an empty name",
    mutate: put("spans[3].name", ""),
    code: "empty_string",
    at: "spans[3].name",
  },
  {
    name: "a lone surrogate",
    mutate: put(`${VALUE}.stringValue`, "\ud800"),
    code: "ill_formed_string",
    at: `${VALUE}.stringValue`,
  },
  {
    name: "the name of a kind",
    mutate: put("spans[3].kind", "SPAN_KIND_CLIENT"),
    code: "kind_invalid",
    at: "spans[3].kind",
  },
  {
    name: "the unspecified kind",
    mutate: put("spans[3].kind", 0),
    code: "kind_invalid",
    at: "spans[3].kind",
  },
  {
    name: "a fractional kind",
    mutate: put("spans[3].kind", 1.5),
    code: "kind_invalid",
    at: "spans[3].kind",
  },
  {
    name: "a time as a number",
    mutate: put("spans[3].startTimeUnixNano", 1778025600005000000),
    code: "time_invalid",
    at: "spans[3].startTimeUnixNano",
  },
  {
    name: "a time with a leading zero",
    mutate: put("spans[3].startTimeUnixNano", "01778025600005000000"),
    code: "time_invalid",
    at: "spans[3].startTimeUnixNano",
  },
  {
    name: "a negative time",
    mutate: put("spans[3].startTimeUnixNano", "-1"),
    code: "time_invalid",
    at: "spans[3].startTimeUnixNano",
  },
  {
    name: "a time of 2^64",
    mutate: put("spans[3].endTimeUnixNano", "18446744073709551616"),
    code: "time_invalid",
    at: "spans[3].endTimeUnixNano",
  },

  // Attribute values
  {
    name: "an empty attribute key",
    mutate: attribute("spans[0]", { key: "", value: { boolValue: true } }),
    code: "empty_string",
    at: "spans[0].attributes[3].key",
  },
  {
    name: "an attribute twice",
    mutate: copy("spans[0]{agent.run_id}"),
    code: "attribute_duplicate",
    at: "spans[0].attributes[3]",
  },
  {
    name: "an attribute without a value",
    mutate: drop(VALUE),
    code: "missing_key",
    at: "spans[0].attributes[0]",
  },
  {
    name: "a bare string as an attribute value",
    mutate: put(VALUE, "sample_allowed"),
    code: "wrong_type",
    at: VALUE,
  },
  {
    name: "an attribute value without a member",
    mutate: put(VALUE, {}),
    code: "attribute_value_count",
    at: VALUE,
  },
  {
    name: "an attribute value with two members",
    mutate: put(`${VALUE}.intValue`, "1"),
    code: "attribute_value_count",
    at: VALUE,
  },
  {
    name: "a key-value list",
    mutate: put(VALUE, { kvlistValue: { values: [] } }),
    code: "attribute_value_kind",
    at: `${VALUE}.kvlistValue`,
  },
  {
    name: "bytes",
    mutate: put(VALUE, { bytesValue: "" }),
    code: "attribute_value_kind",
    at: `${VALUE}.bytesValue`,
  },
  {
    name: "an array in an array",
    mutate: append(REASONS, { arrayValue: { values: [] } }),
    code: "attribute_value_kind",
    at: `${REASONS}[1].arrayValue`,
  },
  {
    name: "an array value without values",
    mutate: drop(REASONS),
    code: "missing_key",
    at: "spans[1]{gen_ai.response.finish_reasons}.value.arrayValue",
  },
  {
    name: "a boolean as a string",
    mutate: put(VALUE, { boolValue: "true" }),
    code: "wrong_type",
    at: `${VALUE}.boolValue`,
  },
  {
    name: "an int as a number",
    mutate: put(INT, 1),
    code: "int_value_invalid",
    at: INT,
  },
  {
    name: "an int with a leading zero",
    mutate: put(INT, "01"),
    code: "int_value_invalid",
    at: INT,
  },
  {
    name: "an int of minus zero",
    mutate: put(INT, "-0"),
    code: "int_value_invalid",
    at: INT,
  },
  {
    name: "an int of 2^63",
    mutate: put(INT, "9223372036854775808"),
    code: "int_value_invalid",
    at: INT,
  },
  {
    name: "a double as a string",
    mutate: put("spans[4]{agent.retry.backoff_ms}.value.doubleValue", "NaN"),
    code: "double_value_invalid",
    at: "spans[4]{agent.retry.backoff_ms}.value.doubleValue",
  },
  {
    name: "an infinite double",
    mutate: put("spans[4]{agent.retry.backoff_ms}.value.doubleValue", 1e999),
    code: "double_value_invalid",
    at: "spans[4]{agent.retry.backoff_ms}.value.doubleValue",
  },

  // Status
  {
    name: "an empty status",
    mutate: put("spans[0].status", {}),
    code: "status_empty",
    at: "spans[0].status",
  },
  {
    name: "status code 0",
    mutate: put("spans[0].status", { code: 0 }),
    code: "status_code_invalid",
    at: "spans[0].status.code",
  },
  {
    name: "the name of a status code",
    mutate: put("spans[0].status", { code: "STATUS_CODE_OK" }),
    code: "status_code_invalid",
    at: "spans[0].status.code",
  },
  {
    name: "a status message without a code",
    mutate: put("spans[0].status", { message: "Fine" }),
    code: "missing_key",
    at: "spans[0].status",
  },
  {
    name: "an error status without a message",
    mutate: drop("spans[4].status.message"),
    code: "status_message_missing",
    at: "spans[4].status",
  },
  {
    name: "an error status with an empty message",
    mutate: put("spans[4].status.message", ""),
    code: "status_message_missing",
    at: "spans[4].status",
  },
];
