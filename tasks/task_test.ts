import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../tools/data/input_error.ts";
import { loadTask, taskJsonSchema } from "./task.ts";
import canonicalText from "./canonical.yaml" with { type: "text" };
import committedSchema from "./task.schema.json" with { type: "text" };

const SMALL = `id: small
question: " What is there? "
script:
  - answer: Nothing.
`;

Deno.test("loadTask() fills in what is left out", () => {
  assertEquals(loadTask(SMALL, "small.yaml"), {
    text: SMALL,
    document: {
      id: "small",
      question: "What is there?",
      seed: 0,
      started_at: "2026-01-01T00:00:00Z",
      script: [{ answer: "Nothing." }],
    },
  });
});

Deno.test("loadTask() reads everything that a task may say", () => {
  const { document } = loadTask(
    `
id: Op.2_full-x
question: What?
seed: 4294967295
started_at: 2026-11-22T09:00:00Z
policy: ../policy.yaml
corpus: documents
script:
  - calls:
      - { tool: a, args: { list: [1, 2.5, true, null, "x", { deep: {} }] } }
      - { tool: b, args_json: '{"twice":1,"twice":2}' }
      - { tool: c }
    usage:
      { input_tokens: 1, output_tokens: 2, reasoning_tokens: 3, total_tokens: 6 }
  - raw: I would rather not
    usage: null
  - { calls: [{ tool: a }], answer: both }
`,
    "full.yaml",
  );
  assertEquals(document, {
    id: "Op.2_full-x",
    question: "What?",
    seed: 4294967295,
    started_at: "2026-11-22T09:00:00Z",
    policy: "../policy.yaml",
    corpus: "documents",
    script: [
      {
        calls: [
          {
            tool: "a",
            args: { list: [1, 2.5, true, null, "x", { deep: {} }] },
          },
          { tool: "b", args_json: '{"twice":1,"twice":2}' },
          { tool: "c" },
        ],
        usage: {
          input_tokens: 1,
          output_tokens: 2,
          reasoning_tokens: 3,
          total_tokens: 6,
        },
      },
      { raw: "I would rather not", usage: null },
      { calls: [{ tool: "a" }], answer: "both" },
    ],
  });
});

Deno.test("loadTask() reads the canonical task", () => {
  const { document } = loadTask(canonicalText, "canonical.yaml");
  assertEquals(document.id, "canonical");
  assertEquals(
    document.script.map(({ calls = [] }) => calls.map(({ tool }) => tool)),
    [["search"], ["fetch"], ["read"], ["summarize"], []],
  );
});

