import { assertEquals, assertThrows } from "@std/assert";
import { readToolDefinitions } from "../cli/input/tool_definitions.ts";
import { join } from "../deps.ts";
import { InputError } from "../tools/data/input_error.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT, temporaryFolder } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };
const POLICY = join(PROJECT, "policy/v1.yaml");

interface Asked {
  readonly args?: readonly string[];
  readonly lines: readonly string[];
}

/** Asks `decide` in a folder that holds one file, `in.txt`. */
async function decide({ args = [], lines }: Asked) {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(join(folder.path, "in.txt"), "inside");
  const { code, stdout, stderr } = await program(
    ["decide", "--policy", POLICY, ...args],
    { cwd: folder.path, stdin: lines.join("\n") },
  );
  const decisions: readonly Record<string, unknown>[] = stdout.trim() === ""
    ? []
    : stdout.trim().split("\n").map((line) => JSON.parse(line));
  return { code, stderr, decisions };
}

Deno.test("decide says of each call what a fresh run would", runs, async () => {
  const { code, decisions } = await decide({
    lines: [
      '{"id":"a","tool":"read","args":{"path":"in.txt"}}',
      '{"id":"b","tool":"read","args":{"path":"../in.txt"}}',
      '{"id":3,"tool":"fetch","args":{"url":"https://evil.test/"}}',
      '{"id":"d","tool":"search","args":{"query":"x","top_k":"5"}}',
      '{"id":"e","tool":"shell","args":{}}',
      '{"tool":"read","args_json":"{"}',
      '{"id":"g","tool":"read","args":{"path":"in.txt","path":"/etc/passwd"}}',
      '{"id":"h","tool":"read","args":{"path":"in.txt"}}',
    ],
  });
  assertEquals(code, 0);
  assertEquals(
    decisions.map(({ id, decision, rule_id }) => [id, decision, rule_id]),
    [
      ["a", "allow", null],
      ["b", "deny", "sandbox_path"],
      [3, "deny", "url_allowlist"],
      ["d", "deny", "arg_schema"],
      ["e", "deny", "tool_registry"],
      [null, "deny", "arg_schema"],
      ["g", "deny", "arg_schema"],
      ["h", "allow", null],
    ],
  );
  assertEquals(decisions[0], {
    id: "a",
    decision: "allow",
    rule_id: null,
    reason: null,
    metadata: {
      tool: "read",
      target_path: "in.txt",
      resolved_path: "<sandbox>/in.txt",
      sandbox_root: "<sandbox>",
    },
  });
});

Deno.test("decide --session takes the lines for one run", runs, async () => {
  const line = '{"id":"1","tool":"search","args":{"query":"x"}}';
  const { decisions } = await decide({
    args: ["--session"],
    lines: [line, line, line, line],
  });
  assertEquals(decisions.map(({ rule_id }) => rule_id), [
    null,
    null,
    null,
    "cycle_detection",
  ]);
});

Deno.test(
  "decide --session counts against the budget of tool calls",
  runs,
  async () => {
    const lines = Array.from(
      { length: 41 },
      (_, n) => `{"tool":"search","args":{"query":"x${n}"}}`,
    );
    const { decisions } = await decide({ args: ["--session"], lines });
    assertEquals(
      decisions.filter(({ decision }) => decision === "allow").length,
      40,
    );
    assertEquals(decisions[40]?.rule_id, "loop_budget");
  },
);

Deno.test(
  "decide answers a line that holds no call, and judges the next one",
  runs,
  async () => {
    const search = '{"id":"s","tool":"search","args":{"query":"x"}}';
    const { code, stderr, decisions } = await decide({
      args: ["--session"],
      lines: [search, "nonsense", "", '{"id":7,"tool":"read"}', search],
    });
    assertEquals(
      decisions.map(({ id, line, error, decision }) => [
        id,
        line,
        error ?? decision,
      ]),
      [
        ["s", undefined, "allow"],
        [null, 2, "it is not JSON"],
        [7, 4, "expected args or args_json"],
        ["s", undefined, "allow"],
      ],
    );
    assertEquals(
      [code, stderr],
      [
        1,
        'standard input: 2 lines cannot be judged; each was answered with an "error"\n',
      ],
    );
  },
);

/** Judges lines under the policy of the example of a support desk. */
async function atDesk(lines: readonly unknown[], ...args: readonly string[]) {
  using folder = temporaryFolder();
  const { code, stdout } = await program(
    [
      ...[
        "decide",
        "--policy",
        join(PROJECT, "examples/support_desk/policy.yaml"),
      ],
      ...args,
    ],
    {
      cwd: folder.path,
      stdin: lines.map((line) => JSON.stringify(line)).join("\n"),
    },
  );
  const answers: readonly Record<string, unknown>[] = stdout.trim().split("\n")
    .map((line) => JSON.parse(line));
  return { code, answers };
}

