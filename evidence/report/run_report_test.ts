import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { RunEvent } from "../../runtime/record/event.ts";
import { inTurn, type Rehearsal, rehearse } from "../../tests/rehearsal.ts";
import { REHEARSALS } from "../../tests/rehearsals.ts";
import { ToolError } from "../../tools/tool_error.ts";
import { recordedRedaction } from "./recorded_redaction.ts";
import { runReport } from "./run_report.ts";

function reportOn(events: readonly RunEvent[]): string {
  const report = runReport(recordedRedaction);
  return events.map((event) => report.push(event)).join("") + report.end();
}

/** The lines below one heading, without blank ones and the head of a table. */
function section(title: string, report: string): readonly string[] {
  const [, body = ""] = report.split(`\n## ${title}\n`);
  return (body.split("\n## ")[0] ?? "").split("\n")
    .filter((line) => line !== "")
    .filter((line) => !/^\| (step|what|---) \|/.test(line))
    // When a call began is looked at on its own.
    .map((line) => line.replace(/^(\| \d+ \|) \d+\.\d{3} s \|/, "$1"));
}

Deno.test("runReport() writes exactly this report of a run of one call", async () => {
  assertEquals(
    reportOn(await rehearse(REHEARSALS.one_call())),
    `# Run rehearsal

Ended with \`final_answer\` after 2 steps: the model gave its answer. The policy denied nothing.

It took 0.016 s of a virtual clock, which began at 1970-01-01T00:00:00.001Z and moves 1 ms with each reading: its times tell the order, and neither the day nor how long anything took.

## Question

\`\`\`text
What now?
\`\`\`

## Answer

\`\`\`text
done
\`\`\`

## What happened

| step | at | call | decision | attempts | outcome |
| --- | --- | --- | --- | --- | --- |
| 1 | 0.006 s | \`echo\` | allow | \`success\` | ran |
| 2 | 0.014 s |  |  |  | final answer |

## Under which conditions

| what | which |
| --- | --- |
| Task | \`rehearsal\`, SHA-256 \`17a9baa9d104d832ccd87d633593f350d0845abe41e9b914d44ffee2472ecd66\` |
| Policy | version \`55ca10961ce5\` |
| Model | \`scripted/rehearsal\`, \`stub\` |
| Corpus | 0 documents, SHA-256 \`cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\` |
| Tools | \`echo\`, \`work\` |
| Seed | 7 |
| Record | version 2 |

## In numbers

| what | how many |
| --- | --- |
| Steps | 2 |
| Model calls | 2 |
| Tokens | 36: 30 given, 6 written |
| Cost | not counted: the policy has no prices |
| Policy checks | 1 |
| Denials | 0 |
| Tool calls | 1 |
| Attempts | 1 |
`,
  );
});

