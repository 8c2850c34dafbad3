import { assertEquals, assertObjectMatch } from "@std/assert";
import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import type { Label } from "../../tools/label.ts";
import { standardSchema } from "../../tools/schema.ts";
import type { Effects, ToolDefinition } from "../../tools/tool.ts";
import type { Decision } from "../decide.ts";
import { loadPolicy } from "../document/load.ts";
import { type Gate, openGate } from "../gate.ts";
import { callRules } from "./call_rules.ts";

const BASE = `version: 1
on_deny: continue
tool_registry: { allowed: [read, write, fetch, mail.*], denied: [] }
url_allowlist: [docs.example.com, api.example.com/v1/*]
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 10 }
cycle_detection: { max_repeats: 9, max_period: 4 }
retry: { max_retries: 0, backoff_base_ms: 100, backoff_cap_ms: 2000 }
`;

function tool(
  name: string,
  effects: Effects,
  labels: readonly Label[] = [],
): ToolDefinition {
  const args = standardSchema(z.record(z.string(), z.unknown()));
  return { name, description: "", effects, args, labels };
}

const TOOLS = new Map(
  [
    tool("read", { reads: ["path"] }, ["private"]),
    tool("write", { writes: ["path"] }, ["sink"]),
    tool("fetch", { fetches: ["url"] }, ["untrusted", "sink"]),
    tool("mail.send", {}),
    { ...tool("mail.list", {}), isUndescribed: true },
  ].map((each) => [each.name, each]),
);

