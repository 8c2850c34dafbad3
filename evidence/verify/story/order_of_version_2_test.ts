import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../../runtime/record/event.ts";
import { overlapped } from "../../../tests/overlapped.ts";
import { rehearse } from "../../../tests/rehearsal.ts";
import { REHEARSALS } from "../../../tests/rehearsals.ts";
import { orderOfVersion2 } from "./order_of_version_2.ts";

/** The faults of events, each with the place of its event. */
function faultsOf(events: readonly RunEvent[]): readonly string[] {
  const order = orderOfVersion2();
  return events.flatMap((event, place) =>
    order.push(event).map(({ code, message }) => `${place} ${code}: ${message}`)
  );
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  Deno.test(`orderOfVersion2() finds nothing in ${name}`, async () => {
    assertEquals(faultsOf(await rehearse(make())), []);
  });
}

Deno.test("orderOfVersion2() finds nothing in calls that run at the same time", async () => {
  assertEquals(faultsOf(await overlapped()), []);
});

/** What can follow in each state of a run and of a call, by the events of a run that are told, and the first fault in them. */
const ORDERS: readonly {
  readonly name: string;
  /** Default: `one_call`. */
  readonly run?: keyof typeof REHEARSALS;
  readonly places: readonly number[];
  readonly fault: string;
}[] = [
  // The run.
  {
    name: "a step before the run",
    places: [1],
    fault:
      "0 event_order: step_started cannot follow here; expected run_started",
  },
  {
    name: "an answer before the first step",
    places: [0, 2],
    fault:
      "1 event_order: llm_completed cannot follow here; expected step_started",
  },
  {
    name: "a call before the answer",
    places: [0, 1, 3],
    fault:
      "2 event_order: call_proposed cannot follow here; expected llm_completed or attempt_finished or tools_changed or policy_checked of a budget or step_finished",
  },
  {
    name: "the end of a step while the model is asked",
    run: "model_that_was_out",
    places: [0, 1, 2, 9],
    fault:
      "3 event_order: step_finished cannot follow here; expected attempt_finished or llm_completed",
  },
  {
    name: "a step after calls of the model",
    places: [0, 1, 2, 9],
    fault:
      "3 event_order: step_started cannot follow here; expected call_proposed or policy_checked of a budget or step_finished",
  },
  {
    name: "a call after the answer",
    places: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3],
    fault:
      "11 event_order: call_proposed cannot follow here; expected step_finished",
  },
  {
    name: "a second answer after a failure of the model",
    run: "model_refuses",
    places: [0, 1, 2, 2],
    fault:
      "3 event_order: llm_completed cannot follow here; expected policy_checked of a budget or step_finished",
  },
  {
    name: "an answer after a budget that is used up",
    run: "iteration_budget",
    places: [...Array(19).keys(), 2],
    fault:
      "19 event_order: llm_completed cannot follow here; expected step_finished",
  },
  {
    name: "a call after one that ended the run",
    run: "unforeseen_throw",
    places: [0, 1, 2, 3, 4, 5, 6, 7, 3],
    fault:
      "8 event_order: call_proposed cannot follow here; expected step_finished",
  },
  {
    name: "an answer between two steps",
    places: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10],
    fault:
      "9 event_order: llm_completed cannot follow here; expected step_started or run_finished",
  },
  {
    name: "a step after the end",
    places: [...Array(13).keys(), 1],
    fault:
      "13 event_order: step_started cannot follow here; expected nothing more",
  },

  // A call.
  {
    name: "an intent without a verdict",
    places: [0, 1, 2, 3, 5],
    fault:
      "4 event_order: tool_started cannot follow here; expected policy_checked of a call",
  },
  {
    name: "an answer about a call without a verdict",
    run: "approved",
    places: [0, 1, 2, 3, 5],
    fault:
      "4 event_order: approval_resolved cannot follow here; expected policy_checked of a call",
  },
  {
    name: "a second verdict after a denial",
    run: "denied_call",
    places: [0, 1, 2, 3, 4, 4],
    fault:
      "5 event_order: policy_checked of a call cannot follow here; expected policy_checked of a budget",
  },
  {
    name: "an attempt without an intent",
    places: [0, 1, 2, 3, 4, 6],
    fault:
      "5 event_order: attempt_finished cannot follow here; expected tool_started",
  },
  {
    name: "a step that ends before an allowed call begins",
    places: [0, 1, 2, 3, 4, 8],
    fault:
      "5 event_order: step_finished cannot follow here; expected tool_started",
  },
  {
    name: "a verdict without the answer to its question",
    run: "approved",
    places: [0, 1, 2, 3, 4, 6],
    fault:
      "5 event_order: policy_checked of a call cannot follow here; expected approval_resolved",
  },
  {
    name: "a step that ends before a question is answered",
    run: "rejected",
    places: [0, 1, 2, 3, 4, 7],
    fault:
      "5 event_order: step_finished cannot follow here; expected approval_resolved",
  },
  {
    name: "an intent after an answer without a verdict",
    run: "approved",
    places: [0, 1, 2, 3, 4, 5, 7],
    fault:
      "6 event_order: tool_started cannot follow here; expected policy_checked of a call",
  },
  {
    name: "a step that ends while a call runs",
    places: [0, 1, 2, 3, 4, 5, 6, 8],
    fault:
      "7 no_receipt: a tool was started, and its receipt is not there: step_finished cannot follow here; expected attempt_finished or tool_finished",
  },
  {
    name: "an intent of a call that runs",
    places: [0, 1, 2, 3, 4, 5, 5],
    fault:
      "6 no_receipt: a tool was started, and its receipt is not there: tool_started cannot follow here; expected attempt_finished or tool_finished",
  },
  {
    name: "an intent after a redirect without a verdict",
    run: "redirected_twice",
    places: [0, 1, 2, 3, 4, 5, 6, 7, 9],
    fault:
      "8 event_order: tool_started cannot follow here; expected policy_checked of a call",
  },
  {
    name: "a second receipt",
    places: [0, 1, 2, 3, 4, 5, 6, 7, 7],
    fault:
      "8 event_order: tool_finished cannot follow here; expected nothing more",
  },
];