interface Story {
  readonly name: keyof typeof REHEARSALS;
  readonly headline: string;
  readonly happened: readonly string[];
  readonly wrong: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    name: "denied_call",
    headline:
      "Ended with `policy_denial_terminal` after 1 step: the policy denied what the model proposed. The policy denied once.",
    happened: ["| 1 | `rm` | deny `tool_registry` |  | did not run |"],
    wrong: [
      '- Step 1: `rm` denied by `tool_registry`: `the policy does not allow this tool: "rm"`',
    ],
  },
  {
    name: "denied_call_and_told",
    headline:
      "Ended with `final_answer` after 2 steps: the model gave its answer. The policy denied once.",
    happened: [
      "| 1 | `rm` | deny `tool_registry` |  | did not run |",
      "| 1 | `echo` | allow | `success` | ran |",
      "| 2 |  |  |  | final answer |",
    ],
    wrong: [
      '- Step 1: `rm` denied by `tool_registry`: `the policy does not allow this tool: "rm"`',
    ],
  },
  {
    name: "iteration_budget",
    headline:
      "Ended with `loop_budget` after 3 steps: a limit of the policy was used up. The policy denied once.",
    happened: [
      "| 1 | `echo` | allow | `success` | ran |",
      "| 2 | `work` | allow | `success` | ran |",
      "| 3 |  | deny `loop_budget` |  | did not run |",
    ],
    wrong: [
      "- Step 3: denied by `loop_budget`: `the run has used its 2 iterations`",
    ],
  },
  {
    name: "retries_exhausted",
    headline:
      "Ended with `failure_mode_terminal` after 1 step: a failure that the run could not survive. The policy denied nothing.",
    happened: [
      "| 1 | `work` | allow | `transient_failure`, `transient_failure`, `exhausted` | failed |",
    ],
    wrong: [
      "- Step 1: attempt 1 failed, `503`: `The server answered 503`",
      "- Step 1: attempt 2 failed, `503`: `The server answered 503`",
      "- Step 1: the tool failed, `503`: `The server answered 503`",
      "- Step 1: F2 `retry_exhaustion`: Every allowed attempt of one call failed",
    ],
  },
  {
    name: "transient_twice",
    headline:
      "Ended with `final_answer` after 2 steps: the model gave its answer. The policy denied nothing.",
    happened: [
      "| 1 | `work` | allow | `transient_failure`, `transient_failure`, `success` | ran |",
      "| 2 |  |  |  | final answer |",
    ],
    wrong: [
      "- Step 1: attempt 1 failed, `503`: `The server answered 503`",
      "- Step 1: attempt 2 failed, `503`: `The server answered 503`",
      "- Step 1: F1 `tool_call_failure`: A call failed and the run went on: a later attempt succeeded, or the model was told",
    ],
  },
  {
    name: "model_throws",
    headline:
      "Ended with `failure_mode_terminal` after 1 step: a failure that the run could not survive. The policy denied nothing.",
    happened: ["| 1 |  |  |  | model failed |"],
    wrong: [
      "- Step 1: the model failed, `TypeError`: `The socket is closed`",
      "- Step 1: F5 `catalogued_unhandled`: A tool or the model failed in a way that nobody declared, or the model gave neither an answer nor calls",
    ],
  },
  {
    name: "cancelled_before_a_step",
    headline:
      "Ended with `cancelled` after 1 step: the run was cancelled from outside. The policy denied nothing.",
    happened: [],
    wrong: [],
  },
  {
    name: "approved",
    headline:
      "Ended with `final_answer` after 2 steps: the model gave its answer. The policy denied nothing.",
    happened: [
      "| 1 | `work` | escalate `approval`, approved by `ada`, allow | `success` | ran |",
      "| 2 |  |  |  | final answer |",
    ],
    wrong: [],
  },
  {
    name: "rejected",
    headline:
      "Ended with `policy_denial_terminal` after 1 step: the policy denied what the model proposed. The policy denied once.",
    happened: [
      "| 1 | `work` | escalate `approval`, rejected by `ada`, deny `approval` |  | did not run |",
    ],
    wrong: [
      "- Step 1: `work` denied by `approval`: `rejected by ada: work needs a person`",
    ],
  },
  {
    name: "no_approver",
    headline:
      "Ended with `policy_denial_terminal` after 1 step: the policy denied what the model proposed. The policy denied once.",
    happened: [
      "| 1 | `work` | escalate `approval`, nobody approved it, deny `approval` |  | did not run |",
    ],
    wrong: [
      "- Step 1: `work` denied by `approval`: `nobody approved it: work needs a person`",
    ],
  },
  {
    name: "cancelled_while_a_person_thinks",
    headline:
      "Ended with `cancelled` after 1 step: the run was cancelled from outside. The policy denied nothing.",
    happened: [
      "| 1 | `work` | escalate `approval`, nobody approved it |  | did not run |",
    ],
    wrong: [],
  },
  {
    name: "denied_after_approval",
    headline:
      "Ended with `policy_denial_terminal` after 1 step: the policy denied what the model proposed. The policy denied once.",
    happened: [
      "| 1 | `work` | escalate `approval`, approved by `ada`, deny `sandbox_path` |  | did not run |",
    ],
    wrong: ["- Step 1: `work` denied by `sandbox_path`: `it has moved`"],
  },
];