Deno.test(
  "decide --session tells runs apart, and judges flow and limits by what each did",
  runs,
  async () => {
    const ticket = { tool: "read", args: { path: "tickets/1.md" } };
    const draft = (n: number) => ({
      tool: "write",
      args: { path: `out/${n}.md`, content: "" },
    });
    const { code, answers } = await atDesk([
      { question: "Answer the ticket" },
      { id: 1, ...ticket },
      { id: 1, result: { text: "secret" } },
      { id: 2, ...draft(1) },
      { session: "b", id: 2, ...draft(1) },
      { session: "b", id: 2, result: null },
      ...[2, 3, 4].map((n) => ({ session: "b", id: n, ...draft(n) })),
      { session: "c", id: 4, ...draft(4) },
    ], "--session");
    assertEquals(code, 0);
    assertEquals(
      answers.map(({ id, session, decision, noted, rule_id }) => [
        id,
        session,
        decision ?? noted,
        rule_id,
      ]),
      [
        [null, undefined, "question", undefined],
        [1, undefined, "allow", null],
        [1, undefined, "result", undefined],
        [2, undefined, "escalate", "flow"],
        [2, "b", "allow", null],
        [2, "b", "result", undefined],
        [2, "b", "allow", null],
        [3, "b", "allow", null],
        [4, "b", "deny", "call_limit"],
        [4, "c", "allow", null],
      ],
    );
    const line = Deno.readTextFileSync(
      join(PROJECT, "examples/support_desk/policy.yaml"),
    ).split("\n").findIndex((text) => text.includes("tickets-stay")) + 1;
    const reason =
      '"write" is a sink; the run is private since call 1 (read): it may carry what a ticket says out';
    assertEquals(answers[3]?.asked, [
      { rule_id: "flow", clause: "tickets-stay", reason, line },
    ]);
  },
);

Deno.test(
  "decide --session answers a result of a call that is not to run with an error",
  runs,
  async () => {
    const { code, answers } = await atDesk([
      { id: 1, tool: "read", args: { path: "hr/pay.md" } },
      { session: "b", id: 1, result: "x" },
      { id: 1, result: "x" },
    ], "--session");
    assertEquals(code, 1);
    const error =
      "no call with the id 1 waits for a result: it was denied, has its result, or was never judged";
    assertEquals(answers.slice(1), [
      { line: 2, id: 1, session: "b", error },
      { line: 3, id: 1, error },
    ]);
    assertEquals(
      Object(answers[0]?.metadata).clause,
      "tickets-only",
    );
  },
);

Deno.test(
  "decide without --session says which lines need it",
  runs,
  async () => {
    const { code, answers } = await atDesk([
      { question: "?" },
      { id: 1, result: "x" },
      { session: "b", id: 2, tool: "read", args: { path: "tickets/1.md" } },
      { id: 3, tool: "read", args: { path: "tickets/1.md" } },
    ]);
    assertEquals([
      code,
      answers.map(({ error, decision }) => error ?? decision),
    ], [
      1,
      [
        '"question" is understood with --session only',
        '"result" is understood with --session only',
        '"session" is understood with --session only',
        "allow",
      ],
    ]);
  },
);

Deno.test("decide --session refuses a session too many", runs, async () => {
  const { code, answers } = await atDesk([
    ...Array.from({ length: 1001 }, (_, n) => ({
      session: `s${n}`,
      question: "?",
    })),
    { session: "s0", question: "again" },
  ], "--session");
  assertEquals([code, answers.length], [1, 1002]);
  assertEquals(answers.filter(({ error }) => error !== undefined), [{
    line: 1001,
    id: null,
    session: "s1000",
    error:
      "there are 1000 sessions, as many as are told apart; start another process for more",
  }]);
  assertEquals(answers[1001], { id: null, session: "s0", noted: "question" });
});

const TOOL = {
  name: "http_get",
  description: "Get a page",
  input_schema: {
    type: "object",
    properties: { url: { type: "string" }, retries: { type: "integer" } },
    required: ["url"],
  },
  effects: { fetches: ["url"] },
};

function validate(value: unknown) {
  const { tools } = readToolDefinitions(JSON.stringify([TOOL]), "tools.json");
  return tools.get("http_get")?.args["~standard"].validate(value);
}

Deno.test("readToolDefinitions() validates by JSON Schema, without coercion", () => {
  const value = { url: "https://a.test/", retries: 1 };
  assertEquals(validate(value), { value });
  assertEquals(validate({ url: "https://a.test/", retries: "1" }), {
    issues: [{ message: "must be integer", path: ["retries"] }],
  });
});

Deno.test("readToolDefinitions() refuses a property that the schema says nothing of", () => {
  assertEquals(validate({ url: "https://a.test/", method: "POST" }), {
    issues: [{ message: 'unknown key "method"', path: [] }],
  });
});