const UNSOUND: readonly {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
}[] = [
  {
    name: "an unknown key",
    from: "script:",
    to: "colour: red\nscript:",
    message: 'task.yaml:3: unknown key "colour"',
  },
  {
    name: "an unknown key of a step",
    from: "- answer: Nothing.",
    to: "- answer: Nothing.\n    tone: rude",
    message: 'task.yaml:5: script[0]: unknown key "tone"',
  },
  {
    name: "an unknown key of a call",
    from: "- answer: Nothing.",
    to: "- calls:\n      - tool: a\n        when: later",
    message: 'task.yaml:6: script[0].calls[0]: unknown key "when"',
  },
  {
    name: "a missing question",
    from: 'question: " What is there? "\n',
    to: "",
    message: "task.yaml: question: missing; expected string",
  },
  {
    name: "a question of spaces",
    from: '" What is there? "',
    to: '"  "',
    message: "task.yaml:2: question: expected at least 1 character, found none",
  },
  {
    name: "a seed that is a text",
    from: "script:",
    to: "seed: seven\nscript:",
    message: 'task.yaml:3: seed: expected number, found string "seven"',
  },
  {
    name: "a seed that is too large",
    from: "script:",
    to: "seed: 4294967296\nscript:",
    message: "task.yaml:3: seed: expected at most 4294967295, found 4294967296",
  },
  {
    name: "a seed below zero",
    from: "script:",
    to: "seed: -1\nscript:",
    message: "task.yaml:3: seed: expected at least 0, found -1",
  },
  {
    name: "an id that would leave its folder",
    from: "id: small",
    to: "id: ../small",
    message:
      "task.yaml:1: id: expected letters, digits, '.', '_' and '-', at most 64",
  },
  {
    name: "an id that is too long",
    from: "id: small",
    to: `id: ${"x".repeat(65)}`,
    message:
      "task.yaml:1: id: expected letters, digits, '.', '_' and '-', at most 64",
  },
  {
    name: "an id followed by a line break",
    from: "id: small",
    to: 'id: "small\\n"',
    message:
      "task.yaml:1: id: expected letters, digits, '.', '_' and '-', at most 64",
  },
  {
    name: "a start in words",
    from: "script:",
    to: "started_at: yesterday\nscript:",
    message:
      "task.yaml:3: started_at: expected a time like 2026-01-31T09:00:00Z",
  },
  {
    name: "a start in another time zone",
    from: "script:",
    to: "started_at: 2026-01-31T09:00:00+01:00\nscript:",
    message:
      "task.yaml:3: started_at: expected a time like 2026-01-31T09:00:00Z",
  },
  {
    name: "a start on a day that does not exist",
    from: "script:",
    to: "started_at: 2026-02-30T09:00:00Z\nscript:",
    message: "task.yaml:3: started_at: the time does not exist",
  },
  {
    name: "a start in an hour that does not exist",
    from: "script:",
    to: "started_at: 2026-01-31T25:00:00Z\nscript:",
    message: "task.yaml:3: started_at: the time does not exist",
  },
  {
    name: "a start that is the end of another day",
    from: "script:",
    to: "started_at: 2026-01-31T24:00:00Z\nscript:",
    message: "task.yaml:3: started_at: the time does not exist",
  },
  {
    name: "a start before the clocks of computers",
    from: "script:",
    to: "started_at: 1969-12-31T23:59:59Z\nscript:",
    message:
      "task.yaml:3: started_at: expected a time from 1970 to 2553, which 64 bits of nanoseconds can hold",
  },
  {
    name: "a start that a trace cannot hold",
    from: "script:",
    to: "started_at: 2554-01-01T00:00:00Z\nscript:",
    message:
      "task.yaml:3: started_at: expected a time from 1970 to 2553, which 64 bits of nanoseconds can hold",
  },
  {
    name: "a script without steps",
    from: "\n  - answer: Nothing.",
    to: " []",
    message: "task.yaml:3: script: expected at least 1 item, found none",
  },
  {
    name: "an answer before the end",
    from: "- answer: Nothing.",
    to: "- answer: Nothing.\n  - answer: Something.",
    message:
      "task.yaml:4: script[0].answer: an answer ends the run; the steps after it can never be used",
  },
  {
    name: "an empty answer",
    from: "Nothing.",
    to: '""',
    message:
      "task.yaml:4: script[0].answer: expected at least 1 character, found none",
  },
  {
    name: "no calls",
    from: "- answer: Nothing.",
    to: "- calls: []",
    message:
      "task.yaml:4: script[0].calls: expected at least 1 item, found none",
  },
  {
    name: "a tool without a name",
    from: "- answer: Nothing.",
    to: '- calls:\n      - tool: ""',
    message:
      "task.yaml:5: script[0].calls[0].tool: expected at least 1 character, found none",
  },
  {
    name: "arguments of both kinds",
    from: "- answer: Nothing.",
    to: '- calls:\n      - tool: a\n        args: {}\n        args_json: "{}"',
    message:
      "task.yaml:5: script[0].calls[0]: expected args or args_json, found both",
  },
  {
    name: "raw arguments that are not text",
    from: "- answer: Nothing.",
    to: "- calls:\n      - tool: a\n        args_json: {}",
    message:
      "task.yaml:6: script[0].calls[0].args_json: expected string, found a mapping",
  },
  {
    name: "negative usage",
    from: "- answer: Nothing.",
    to:
      "- answer: Nothing.\n    usage:\n      input_tokens: -1\n      output_tokens: 0",
    message:
      "task.yaml:6: script[0].usage.input_tokens: expected at least 0, found -1",
  },
  {
    name: "half of the usage",
    from: "- answer: Nothing.",
    to: "- answer: Nothing.\n    usage: { input_tokens: 1 }",
    message:
      "task.yaml:5: script[0].usage.output_tokens: missing; expected number",
  },
  {
    name: "an empty path of a policy",
    from: "script:",
    to: 'policy: ""\nscript:',
    message: "task.yaml:3: policy: expected at least 1 character, found none",
  },
];

for (const { name, from, to, message } of UNSOUND) {
  Deno.test(`loadTask() refuses ${name}`, () => {
    assertEquals(SMALL.includes(from), true);
    const error = assertThrows(
      () => loadTask(SMALL.replace(from, to), "task.yaml"),
      InputError,
    );
    assertEquals(error.message, message);
  });
}

Deno.test("loadTask() lists everything that is wrong", () => {
  const error = assertThrows(
    () => loadTask("id: 7\nscript: none\n", "task.yaml"),
    InputError,
  );
  assertEquals(error.message.split("\n"), [
    "task.yaml:1: id: expected string, found number 7",
    "task.yaml: question: missing; expected string",
    'task.yaml:2: script: expected array, found string "none"',
  ]);
});

for (const text of ["", "[]\n", "just words\n", "id: [\n"]) {
  Deno.test(`loadTask() refuses the text ${JSON.stringify(text)}`, () => {
    assertThrows(() => loadTask(text, "task.yaml"), InputError);
  });
}

Deno.test("taskJsonSchema() is what is committed as task.schema.json", () => {
  assertEquals(
    `${JSON.stringify(taskJsonSchema(), null, 2)}\n`,
    committedSchema,
  );
});
