import { assertEquals } from "@std/assert";
import type { RunEvent } from "../runtime/record/event.ts";
import { ASKED, inTurn, rehearse } from "../tests/rehearsal.ts";
import { REHEARSALS } from "../tests/rehearsals.ts";
import {
  type Expectation,
  expectedApprover,
  type ExpectedDecision,
  unmet,
} from "./expectation.ts";

const ONE_CALL: Expectation = {
  terminal_reason: "final_answer",
  answer: "done",
  failure_modes: [],
  decisions: [],
  attempts: ["success"],
  spans: {
    agent_step: 2,
    llm_call: 2,
    policy_check: 1,
    tool_call: 1,
    retry_attempt: 1,
  },
  requests: [],
  files: [],
};

async function seen(events: Promise<readonly RunEvent[]>) {
  return { events: await events, requests: [], files: [] };
}

Deno.test("unmet() is empty for a run that is as expected", async () => {
  assertEquals(
    unmet(ONE_CALL, await seen(rehearse(REHEARSALS.one_call()))),
    [],
  );
});

Deno.test("unmet() does not look at what is left out", async () => {
  const observation = {
    ...await seen(rehearse(REHEARSALS.one_call())),
    requests: ["https://a.test/"],
  };
  assertEquals(unmet({ terminal_reason: "final_answer" }, observation), []);
});

for (
  const { change, line } of [
    {
      change: { terminal_reason: "loop_budget" },
      line: 'terminal_reason: expected "loop_budget", saw "final_answer"',
    },
    {
      change: { answer: "Done" },
      line: 'answer: expected "Done", saw "done"',
    },
    {
      change: { failure_modes: ["retry_exhaustion"] },
      line: 'failure_modes: expected ["retry_exhaustion"], saw []',
    },
    {
      change: { attempts: [] },
      line: 'attempts: expected [], saw ["success"]',
    },
    {
      change: { decisions: [{ decision: "deny", rule_id: "arg_schema" }] },
      line:
        'decisions: expected [{"decision":"deny","rule_id":"arg_schema"}], saw []',
    },
    {
      change: { requests: ["https://a.test/"] },
      line: 'requests: expected ["https://a.test/"], saw []',
    },
    {
      change: { files: ["note.md"] },
      line: 'files: expected ["note.md"], saw []',
    },
    {
      change: { spans: { ...ONE_CALL.spans, tool_call: 0 } },
      line:
        'spans: expected {"agent_step":2,"llm_call":2,"policy_check":1,"retry_attempt":1,"tool_call":0}, ' +
        'saw {"agent_step":2,"llm_call":2,"policy_check":1,"retry_attempt":1,"tool_call":1}',
    },
  ] satisfies readonly { change: Partial<Expectation>; line: string }[]
) {
  Deno.test(`unmet() says ${line.slice(0, line.indexOf(":"))}: expected and seen`, async () => {
    const observation = await seen(rehearse(REHEARSALS.one_call()));
    assertEquals(unmet({ ...ONE_CALL, ...change }, observation), [line]);
  });
}

const DENIED: Expectation = {
  terminal_reason: "failure_mode_terminal",
  decisions: [{
    decision: "deny",
    rule_id: "arg_schema",
    tool: "work",
    metadata: { failed_path: "" },
  }],
};

function denied(): Promise<readonly RunEvent[]> {
  return rehearse({
    script: [{ calls: [{ tool: "work", args: { nobody: 1 } }] }],
  });
}

Deno.test("unmet() compares a decision with the facts that it asks for, and no others", async () => {
  assertEquals(unmet(DENIED, await seen(denied())), []);
});

