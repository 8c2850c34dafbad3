import { all, type BadTrace, put } from "./mutations.ts";

const STEP = "spans[0]";
const LLM = "spans[1]";
const CALL = "spans[3]";
const TRY_1 = "spans[4]";
const TRY_2 = "spans[5]";

/** Documents of sound shape whose spans do not fit together. */
export const BAD_TREES: readonly BadTrace[] = [
  {
    name: "another trace id on one span",
    mutate: put(`${TRY_2}.traceId`, "5b8efff798038103d269b633813fc60d"),
    code: "trace_id_mixed",
    at: `${TRY_2}.traceId`,
  },
  {
    name: "another trace id on the first span",
    mutate: put(`${STEP}.traceId`, "5b8efff798038103d269b633813fc60d"),
    code: "trace_id_mixed",
    at: `${STEP}.traceId`,
  },
  {
    name: "a span id twice",
    mutate: put(`${TRY_2}.spanId`, "00000000000000a5"),
    code: "span_id_duplicate",
    at: `${TRY_2}.spanId`,
  },
  {
    name: "a span that is its own parent",
    mutate: put(`${LLM}.parentSpanId`, "00000000000000a2"),
    code: "parent_self",
    at: `${LLM}.parentSpanId`,
  },
  {
    name: "an orphan",
    mutate: put(`${LLM}.parentSpanId`, "00000000000000ff"),
    code: "parent_missing",
    at: `${LLM}.parentSpanId`,
  },
  {
    name: "two orphans of one parent",
    mutate: all(
      put(`${TRY_1}.parentSpanId`, "00000000000000ff"),
      put(`${TRY_2}.parentSpanId`, "00000000000000ff"),
    ),
    code: "parent_missing",
    at: `${TRY_1}.parentSpanId`,
  },
  {
    name: "a cycle of two",
    mutate: put(`${CALL}.parentSpanId`, "00000000000000a6"),
    code: "parent_cycle",
    at: `${CALL}.parentSpanId`,
  },
  {
    name: "an end before its start",
    mutate: put(`${TRY_1}.endTimeUnixNano`, "1778025600005999999"),
    code: "end_before_start",
    at: `${TRY_1}.endTimeUnixNano`,
  },
  {
    name: "an end before its start by digits, not by text",
    mutate: put(`${TRY_1}.endTimeUnixNano`, "9"),
    code: "end_before_start",
    at: `${TRY_1}.endTimeUnixNano`,
  },
  {
    name: "an end before its start, both outside the parent",
    mutate: all(
      put(`${TRY_1}.startTimeUnixNano`, "1778025600004000000"),
      put(`${TRY_1}.endTimeUnixNano`, "1778025600003000000"),
    ),
    code: "end_before_start",
    at: `${TRY_1}.endTimeUnixNano`,
  },
  {
    name: "an end before its start, with children",
    mutate: put(`${CALL}.endTimeUnixNano`, "1778025600004000000"),
    code: "end_before_start",
    at: `${CALL}.endTimeUnixNano`,
  },
  {
    name: "two children outside of a parent without duration",
    mutate: put(`${CALL}.endTimeUnixNano`, "1778025600005000000"),
    code: "outside_parent",
    at: `${TRY_1}.endTimeUnixNano`,
  },
  {
    name: "a child that starts 1 ns before its parent",
    mutate: put(`${TRY_1}.startTimeUnixNano`, "1778025600004999999"),
    code: "outside_parent",
    at: `${TRY_1}.startTimeUnixNano`,
  },
  {
    name: "a child that ends 1 ns after its parent",
    mutate: put(`${TRY_2}.endTimeUnixNano`, "1778025600011000001"),
    code: "outside_parent",
    at: `${TRY_2}.endTimeUnixNano`,
  },
  {
    name: "a link to a span that does not exist",
    mutate: put(`${CALL}.links[0].spanId`, "00000000000000ff"),
    code: "link_target_missing",
    at: `${CALL}.links[0].spanId`,
  },
  {
    name: "a link into another trace",
    mutate: put(`${CALL}.links[0].traceId`, "5b8efff798038103d269b633813fc60d"),
    code: "link_target_missing",
    at: `${CALL}.links[0].traceId`,
  },
];
