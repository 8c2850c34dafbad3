import { assert, assertEquals } from "@std/assert";
import { policyDocument, policyJsonSchema } from "./document.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { readYaml } from "./read_yaml.ts";
import committedSchema from "../v1.schema.json" with { type: "text" };
import committedPolicy from "../v1.yaml" with { type: "text" };
import sample from "./sample.yaml" with { type: "text" };

Deno.test("policyJsonSchema() returns what is committed", () => {
  const fresh = `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
  assertEquals(fresh, committedSchema);
});

Deno.test("policyJsonSchema() describes every key of the committed policy", () => {
  const document = readYaml(committedPolicy, "policy/v1.yaml", policyDocument);
  const { properties, required } = JSON.parse(committedSchema);
  const keys = Object.keys(document);
  assertEquals(keys.filter((key) => !Object.hasOwn(properties, key)), []);
  assertEquals(keys.filter((key) => required.includes(key)), required);
});

/** The sample with one place changed. */
function edited(from: string, to: string): string {
  assert(sample.includes(from), `sample.yaml has no ${from}`);
  return sample.replace(from, to);
}

function problemsIn(text: string): readonly string[] {
  try {
    readYaml(text, "p.yaml", policyDocument);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split("\n");
  }
}

const ACCEPTED = [
  { from: "on_deny: terminate", to: "on_deny: continue" },
  {
    from: "allowed: [search, fetch, read, write, summarize]",
    to: "allowed: []",
  },
  { from: "denied: []", to: "denied: [shell]" },
  {
    from: "  - fixtures.local",
    to: "  - '*.example.com'\n  - a.test:8443\n  - http://b.test",
  },
  { from: "  - fixtures.local", to: "  []" },
  { from: "isolation: process", to: "isolation: worker" },
  { from: "sandbox:", to: "redact: {}\nsandbox:" },
  {
    from: "sandbox:",
    to: "redact: { patterns: ['sk-\\w+'], paths: ['$..url'] }\nsandbox:",
  },
  { from: "sandbox:", to: "fetch: {}\nsandbox:" },
  { from: "sandbox:", to: "fetch: { max_redirects: 0 }\nsandbox:" },
  { from: "sandbox:", to: "fetch: { max_redirects: 20 }\nsandbox:" },
  { from: "sandbox:", to: "fetch: { max_bytes: 1 }\nsandbox:" },
  { from: "sandbox:", to: "fetch: { max_bytes: 67108864 }\nsandbox:" },
  { from: "max_bytes: 65536", to: "max_bytes: 1" },
  { from: "max_bytes: 65536", to: "max_bytes: 4194304" },
  { from: "max_depth: 32", to: "max_depth: 256" },
  { from: "max_iterations: 10", to: "max_iterations: 1" },
  { from: "  max_tokens: 50000\n", to: "" },
  { from: "  max_tool_calls: 40\n", to: "" },
  ...[
    "{ openai/gpt-5: { input: 250, output: 1000 } }",
    "{ openai/org/model:free: { input: 0, output: 0 } }",
    "{ a/b: { input: 0, output: 0, cached_input: 0, cache_write: 0, reasoning: 1000000000000 } }",
  ].map((prices) => ({
    from: "  max_tool_calls: 40\n",
    to:
      `  max_cost: { amount: "0.000000001", currency: EUR, prices: ${prices} }\n`,
  })),
  { from: "max_repeats: 3", to: "max_repeats: 1" },
  { from: "max_period: 4", to: "max_period: 2" },
  { from: "max_period: 4", to: "max_period: 64" },
  { from: "max_retries: 3", to: "max_retries: 0" },
  { from: "max_retries: 3", to: "max_retries: 100" },
  { from: "backoff_base_ms: 100", to: "backoff_base_ms: 2000" },
  { from: "backoff_base_ms: 100", to: "backoff_base_ms: 0" },
  { from: "backoff_cap_ms: 2000", to: "backoff_cap_ms: 86400000" },
];

for (const { from, to } of ACCEPTED) {
  Deno.test(`policyDocument accepts ${JSON.stringify(to)} for ${JSON.stringify(from)}`, () => {
    assertEquals(problemsIn(edited(from, to)), []);
  });
}

const REFUSED = [
  {
    from: "sandbox:",
    to: "redact: { patterns: ['['] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[0]: expected a regular expression of RE2's syntax: missing closing ]: `[`",
  },
  {
    from: "sandbox:",
    to: "redact: { patterns: ['(?=a)b'] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[0]: expected a regular expression of RE2's syntax: invalid or unsupported Perl syntax: `(?=`",
  },
  {
    from: "sandbox:",
    to: "redact: { patterns: ['(a)\\1'] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[0]: expected a regular expression of RE2's syntax: invalid escape sequence: `\\1`",
  },
  {
    from: "sandbox:",
    to: "redact: { patterns: ['\\u{e9}'] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[0]: expected a regular expression of RE2's syntax: invalid escape sequence: `\\u`",
  },
  {
    from: "sandbox:",
    to: "redact: { patterns: ['(a{30}){40}'] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[0]: expected a regular expression of RE2's syntax: invalid repeat count: `{40}`",
  },
  ...["\\b", "a|\\B", "a|", "(?m)^|a", "a*"].map((pattern) => ({
    from: "sandbox:",
    to: `redact: { patterns: [a, '${pattern}'] }\nsandbox:`,
    want:
      "p.yaml:18: redact.patterns[1]: the pattern can match nothing at all; expected one that takes a character",
  })),
  {
    from: "sandbox:",
    to: "redact: { patterns: ['a{400}', 'b{594}', c, '['] }\nsandbox:",
    want:
      "p.yaml:18: redact.patterns[2]: the patterns up to this one have 1001 instructions, more than 1000",
  },
  {
    from: "sandbox:",
    to: `redact: { patterns: ['${"a".repeat(1001)}'] }\nsandbox:`,
    want: "p.yaml:18: redact.patterns[0]: expected at most 1000 characters",
  },
  {
    from: "sandbox:",
    to: `redact: { patterns: [${"a, ".repeat(101)}] }\nsandbox:`,
    want: "p.yaml:18: redact.patterns: expected at most 100 entries",
  },
  {
    from: "sandbox:",
    to: `redact: { paths: [${"$..a, ".repeat(101)}] }\nsandbox:`,
    want: "p.yaml:18: redact.paths: expected at most 100 entries",
  },
  {
    from: "sandbox:",
    to: `redact: { paths: [$${"..a".repeat(334)}] }\nsandbox:`,
    want: "p.yaml:18: redact.paths[0]: expected at most 1000 characters",
  },
  {
    from: "sandbox:",
    to: "redact: { paths: [answer] }\nsandbox:",
    want:
      'p.yaml:18: redact.paths[0]: expected a JSONPath of names, indexes, * and .. such as $..url, found "answer"',
  },
  {
    from: "sandbox:",
    to: "redact: { paths: [$.decision] }\nsandbox:",
    want:
      'p.yaml:18: redact.paths[0]: "decision" is never replaced: spans and report go by it',
  },
  {
    from: "sandbox:",
    to: "redact: { patterns: [a, b, a] }\nsandbox:",
    want: 'p.yaml:18: redact.patterns[2]: "a" is listed twice',
  },
  {
    from: "sandbox:",
    to: "redact: { paths: [$.args.url, $.facts.args] }\nsandbox:",
    want: 'p.yaml:18: redact.paths[1]: "facts" is in neither spans nor report',
  },
  {
    from: "sandbox:",
    to: "redact: { paths: [$.task, $.anwser] }\nsandbox:",
    want: 'p.yaml:18: redact.paths[1]: no event has a text below "anwser"',
  },
  {
    from: "version: 1",
    to: "version: 2",
    want: "p.yaml:5: version: expected 1, found 2",
  },
  {
    from: "version: 1",
    to: 'version: "1"',
    want: 'p.yaml:5: version: expected 1, found "1"',
  },
  {
    from: "version: 1\n",
    to: "",
    want: "p.yaml: version: expected 1, found nothing",
  },
  {
    from: "version: 1",
    to: "version: 1\nextra: 1",
    want: 'p.yaml:6: unknown key "extra"',
  },
  {
    from: "version: 1",
    to: "version: 1\n__proto__: {}",
    want: 'p.yaml:6: unknown key "__proto__"',
  },
  {
    from: "on_deny: terminate",
    to: "on_deny: retry",
    want:
      'p.yaml:8: on_deny: expected "terminate" or "continue", found "retry"',
  },
  {
    from: "on_deny: terminate",
    to: "on_deny: true",
    want: 'p.yaml:8: on_deny: expected "terminate" or "continue", found true',
  },
  {
    from: "  denied: []\n",
    to: "",
    want: "p.yaml:10: tool_registry.denied: missing; expected array",
  },
  {
    from: "  denied: []",
    to: "  denied: read",
    want:
      'p.yaml:12: tool_registry.denied: expected array, found string "read"',
  },
  {
    from: "  denied: []",
    to: "  denied: [1]",
    want: "p.yaml:12: tool_registry.denied[0]: expected string, found number 1",
  },
  {
    from: "  denied: []",
    to: "  denied: ['']",
    want:
      "p.yaml:12: tool_registry.denied[0]: expected a tool's name, found an empty one",
  },
  {
    from: "  denied: []",
    to: "  denied: ['read ']",
    want: "p.yaml:12: tool_registry.denied[0]: spaces around a tool's name",
  },
  {
    from: "  denied: []",
    to: "  denied: ['f*s']",
    want:
      'p.yaml:12: tool_registry.denied[0]: "f*s" has "*" in it, but a pattern matches nothing; list each tool by its exact name',
  },
  {
    from: "  denied: []",
    to: "  denied:\n    - shell\n    - 'sh*'",
    want:
      'p.yaml:14: tool_registry.denied[1]: "sh*" names too many tools; expected at least 3 characters before the star',
  },
  {
    from: "[search, fetch,",
    to: "['*', search, fetch,",
    want:
      'p.yaml:11: tool_registry.allowed[0]: "*" alone would name every tool; list tools, or families such as fs.*',
  },
  {
    from: "sandbox:",
    to:
      "escalate:\n  - tools: [read]\n    reason: r\n  - tools:\n      - 'wr*'\n    reason: r\nsandbox:",
    want:
      'p.yaml:22: escalate[1].tools[0]: "wr*" names too many tools; expected at least 3 characters before the star',
  },
  {
    from: "  denied: []",
    to: "  denied: [read]",
    want:
      "p.yaml:10: tool_registry: a tool is both allowed and denied; the entry under allowed can never match",
  },
  {
    from: "[search, fetch,",
    to: "[fetch, fetch,",
    want: 'p.yaml:11: tool_registry.allowed[1]: "fetch" is listed twice',
  },
  {
    from: "  denied: []",
    to: "  denied: []\n  default: allow",
    want: 'p.yaml:13: tool_registry: unknown key "default"',
  },
  {
    from: "  - fixtures.local",
    to: "  - a.test\n  - https://b.test",
    want:
      'p.yaml:17: url_allowlist[1]: "https://b.test" is not a host, *.host, host:port or http://host[:port]; write "b.test"',
  },
  {
    from: "  - fixtures.local",
    to: "  - A.test",
    want:
      'p.yaml:16: url_allowlist[0]: "A.test" is not in canonical form; write "a.test"',
  },
  {
    from: "  - fixtures.local",
    to: "  - a.test\n  - b.test\n  - a.test",
    want: 'p.yaml:18: url_allowlist[2]: "a.test" is listed twice',
  },
  {
    from: "  - fixtures.local",
    to: "  - 5",
    want: "p.yaml:16: url_allowlist[0]: expected string, found number 5",
  },
  {
    from: "  - fixtures.local",
    to: "",
    want: "p.yaml:15: url_allowlist: expected array, found nothing",
  },
  {
    from: "sandbox:",
    to: "fetch: { max_redirects: -1 }\nsandbox:",
    want: "p.yaml:18: fetch.max_redirects: expected at least 0, found -1",
  },
  {
    from: "sandbox:",
    to: "fetch: { max_redirects: 21 }\nsandbox:",
    want: "p.yaml:18: fetch.max_redirects: expected at most 20, found 21",
  },
  {
    from: "sandbox:",
    to: "fetch: { max_bytes: 0 }\nsandbox:",
    want: "p.yaml:18: fetch.max_bytes: a limit must be at least 1",
  },
  {
    from: "sandbox:",
    to: "fetch: { max_bytes: 67108865 }\nsandbox:",
    want:
      "p.yaml:18: fetch.max_bytes: expected at most 67108864, found 67108865",
  },
  {
    from: "sandbox:",
    to: "fetch: { follow: true }\nsandbox:",
    want: 'p.yaml:18: fetch: unknown key "follow"',
  },
  {
    from: "isolation: process",
    to: "isolation: none",
    want:
      'p.yaml:19: sandbox.isolation: expected "process" or "worker", found "none"',
  },
  {
    from: "isolation: process",
    to: "isolation: process\n  path: /",
    want: 'p.yaml:20: sandbox: unknown key "path"',
  },
  {
    from: "enforcement: strict",
    to: "enforcement: lax",
    want: 'p.yaml:22: arg_schema.enforcement: expected "strict", found "lax"',
  },
  {
    from: "max_bytes: 65536",
    to: "max_bytes: 0",
    want: "p.yaml:23: arg_schema.max_bytes: a limit must be at least 1",
  },
  {
    from: "max_bytes: 65536",
    to: "max_bytes: 4194305",
    want:
      "p.yaml:23: arg_schema.max_bytes: expected at most 4194304, found 4194305",
  },
  {
    from: "max_bytes: 65536",
    to: 'max_bytes: "65536"',
    want:
      'p.yaml:23: arg_schema.max_bytes: expected number, found string "65536"',
  },
  {
    from: "max_depth: 32",
    to: "max_depth: 0",
    want: "p.yaml:24: arg_schema.max_depth: a limit must be at least 1",
  },
  {
    from: "max_depth: 32",
    to: "max_depth: 257",
    want: "p.yaml:24: arg_schema.max_depth: expected at most 256, found 257",
  },
  {
    from: "max_depth: 32",
    to: "max_depth: 32\n  coerce: true",
    want: 'p.yaml:25: arg_schema: unknown key "coerce"',
  },
  {
    from: "max_iterations: 10",
    to: "max_iterations: 0",
    want: "p.yaml:27: loop_budget.max_iterations: a limit must be at least 1",
  },
  {
    from: "max_iterations: 10",
    to: "max_iterations: 1.5",
    want:
      "p.yaml:27: loop_budget.max_iterations: expected int, found number 1.5",
  },
  {
    from: "max_iterations: 10",
    to: "max_iterations: .inf",
    want:
      "p.yaml:27: loop_budget.max_iterations: expected number, found number Infinity",
  },
  {
    from: "max_iterations: 10",
    to: "max_iterations: .nan",
    want:
      "p.yaml:27: loop_budget.max_iterations: expected number, found number NaN",
  },
  {
    from: "  max_iterations: 10\n",
    to: "",
    want: "p.yaml:26: loop_budget.max_iterations: missing; expected number",
  },
  {
    from: "max_tokens: 50000",
    to: "max_tokens: -1",
    want: "p.yaml:28: loop_budget.max_tokens: a limit must be at least 1",
  },
  {
    from: "max_tokens: 50000",
    to: "max_tokens:",
    want: "p.yaml:28: loop_budget.max_tokens: expected number, found nothing",
  },
  {
    from: "max_tool_calls: 40",
    to: "max_tool_calls: 0",
    want: "p.yaml:29: loop_budget.max_tool_calls: a limit must be at least 1",
  },
  {
    from: "max_tool_calls: 40",
    to: "max_toolcalls: 40",
    want: 'p.yaml:29: loop_budget: unknown key "max_toolcalls"',
  },
  ...[
    {
      amount: "1.50",
      want:
        'amount: expected an amount in quotes, with a point and up to nine places: "1.50"',
    },
    ...['"-1"', '"0.0000000001"', '"1,50"', '"1e3"', '""'].map((amount) => ({
      amount,
      want:
        'amount: expected an amount with a point and up to nine places, such as "1.50"',
    })),
    ...['"0"', '"0.00"'].map((amount) => ({
      amount,
      want: "amount: a limit must be more than nothing",
    })),
    {
      currency: "eur",
      want:
        "currency: expected a currency in three capital letters, such as EUR",
    },
    {
      prices: "{}",
      want: "prices: expected the prices of at least one model",
    },
    {
      prices: "{ gpt-5: { input: 1, output: 1 } }",
      want:
        "prices.gpt-5: expected the name of a model as provider/model, such as openai/gpt-5",
    },
    ...["-1", "0.5", "1000000000001", '"1"'].map((input) => ({
      prices: `{ a/b: { input: ${input}, output: 1 } }`,
      want:
        "prices.a/b.input: expected a whole number from 0 to 1000000000000: the price of one token in 10^-9 of the currency's unit",
    })),
    {
      prices: "{ a/b: { input: 1, output: 1, image: 1 } }",
      want: 'prices.a/b: unknown key "image"',
    },
    {
      prices: "{ a/b: { input: 1 } }",
      want: "prices.a/b.output: missing; expected number",
    },
    {
      amount: "",
      want:
        'amount: expected an amount in quotes, with a point and up to nine places: "1.50"',
    },
  ].map((
    {
      amount = '"1.50"',
      currency = "EUR",
      prices = "{ a/b: { input: 1, output: 1 } }",
      want,
    }: { amount?: string; currency?: string; prices?: string; want: string },
  ) => ({
    from: "max_tool_calls: 40",
    to:
      `max_cost: { amount: ${amount}, currency: ${currency}, prices: ${prices} }`,
    want: `p.yaml:29: loop_budget.max_cost.${want}`,
  })),
  {
    from: "max_repeats: 3",
    to: "max_repeats: 0",
    want: "p.yaml:33: cycle_detection.max_repeats: a limit must be at least 1",
  },
  {
    from: "max_period: 4",
    to: "max_period: 1",
    want:
      "p.yaml:34: cycle_detection.max_period: a rotation has at least 2 calls",
  },
  {
    from: "max_period: 4",
    to: "max_period: 65",
    want:
      "p.yaml:34: cycle_detection.max_period: a rotation has at most 64 calls",
  },
  {
    from: "max_period: 4",
    to: "max_period: 4\n  window: 9",
    want: 'p.yaml:35: cycle_detection: unknown key "window"',
  },
  {
    from: "max_retries: 3",
    to: "max_retries: -1",
    want: "p.yaml:37: retry.max_retries: expected at least 0, found -1",
  },
  {
    from: "max_retries: 3",
    to: "max_retries: 101",
    want: "p.yaml:37: retry.max_retries: expected at most 100, found 101",
  },
  {
    from: "max_retries: 3",
    to: "max_retries: 3\n  jitter: 1",
    want: 'p.yaml:38: retry: unknown key "jitter"',
  },
  {
    from: "backoff_base_ms: 100",
    to: "backoff_base_ms: -1",
    want: "p.yaml:38: retry.backoff_base_ms: expected at least 0, found -1",
  },
  {
    from: "backoff_base_ms: 100",
    to: "backoff_base_ms: 2001",
    want: "p.yaml:36: retry: backoff_base_ms is larger than backoff_cap_ms",
  },
  {
    from: "backoff_cap_ms: 2000",
    to: "backoff_cap_ms: 86400001",
    want:
      "p.yaml:39: retry.backoff_cap_ms: expected at most 86400000, found 86400001",
  },
];

for (const { from, to, want } of REFUSED) {
  Deno.test(`policyDocument refuses ${JSON.stringify(to)} for ${JSON.stringify(from)}`, () => {
    assertEquals(problemsIn(edited(from, to)), [want]);
  });
}

const SECTIONS = [
  "on_deny",
  "tool_registry",
  "url_allowlist",
  "sandbox",
  "arg_schema",
  "loop_budget",
  "cycle_detection",
  "retry",
];

for (const section of SECTIONS) {
  Deno.test(`policyDocument refuses a policy without ${section}`, () => {
    const without = sample.replace(
      new RegExp(`^${section}:.*\n(?:  .*\n)*`, "m"),
      "",
    );
    const [problem, ...more] = problemsIn(without);
    assert(problem?.startsWith(`p.yaml: ${section}: `), problem);
    assertEquals(more, []);
  });
}

Deno.test("policyDocument refuses an empty policy", () => {
  assertEquals(problemsIn(""), ["p.yaml: expected object, found nothing"]);
  assertEquals(problemsIn("{}").length, 9);
});

Deno.test("policyDocument refuses an escalation of a tool that is not allowed", () => {
  const text = `${sample}
escalate:
  - { tools: [read, send], reason: it leaves the house }
`;
  assertEquals(problemsIn(text), [
    'p.yaml:42: escalate[0].tools[1]: "send" is not allowed, so nobody will be asked',
  ]);
});