for (
  const { what, asked } of [
    { what: "its tool", asked: { decision: "deny", rule_id: "arg_schema" } },
    {
      what: "its tool, but for facts",
      asked: {
        decision: "deny",
        rule_id: "arg_schema",
        metadata: { failed_path: "" },
      },
    },
  ] satisfies readonly { what: string; asked: ExpectedDecision }[]
) {
  Deno.test(`unmet() takes a decision that is not asked for ${what}`, async () => {
    assertEquals(
      unmet({ ...DENIED, decisions: [asked] }, await seen(denied())),
      [],
    );
  });
}

Deno.test("unmet() shows the tool of a decision that is not expected at all", async () => {
  const [line] = unmet({ ...DENIED, decisions: [] }, await seen(denied()));
  assertEquals(
    line,
    'decisions: expected [], saw [{"decision":"deny","rule_id":"arg_schema","tool":"work"}]',
  );
});

Deno.test("unmet() shows the facts of a decision that is not as expected", async () => {
  const [decision] = DENIED.decisions ?? [];
  const expected = {
    ...DENIED,
    decisions: [{ ...decision, metadata: { failed_path: "url" } }],
  } satisfies Record<string, unknown>;
  assertEquals(
    unmet(Object.assign({}, DENIED, expected), await seen(denied())),
    [
      'decisions: expected [{"decision":"deny","metadata":{"failed_path":"url"},"rule_id":"arg_schema","tool":"work"}], ' +
      'saw [{"decision":"deny","metadata":{"failed_path":""},"rule_id":"arg_schema","tool":"work"}]',
    ],
  );
});

for (
  const { what, approvals, lines } of [
    {
      what: "that was answered as it should be",
      approvals: [{ tool: "work", verdict: "approved", by: "ada" }],
      lines: [],
    },
    {
      what: "of whatever tool",
      approvals: [{ verdict: "approved", by: "ada" }],
      lines: [],
    },
    {
      what: "that was not to be asked",
      approvals: [],
      lines: [
        'approvals: expected [], saw [{"by":"ada","tool":"work","verdict":"approved"}]',
      ],
    },
    {
      what: "in another name",
      approvals: [{ verdict: "approved" }],
      lines: [
        'approvals: expected [{"by":"tester","verdict":"approved"}], saw [{"by":"ada","verdict":"approved"}]',
      ],
    },
    {
      what: "of another tool",
      approvals: [{ tool: "echo", verdict: "approved", by: "ada" }],
      lines: [
        'approvals: expected [{"by":"ada","tool":"echo","verdict":"approved"}], saw [{"by":"ada","tool":"work","verdict":"approved"}]',
      ],
    },
  ] satisfies readonly {
    readonly what: string;
    readonly approvals: Expectation["approvals"];
    readonly lines: readonly string[];
  }[]
) {
  Deno.test(`unmet() knows a question ${what}`, async () => {
    const expected = { terminal_reason: "final_answer", approvals } as const;
    const events = rehearse({
      policy: { escalate: ASKED },
      script: [{ calls: [{ tool: "work", args: { text: "a" } }] }, {
        answer: "done",
      }],
      approver: inTurn({ approver: "ada", verdict: "approved" }),
    });
    assertEquals(unmet(expected, await seen(events)), lines);
  });
}

Deno.test("expectedApprover() answers in order, and for nobody where another question comes", async () => {
  const answer = expectedApprover([
    { tool: "write", verdict: "approved" },
    { verdict: "rejected", by: "ada" },
    { tool: "write", verdict: "approved" },
  ]);
  const request = {
    run_id: "run",
    call_id: "a",
    args: null,
    reason: "",
    asked: [],
    places: [],
    policy_version: "0",
    bound_to: "0",
  };
  const { signal } = new AbortController();
  const answers = [];
  for (const tool of ["write", "send", "send", "write"]) {
    answers.push(await answer({ ...request, tool }, signal));
  }
  assertEquals(answers, [
    { approver: "tester", verdict: "approved" },
    { approver: "ada", verdict: "rejected" },
    { approver: "none", verdict: "rejected" },
    { approver: "none", verdict: "rejected" },
  ]);
});
