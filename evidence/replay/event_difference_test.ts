import { assertEquals } from "@std/assert";
import type { Json } from "../../tools/data/json.ts";
import type { RunEvent, ToolFinished } from "../../runtime/record/event.ts";
import { eventDifference } from "./event_difference.ts";

function finished(result: Json): ToolFinished {
  return {
    v: 1,
    seq: 5,
    ts: "7",
    step: 1,
    type: "tool_finished",
    call_id: "call_1_1",
    tool: "echo",
    result,
    redirect: null,
    error: null,
  };
}

const STEP: RunEvent = {
  v: 1,
  seq: 5,
  ts: "8",
  step: 1,
  type: "step_started",
};

/** Pairs of results, and the first place where they differ. */
const RESULTS: readonly {
  readonly expected: string;
  readonly found: string;
  readonly path?: string;
}[] = [
  { expected: '{"a":[1,{"b":null}]}', found: '{"a":[1,{"b":null}]}' },
  { expected: '{"a":1,"b":2}', found: '{"b":2,"a":1}' },
  { expected: '{"a":1,"b":2}', found: '{"a":2,"b":3}', path: "result.a" },
  { expected: '{"b":2,"a":1}', found: '{"a":2,"b":3}', path: "result.b" },
  { expected: "[1,2]", found: "[1,3]", path: "result[1]" },
  { expected: "[1]", found: "[1,2]", path: "result[1]" },
  { expected: "[1,null]", found: "[1]", path: "result[1]" },
  {
    expected: '{"a":{"b":[0,{"c":1}]}}',
    found: '{"a":{"b":[0,{"c":2}]}}',
    path: "result.a.b[1].c",
  },
  { expected: "[]", found: "{}", path: "result" },
  { expected: '{"0":1}', found: "[1]", path: "result" },
  { expected: "null", found: "{}", path: "result" },
  { expected: '"1"', found: "1", path: "result" },
  { expected: '{"__proto__":{}}', found: "{}", path: "result.__proto__" },
  { expected: "{}", found: '{"__proto__":{}}', path: "result.__proto__" },
  { expected: '{"toString":null}', found: "{}", path: "result.toString" },
  {
    expected: '{"constructor":{"name":1}}',
    found: '{"constructor":{"name":2}}',
    path: "result.constructor.name",
  },
];

for (const { expected, found, path } of RESULTS) {
  Deno.test(`eventDifference() of ${expected} and ${found} is ${path ?? "none"}`, () => {
    const difference = eventDifference(
      finished(JSON.parse(expected)),
      finished(JSON.parse(found)),
    );
    assertEquals(difference?.path, path);
  });
}

Deno.test("eventDifference() returns both values", () => {
  assertEquals(eventDifference(finished({ a: [1] }), finished({ a: [{}] })), {
    path: "result.a[0]",
    expected: 1,
    found: {},
  });
});

Deno.test("eventDifference() has nothing where only an object's ancestor has something", () => {
  const difference = eventDifference(
    finished({ toString: null }),
    finished({}),
  );
  assertEquals([difference?.expected, difference?.found], [null, undefined]);
});

Deno.test("eventDifference() of two types compares nothing but them", () => {
  assertEquals(eventDifference(finished(1), STEP), {
    path: "type",
    expected: "tool_finished",
    found: "step_started",
  });
});

Deno.test("eventDifference() of an event and none is the whole event", () => {
  assertEquals(eventDifference(STEP, undefined), {
    path: "",
    expected: STEP,
    found: undefined,
  });
  assertEquals(eventDifference(undefined, STEP)?.path, "");
  assertEquals(eventDifference(undefined, undefined), undefined);
});

Deno.test("eventDifference() leaves keys of the event out, and not of what it carries", () => {
  const without = new Set(["ts", "error"]);
  const one = finished({ ts: "1" });
  assertEquals(eventDifference(one, { ...one, ts: "9" }, without), undefined);
  assertEquals(
    eventDifference(one, finished({ ts: "2" }), without)?.path,
    "result.ts",
  );
});

Deno.test("eventDifference() goes as deep as JSON does", () => {
  const nested = (core: string) =>
    finished(JSON.parse("[".repeat(100_000) + core + "]".repeat(100_000)));
  assertEquals(eventDifference(nested("1"), nested("1")), undefined);
  assertEquals(
    eventDifference(nested("1"), nested("2"))?.path,
    `result${"[0]".repeat(100_000)}`,
  );
});