for (const { name, run = "one_call", places, fault } of ORDERS) {
  Deno.test(`orderOfVersion2() finds ${name}`, async () => {
    const events = await rehearse(REHEARSALS[run]());
    assertEquals(faultsOf(places.flatMap((at) => events[at] ?? [])), [fault]);
  });
}

const UNKNOWN = (call: number) =>
  `event_order: it names call ${call}, and no call_proposed of this step has that number`;

for (
  const { name, place, call, fault } of [
    { name: "a call that was not proposed", place: 4, call: 99 },
    { name: "an event of the run for a call", place: 4, call: 2 },
    {
      name: "no call where there is one",
      place: 4,
      call: undefined,
      fault:
        "event_order: policy_checked of a call cannot follow here; expected call_proposed or policy_checked of a budget or step_finished",
    },
    {
      name: "a call at the end of its step",
      place: 8,
      call: 3,
      fault:
        "event_order: step_finished cannot follow here; expected nothing more",
    },
    { name: "a call of the step before", place: 10, call: 3 },
  ]
) {
  Deno.test(`orderOfVersion2() finds an event that names ${name}`, async () => {
    const events = await rehearse(REHEARSALS.one_call());
    const changed = events.map((event, at): RunEvent =>
      at === place ? { ...event, call } : event
    );
    assertEquals(
      faultsOf(changed)[0],
      `${place} ${fault ?? UNKNOWN(call ?? 0)}`,
    );
  });
}

Deno.test("orderOfVersion2() finds a step that ends while one of two calls runs", async () => {
  const events = await overlapped();
  const receipt = events.findLastIndex(({ type }) => type === "tool_finished");
  assertEquals(faultsOf(events.toSpliced(receipt, 1)), [
    `${receipt} no_receipt: a tool was started, and its receipt is not there: step_finished cannot follow here; expected attempt_finished or tool_finished`,
  ]);
});

Deno.test("orderOfVersion2() allows no new call after one that ended the run, and lets others end", async () => {
  const events = await overlapped();
  const error = {
    kind: "unhandled",
    type: "Error",
    exception_class: "Error",
    message: "Out of memory",
  } as const;
  const failed = events.map((event): RunEvent =>
    event.type === "tool_finished" && event.tool === "work"
      ? { ...event, result: null, error }
      : event
  );
  assertEquals(faultsOf(failed), []);
  const receipt = failed.findIndex((event) =>
    event.type === "tool_finished" && event.tool === "work"
  );
  const more = failed.find(({ type }) => type === "call_proposed");
  if (more === undefined) throw new Error("There is no call");
  assertEquals(faultsOf(failed.toSpliced(receipt + 1, 0, more)), [
    `${
      receipt + 1
    } event_order: call_proposed cannot follow here; expected step_finished`,
  ]);
});

Deno.test("orderOfVersion2() knows the order again with the next step", async () => {
  const events = await rehearse(REHEARSALS.many_steps());
  const first = events.toSpliced(4, 1);
  const again = first.findIndex(({ step, type }) =>
    step === 3 && type === "call_proposed"
  );
  assertEquals(
    faultsOf(first.toSpliced(again, 1)).map((fault) => fault.split(" ")[0]),
    ["4", `${again}`],
  );
});