for (
  const { items, unique } of [
    { items: [], unique: true },
    { items: [1, "1", true, null, [1], { a: 1 }], unique: true },
    { items: [{ a: 1, b: 2 }, { a: 1, b: 3 }], unique: true },
    { items: [1, 2, 1.0], unique: false },
    { items: [{ a: 1, b: [2] }, { b: [2], a: 1 }], unique: false },
  ]
) {
  Deno.test(`readToolDefinitions() finds ${JSON.stringify(items)} ${unique ? "unique" : "repeated"}`, () => {
    for (const uniqueItems of [true, false]) {
      const { tools } = readToolDefinitions(
        JSON.stringify([{
          name: "tag",
          input_schema: { properties: { tags: { uniqueItems } } },
        }]),
        "tools.json",
      );
      const value = { tags: items };
      const message = "must not have the same item twice";
      assertEquals(
        tools.get("tag")?.args["~standard"].validate(value),
        unique || !uniqueItems
          ? { value }
          : { issues: [{ message, path: ["tags"] }] },
      );
    }
  });
}

for (
  const { what, text, message } of [
    { what: "no JSON", text: "{", message: "tools.json: it is not JSON" },
    {
      what: "an unknown key",
      text: JSON.stringify([{ ...TOOL, run: "rm -rf /" }]),
      message: 'tools.json: 0: Unrecognized key: "run"',
    },
    {
      what: "an effect that names no property",
      text: JSON.stringify([{ ...TOOL, effects: { fetches: ["uri"] } }]),
      message:
        'tools.json: Cannot register the tool "http_get": its effect names "uri", which is not an argument of it',
    },
    {
      what: "a name that comes twice",
      text: JSON.stringify([TOOL, TOOL]),
      message:
        'tools.json: Cannot register the tool "http_get": the name is taken',
    },
    {
      what: "a schema that is none",
      text: JSON.stringify([{ ...TOOL, input_schema: { type: "text" } }]),
      message: 'tools.json: Cannot use the input_schema of the tool "http_get"',
    },
  ]
) {
  Deno.test(`readToolDefinitions() refuses ${what}`, () => {
    assertThrows(
      () => readToolDefinitions(text, "tools.json"),
      InputError,
      message,
    );
  });
}

Deno.test(
  "decide --tools judges one's own tools by their effects",
  runs,
  async () => {
    using folder = temporaryFolder();
    const tools = join(folder.path, "tools.json");
    Deno.writeTextFileSync(tools, JSON.stringify([TOOL]));
    const policy = join(folder.path, "policy.yaml");
    Deno.writeTextFileSync(
      policy,
      Deno.readTextFileSync(POLICY).replace(
        /allowed: .*/,
        "allowed: [http_get]",
      ),
    );
    const { code, stdout } = await program(
      ["decide", "--policy", policy, "--tools", tools],
      {
        cwd: folder.path,
        stdin:
          '{"id":"1","tool":"http_get","args":{"url":"https://evil.test/"}}\n',
      },
    );
    const { rule_id }: Record<string, unknown> = JSON.parse(stdout);
    assertEquals([code, rule_id], [0, "url_allowlist"]);
  },
);

Deno.test(
  "decide --tools denies a tool that cannot be used, says why, and judges the others",
  runs,
  async () => {
    using folder = temporaryFolder();
    const tools = join(folder.path, "tools.json");
    const pattern = { properties: { a: { pattern: "^(?=x)" } } };
    Deno.writeTextFileSync(
      tools,
      "\ufeff" + JSON.stringify({
        tools: [
          { ...TOOL, name: "good" },
          { name: "bad", inputSchema: pattern, annotations: {} },
        ],
      }),
    );
    const policy = join(folder.path, "policy.yaml");
    Deno.writeTextFileSync(
      policy,
      Deno.readTextFileSync(POLICY).replace(
        /allowed: .*/,
        "allowed: [good, bad]",
      ),
    );
    const { code, stdout, stderr } = await program(
      ["decide", "--policy", policy, "--tools", tools],
      {
        cwd: folder.path,
        stdin: '{"tool":"bad","args":{}}\n{"tool":"good","args":{}}\n',
      },
    );
    const why =
      'Cannot use the input_schema of the tool "bad": its pattern "^(?=x)" is not one of RE2, which searches without backtracking: look-ahead and look-behind are not supported';
    assertEquals(
      [code, stderr],
      [0, `${tools}: this tool is denied: ${why}\n`],
    );
    const decisions = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(
      decisions.map((
        { rule_id, reason },
      ) => [rule_id, reason.split(": at")[0]]),
      [
        ["tool_registry", `there is no such tool: "bad": ${why}`],
        [
          "arg_schema",
          "the arguments do not fit the tool's schema: must have required property 'url'",
        ],
      ],
    );
  },
);