for (const { name, headline, happened, wrong } of STORIES) {
  Deno.test(`runReport() tells the story of ${name}`, async () => {
    const report = reportOn(await rehearse(REHEARSALS[name]()));
    assertEquals(report.split("\n")[2], headline);
    assertEquals(section("What happened", report), happened);
    assertEquals(section("What went wrong", report), wrong);
  });
}

for (
  const { name, cost } of [
    { name: "cost_within_its_budget", cost: "| Cost | `0.0000875 EUR` |" },
    {
      name: "answer_without_a_price",
      cost: "| Cost | unknown: an answer has no price in the policy |",
    },
    {
      name: "token_budget",
      cost: "| Cost | not counted: the policy has no prices |",
    },
  ] as const
) {
  Deno.test(`runReport() says what ${name} cost, if that is limited`, async () => {
    const report = reportOn(await rehearse(REHEARSALS[name]()));
    const rows = report.split("\n").filter((row) => row.startsWith("| Cost"));
    assertEquals(rows, [cost]);
  });
}

Deno.test("runReport() gives a call after an approved one a row of its own", async () => {
  const report = reportOn(
    await rehearse({
      ...REHEARSALS.approved(),
      script: [
        { calls: [{ tool: "work" }, { tool: "echo" }] },
        { calls: [{ tool: "work", args: { text: "again" } }] },
        { answer: "done" },
      ],
    }),
  );
  const approved =
    "escalate `approval`, approved by `ada`, allow | `success` | ran |";
  assertEquals(section("What happened", report), [
    `| 1 | \`work\` | ${approved}`,
    "| 1 | `echo` | allow | `success` | ran |",
    `| 2 | \`work\` | ${approved}`,
    "| 3 |  |  |  | final answer |",
  ]);
});

Deno.test("runReport() stays small for a run of 1,000 steps in which everything fails", async () => {
  const report = reportOn(
    await rehearse({
      policy: { loop_budget: { max_iterations: 1000 } },
      script: Array.from({ length: 1000 }, (_, index) => ({
        calls: [{ tool: "work", args: { text: `turn ${index}` } }],
      })),
      work: inTurn(new ToolError("No luck", { type: "luck" })),
    }),
  );
  const happened = section("What happened", report);
  const wrong = section("What went wrong", report);
  assertEquals([happened.length, wrong.length], [201, 201]);
  assertEquals(
    happened.at(-1),
    "The trace has what is left out here: 801 more rows.",
  );
  assertEquals(
    wrong.at(-1),
    "The trace has what is left out here: 1801 more problems.",
  );
  assertEquals(report.length < 60_000, true);
});

const LINES = "`\n\n# Injected\n\n| a | b |\n";
const BIDI = "\u202egpj.exe";

const HOSTILE: readonly { readonly name: string; readonly given: Rehearsal }[] =
  [
    {
      name: "tool",
      given: { script: [{ calls: [{ tool: `${LINES}${BIDI}` }] }] },
    },
    { name: "answer", given: { script: [{ answer: `\`\`\`\n${LINES}` }] } },
    {
      name: "URL",
      given: {
        script: [{
          calls: [{ tool: "work", args: { url: `https://x/${LINES}` } }],
        }],
      },
    },
    {
      name: "argument's name",
      given: { script: [{ calls: [{ tool: "echo", args: { [LINES]: 1 } }] }] },
    },
    {
      name: "message of an error",
      given: {
        script: [{ calls: [{ tool: "work" }] }],
        work: inTurn(new Error(`${LINES}\x1b[2J`)),
      },
    },
    {
      name: "name of an error",
      given: {
        script: [{ calls: [{ tool: "work" }] }],
        work: inTurn(Object.assign(new Error("x"), { name: LINES })),
      },
    },
    {
      name: "type of an error",
      given: {
        script: [{ calls: [{ tool: "work" }] }, { answer: "done" }],
        work: inTurn(new ToolError("x", { type: LINES })),
      },
    },
    {
      name: "approver",
      given: {
        ...REHEARSALS.approved(),
        approver: inTurn({ approver: LINES, verdict: "approved" }),
      },
    },
    {
      name: "approver who rejects",
      given: {
        ...REHEARSALS.rejected(),
        approver: inTurn({ approver: LINES, verdict: "rejected" }),
      },
    },
    {
      name: "name of a model",
      given: {
        model: {
          execution_path: "local",
          provider: LINES,
          model: LINES,
          script_sha256: null,
        },
      },
    },
  ];