/** A run under the base policy with some sections beside it, at times that one sets. */
function runUnder(sections: string): {
  readonly gate: Gate;
  at(seconds: number): void;
  call(tool: string, args: Json): Decision;
  /** Judges a call and, when it is allowed, lets it begin and return something. */
  run(tool: string, args: Json, result?: Json): Decision;
} {
  const { document, lines } = loadPolicy(BASE + sections, "p.yaml");
  let nowMs = 0;
  let seq = 0;
  const gate = openGate({
    policy: document,
    rules: callRules(document, lines),
    tools: TOOLS,
    nowMs: () => nowMs,
    inspect: (path) => ({
      resolved: `<sandbox>/${path.replace(/^out\/\.\.\//, "")}`,
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  });
  const judged = (tool: string, args: Json) => {
    const proposal = gate.propose({ tool, args_json: JSON.stringify(args) });
    return { proposal, decision: gate.judge(proposal) };
  };
  return {
    gate,
    at: (seconds) => void (nowMs = seconds * 1000),
    call: (tool, args) => judged(tool, args).decision,
    run(tool, args, result = null) {
      const { proposal, decision } = judged(tool, args);
      if (decision.effect === "allow") {
        gate.begin(proposal);
        gate.result(result, { tool, seq: ++seq });
      }
      return decision;
    },
  };
}

const MAIL = 'tools: [{ match: ["mail.*"], effects: none, labels: [sink] }]\n';

Deno.test("deny denies what holds and what cannot be told, and names the clause", () => {
  const { call } = runUnder(`deny:
  - id: card-numbers
    tools: ["*"]
    when: [{ any_argument: true, matches: '\\b(?:\\d[ -]?){13,16}\\b' }]
    reason: a card number may not leave
  - tools: [read]
    when: [{ argument: path, starts_with: secret }]
    reason: secrets stay
`);
  const card = call("write", { path: "a", content: "4111 1111 1111 1111" });
  assertObjectMatch(card, {
    effect: "deny",
    rule: "argument_rule",
    reason: "a card number may not leave",
    metadata: {
      clause: "card-numbers",
      line: 11,
      subject: "$.content",
      subject_length: 19,
    },
  });
  const { subject_sha256 } = card.metadata;
  assertEquals(String(subject_sha256).length, 64);
  assertObjectMatch(call("read", { path: "secret/a" }), {
    effect: "deny",
    metadata: { clause: "deny[1]", line: 15 },
  });
  assertEquals(call("read", { path: "SECRET/a" }).effect, "deny");
  assertEquals(call("read", { path: "notes/a" }).effect, "allow");
});

Deno.test("require denies what does not hold and what cannot be told", () => {
  const { call } = runUnder(`require:
  - tools: [read]
    that: [{ argument: path, glob: "tickets/**" }]
  - tools: [fetch]
    that: [{ argument: url, url: [docs.example.com] }]
    otherwise: escalate
    reason: only the docs are read without asking
`);
  assertEquals(call("read", { path: "tickets/1.md" }).effect, "allow");
  assertObjectMatch(call("read", { path: "notes/1.md" }), {
    effect: "deny",
    rule: "argument_rule",
    metadata: { clause: "require[0]", line: 11, subject: "$.path" },
  });
  assertEquals(call("read", { path: "out/../notes/1.md" }).effect, "deny");
  assertEquals(
    call("fetch", { url: "https://docs.example.com/a" }).effect,
    "allow",
  );
  assertObjectMatch(call("fetch", { url: "https://api.example.com/v1/a" }), {
    effect: "escalate",
    asked: [{
      rule_id: "argument_rule",
      clause: "require[1]",
      reason: "only the docs are read without asking",
    }],
  });
});

Deno.test("call_limits count calls that began, in the run or within seconds", () => {
  const { at, run } = runUnder(`call_limits:
  - { tools: [write], max_calls: 2 }
  - { tools: ["*"], max_calls: 3, per_seconds: 60 }
`);
  const effects: string[] = [];
  for (const index of [1, 2, 3]) {
    effects.push(run("write", { path: `a${index}`, content: "" }).effect);
  }
  assertEquals(effects, ["allow", "allow", "deny"]);
  assertEquals(run("read", { path: "a" }).effect, "allow");
  assertObjectMatch(run("read", { path: "b" }), {
    effect: "deny",
    rule: "call_limit",
    reason: "3 calls of * have begun within 60 s; 3 are allowed",
    metadata: { clause: "call_limits[1]", counted_calls: 3, max_calls: 3 },
  });
  at(60);
  assertEquals(run("read", { path: "b" }).effect, "allow");
});

const FLOW = `flow:
  - { after: [untrusted, private], before: sink, effect: escalate, reason: it may carry private text out }
`;

Deno.test("flow asks before a sink once the run is untrusted and private, in every order", () => {
  const read = ["read", { path: "a" }] as const;
  const fetched = ["fetch", { url: "https://docs.example.com/" }] as const;
  for (const first of [[read, fetched], [fetched, read]] as const) {
    const { run } = runUnder(MAIL + FLOW);
    for (const [tool, args] of first) {
      assertEquals(run(tool, args).effect, "allow");
    }
    const numbers = first[0] === read ? [2, 1] : [1, 2];
    assertObjectMatch(run("mail.send", { to: "a" }), {
      effect: "escalate",
      rule: "flow",
      reason: `"mail.send" is a sink; the run is untrusted since call ${
        numbers[0]
      } (fetch), private since call ${
        numbers[1]
      } (read): it may carry private text out`,
      metadata: {
        untrusted_since_call: numbers[0],
        private_since_call: numbers[1],
      },
    });
  }
});

Deno.test("flow says nothing after one label alone, nor of a call that never began", () => {
  const { call, run } = runUnder(MAIL + FLOW);
  call("fetch", { url: "https://docs.example.com/" });
  run("read", { path: "a" });
  assertEquals(run("mail.send", { to: "a" }).effect, "allow");
});

Deno.test("a tool that nobody described is denied", () => {
  const args = { box: "in" };
  assertEquals(runUnder("").call("mail.list", args).rule, "tool_registry");
  assertEquals(runUnder(MAIL).call("mail.list", args).effect, "allow");
  const labelled = 'tools: [{ match: ["mail.*"], labels: [private] }]\n';
  assertEquals(
    runUnder(labelled).call("mail.list", args).rule,
    "tool_registry",
  );
});

Deno.test("what a policy says of a tool's arguments is judged as the tool's own effects are", () => {
  const { call } = runUnder(
    'tools: [{ match: [mail.send], fetches: ["$.attachments[*].url"] }]\n',
  );
  const send = (url: string) => call("mail.send", { attachments: [{ url }] });
  assertEquals(send("https://docs.example.com/a").effect, "allow");
  assertEquals(send("https://evil.test/").rule, "url_allowlist");
});

Deno.test("seen_in finds whole values in the question and in results", () => {
  const { gate, call, run } = runUnder(`${MAIL}require:
  - tools: [mail.send]
    that:
      - argument: to
        seen_in: [question, { tool: read, at: "$.items[*].name" }]
`);
  gate.question("Pay GB29-7 to anna@example.com.");
  const send = (to: string) => call("mail.send", { to });
  assertEquals(send("anna@example.com").effect, "allow");
  assertEquals(send("anna@example.co").effect, "deny");
  assertEquals(send("example.com").effect, "deny");
  assertEquals(send("Pay").effect, "deny");
  assertObjectMatch(send("bert@example.com"), {
    effect: "deny",
    metadata: { subject: "$.to", subject_seen_seq: -1 },
  });
  run("read", { path: "a" }, { items: [{ name: "bert@example.com" }] });
  assertEquals(send("bert@example.com").effect, "allow");
});

Deno.test("what was seen in another spelling alone counts against the call, in require and in deny", () => {
  const seen = "[{ argument: to, seen_in: [question] }]";
  for (
    const clause of [
      `deny: [{ tools: [mail.send], when: ${seen}, reason: r }]`,
      `require: [{ tools: [mail.send], that: ${seen} }]`,
    ]
  ) {
    const { gate, call } = runUnder(`${MAIL}${clause}\n`);
    gate.question("Never tell Anna.Ek@example.com.");
    for (
      const to of [
        "anna.ek@EXAMPLE.com",
        "anna.ek%40example.com",
        "anna.ek@exa\u200bmple.com",
      ]
    ) {
      assertEquals(call("mail.send", { to }).effect, "deny", clause + to);
    }
  }
});

Deno.test("where deciding takes too many steps, the order of clauses decides nothing", () => {
  const clauses = [
    "{ id: a, tools: [write], that: [{ argument: content, matches: '(?:a|b){200}' }] }",
    "{ id: b, tools: [write], that: [{ argument: content, matches: '(?:a|c){150}' }], otherwise: escalate }",
    "{ id: c, tools: [write], that: [{ argument: path, present: true }] }",
  ];
  const args = { path: "a", content: "a".repeat(60_000) };
  const verdicts = [clauses, clauses.toReversed()].map((some) => {
    const { effect, rule, metadata } = runUnder(
      `require: [${some.join(", ")}]\n`,
    ).call("write", args);
    return { effect, rule, clause: metadata.clause };
  });
  assertEquals(verdicts[0], verdicts[1]);
  assertEquals(verdicts[0], {
    effect: "deny",
    rule: "argument_rule",
    clause: "a",
  });
});

Deno.test("unlisted_hosts: escalate asks for a host that is not listed, and for nothing else", () => {
  const { call } = runUnder("unlisted_hosts: escalate\n");
  const effectOf = (url: string) => call("fetch", { url }).effect;
  assertEquals(effectOf("https://docs.example.com/"), "allow");
  assertEquals(effectOf("https://other.example/"), "escalate");
  assertEquals(effectOf("https://api.example.com/v2/"), "escalate");
  for (
    const url of [
      "http://other.example/",
      "https://other.example:8443/",
      "https://user@other.example/",
      "https://OTHER.example%2e/",
      "https://10.0.0.1/",
      "file:///etc/passwd",
    ]
  ) assertEquals(effectOf(url), "deny", url);
});

for (
  const { sections, want } of [
    {
      sections:
        "deny: [{ id: a, tools: [read], reason: r }]\ncall_limits: [{ id: a, tools: [read], max_calls: 1 }]\n",
      want: 'p.yaml:11: call_limits[0].id: another clause has the id "a", too',
    },
    {
      sections:
        'require: [{ tools: [read], that: [{ argument: x, seen_in: [{ tool: fetch, at: "$.a" }] }] }]\n',
      want:
        'p.yaml:10: require[0].that: what "fetch" returns is untrusted, so nothing that was seen there can be trusted',
    },
    {
      sections:
        "deny: [{ tools: [read], when: [{ argument: x, equals: 1, at_most: 2 }], reason: r }]\n",
      want: "p.yaml:10: deny[0].when[0]: expected exactly one of",
    },
    {
      sections:
        'deny: [{ tools: [read], when: [{ argument: x, matches: "(" }], reason: r }]\n',
      want:
        "p.yaml:10: deny[0].when[0].matches: expected a regular expression of RE2's syntax",
    },
    {
      sections:
        "deny: [{ tools: [read], when: [{ not: { not: { not: { not: { not: { argument: x, equals: 1 } } } } } }], reason: r }]\n",
      want: "any, all and not may be nested 4 deep",
    },
    {
      sections:
        'require: [{ tools: [read], that: [{ argument: path, glob: "/etc/**" }] }]\n',
      want:
        'p.yaml:10: require[0].that[0].glob: "/etc/**" begins with a slash or the sandbox',
    },
  ]
) {
  Deno.test(`loadPolicy() refuses ${sections.trim().slice(0, 70)}`, () => {
    let said = "";
    try {
      loadPolicy(BASE + sections, "p.yaml");
    } catch (error) {
      said = error instanceof Error ? error.message : "";
    }
    assertEquals(said.includes(want), true, said);
  });
}

Deno.test("of what is allowed the record says where a value was seen, what was counted, which labels were set", () => {
  const { gate, call, run } = runUnder(`${MAIL}require:
  - tools: [mail.send]
    that: [{ argument: to, seen_in: [question] }]
call_limits: [{ tools: [read], max_calls: 9 }]
${FLOW}`);
  gate.question("Write to anna@example.com.");
  run("read", { path: "a" });
  assertObjectMatch(call("read", { path: "b" }), {
    effect: "allow",
    metadata: { counted_calls: 1, max_calls: 9 },
  });
  assertObjectMatch(call("mail.send", { to: "anna@example.com" }), {
    effect: "allow",
    metadata: {
      subject: "$.to",
      subject_seen_seq: 0,
      subject_seen_offset: 9,
      private_since_call: 1,
      private_since_tool: "read",
    },
  });
});