/** What a report consists of, for any text in the run. */
const KNOWN_LINE =
  /^(|# Run rehearsal|(Ended with|It took|It began) .*|## (Question|Answer|What happened|Denied, or left to a person|What went wrong|Under which conditions|In numbers)|### Step \d: .*|`{3,}(text)?|What now\?|- (Step \d|Denied: |Left to a person: |When: ).*|\{.*\}|\| .* \|)$/;

for (const { name, given } of HOSTILE) {
  Deno.test(`runReport() keeps a hostile ${name} in its place`, async () => {
    const report = reportOn(await rehearse(given));
    const answer = section("Answer", report);
    const lines = report.split("\n").filter((line) => !answer.includes(line));
    assertEquals(lines.filter((line) => !KNOWN_LINE.test(line)), []);
    const fence = answer.at(-1) ?? "";
    assertEquals(
      answer.slice(1, -1).some((line) => line.startsWith(fence)),
      false,
    );
    const columns = [6, 2];
    for (const line of lines.filter((each) => each.startsWith("|"))) {
      const cells = line.split(/(?<!\\)\|/).length - 2;
      assertEquals(columns.includes(cells), true, line);
    }
    assertEquals(
      ["\u202e", "\x1b"].some((each) => report.includes(each)),
      false,
    );
  });
}

for (const missing of ["run_started", "run_finished"]) {
  Deno.test(`runReport() cannot report on a run without ${missing}`, async () => {
    const events = await rehearse(REHEARSALS.one_call());
    assertThrows(
      () => reportOn(events.filter(({ type }) => type !== missing)),
      RangeError,
      "Cannot report on a run that is not finished",
    );
  });
}

Deno.test("runReport() shows the URL or the path that a call is to touch, cut when it is long", async () => {
  const url = `https://fixtures.local/${"a".repeat(200)}`;
  const text = reportOn(
    await rehearse({
      script: [
        { calls: [{ tool: "work", args: { url } }] },
        { answer: "done" },
      ],
    }),
  );
  assertStringIncludes(
    text,
    `\`work\` \`https://fixtures.local/${"a".repeat(77)}…\` | allow |`,
  );
});

/** The part of a report on calls that were denied, or left to a person. */
function review(report: string): string {
  const [, body = ""] = report.split("\n## Denied, or left to a person\n\n");
  return body.split("\n\n## ")[0] ?? "";
}

const CLAUSES = {
  deny: [{ id: "no-go", tools: ["work"], reason: "work may not go" }],
} as const;

Deno.test("runReport() shows a denied call with its clause, the line of it and its arguments", async () => {
  const report = reportOn(
    await rehearse({
      policy: { ...CLAUSES, on_deny: "continue" },
      script: [
        { calls: [{ tool: "work", args: { text: "go" } }] },
        { answer: "done" },
      ],
    }),
  );
  assertEquals(
    review(report),
    `### Step 1: \`work\`, denied

- Denied: \`work may not go\` by \`argument_rule\`, clause \`no-go\`, line 1 of the policy: ${
      "`" + POLICY_LINE + "…`"
    }
- When: denied at 0.006 s

\`\`\`text
{"text":"go"}
\`\`\``,
  );
});

/** A rehearsal's policy is one line of JSON. */
const POLICY_LINE =
  '{"version":1,"on_deny":"continue","tool_registry":{"allowed":["echo","work"],"denied":[]},"url_allow';

Deno.test("runReport() shows what was approved, who approved it, and when", async () => {
  assertEquals(
    review(reportOn(await rehearse(REHEARSALS.approved()))),
    `### Step 1: \`work\`, approved by \`ada\`

- Left to a person: \`work needs a person\` by \`approval\`, clause \`escalate[0]\`
- When: asked at 0.006 s, answered at 0.007 s

\`\`\`text
{"text":"go"}
\`\`\``,
  );
});

for (
  const [name, title] of [
    ["rejected", "rejected by `ada`"],
    ["no_approver", "not approved by anybody"],
    ["denied_after_approval", "approved by `ada`, then denied"],
    ["cancelled_while_a_person_thinks", "not approved by anybody"],
  ] as const
) {
  Deno.test(`runReport() says of a call in ${name} what became of it`, async () => {
    const [line] = review(reportOn(await rehearse(REHEARSALS[name]())))
      .split("\n");
    assertEquals(line, `### Step 1: \`work\`, ${title}`);
  });
}

Deno.test("runReport() shows of a redirected call where it was redirected to", async () => {
  const shown = review(
    reportOn(await rehearse(REHEARSALS.redirected_elsewhere())),
  );
  assertStringIncludes(shown, '{"url":"https://evil.test/x"}');
});

Deno.test("runReport() shows 1,000 characters of arguments, and 50 calls", async () => {
  const text = "x".repeat(1500);
  const report = reportOn(
    await rehearse({
      policy: {
        on_deny: "continue",
        loop_budget: { max_iterations: 100, max_denials: 100 },
      },
      script: [
        ...Array.from({ length: 60 }, (_, index) => ({
          calls: [{ tool: "rm", args: { text: `${10 + index}${text}` } }],
        })),
        { answer: "done" },
      ],
    }),
  );
  const shown = review(report);
  assertEquals(shown.split("### Step").length, 51);
  assertStringIncludes(shown, "…\n513 more characters; the ledger has them\n");
  assertStringIncludes(
    shown,
    "The trace has what is left out here: 10 more calls.",
  );
});

for (
  const [redact, hidden] of [
    [{ patterns: ["token=\\w+"] }, '{"text":"[redacted]"}'],
    [{ paths: ["$.metadata.url"] }, "[redacted]"],
    [{ paths: ["$.task.question"] }, '{"text":"token=abc"}'],
  ] as const
) {
  Deno.test(`runReport() shows arguments redacted by ${JSON.stringify(redact)}`, async () => {
    const report = reportOn(
      await rehearse({
        policy: { ...CLAUSES, redact },
        script: [{ calls: [{ tool: "work", args: { text: "token=abc" } }] }],
      }),
    );
    assertStringIncludes(review(report), `\n${hidden}\n`);
    assertEquals(report.includes("token=abc"), hidden.includes("abc"));
  });
}

Deno.test("runReport() names a real clock's day, and whom the run waited for", async () => {
  const events = await rehearse(REHEARSALS.cost_of_another_model());
  const START = 1_796_000_000_123_456_000n;
  const real = events.map((event) => ({
    ...event,
    ts: String(START + BigInt(event.seq) * 1_000_000_500n),
  }));
  const [, , headline, , took] = reportOn(real).split("\n");
  assertStringIncludes(headline ?? "", "Ended with `final_answer`");
  assertEquals(
    took,
    "It began at 2026-11-30T00:53:20.123Z and took 14.000 s: the model 4.000 s, tools 2.000 s. It cost `0.00000893 EUR`.",
  );
});

Deno.test("runReport() takes a clock for real that reads parts of a millisecond, whatever answers", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const real = events.map((event) => ({ ...event, ts: `${event.ts}` + "001" }));
  assertStringIncludes(reportOn(real), "\nIt began at ");
});

Deno.test("runReport() has a word for a time that no calendar has", async () => {
  const events = await rehearse(REHEARSALS.one_call());
  const far = events.map((event) => ({ ...event, ts: `9${"0".repeat(40)}` }));
  assertStringIncludes(
    reportOn(far),
    `began at 9${"0".repeat(40)} ns after the Unix epoch`,
  );
});

Deno.test("runReport() on a record of version 1 is what it was", async () => {
  const [started, ...rest] = await rehearse(REHEARSALS.denied_call());
  if (started?.type !== "run_started") throw new Error("no beginning");
  const report = reportOn([
    { ...started, v: 1, runtime_version: "0.0.9" },
    ...rest,
  ]);
  assertEquals(
    ["It took", "Denied, or left", "| at |", "given", "prices"]
      .filter((each) => report.includes(each)),
    [],
  );
});
