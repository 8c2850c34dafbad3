import { assertEquals, assertThrows } from "@std/assert";
import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import type { RecordedPath, RunEvent } from "../../runtime/record/event.ts";
import {
  ASKED,
  ASKS_A_PERSON,
  inTurn,
  type Rehearsal,
  rehearse,
} from "../../tests/rehearsal.ts";
import { costing, REHEARSALS } from "../../tests/rehearsals.ts";
import { Redirect } from "../../tools/redirect.ts";
import type { Json } from "../../tools/data/json.ts";
import { type Flip, redecide } from "./redecide.ts";

type Keys = NonNullable<Rehearsal["policy"]>;

/** The policy on record, with some keys changed. */
function policyOf(
  [started]: readonly RunEvent[],
  keys: Keys = {},
): Policy {
  if (started?.type !== "run_started") throw new Error("There is no start");
  const document: Record<string, Json> = JSON.parse(started.policy.text);
  return loadPolicy(JSON.stringify({ ...document, ...keys }), "another");
}

/** What would change, in short. */
function told(flips: readonly Flip[]) {
  return flips.map(({ seq, tool, was, is }) => ({
    seq,
    tool,
    was: was.rule_id ?? was.decision,
    is: is.rule_id ?? is.decision,
  }));
}

const ECHO = { tool: "echo", args: { text: "hi" } };
const WORK = { tool: "work", args: { text: "go" } };
const DONE = { answer: "done" };

function fetching(url: string) {
  return { tool: "work", args: { url } };
}

for (const [name, make] of Object.entries(REHEARSALS)) {
  if ((make().rules ?? []).length > 0) continue;
  Deno.test(`redecide() of ${name} under its own policy turns nothing round`, async () => {
    const recorded = await rehearse(make());
    const { decisions, flips } = redecide(recorded, policyOf(recorded));
    assertEquals(flips, []);
    assertEquals(
      decisions,
      recorded.filter(({ type }) => type === "policy_checked").length,
    );
  });
}

/** Runs, and other policies that turn their decisions round. */
const FLIPS: readonly {
  readonly name: string;
  readonly run: Rehearsal;
  readonly other: Keys;
  readonly want: readonly {
    readonly seq: number;
    readonly tool: string | null;
    readonly was: string;
    readonly is: string;
  }[];
}[] = [
  {
    name: "a tool that is no longer listed",
    run: { script: [{ calls: [ECHO, WORK] }, DONE] },
    other: { tool_registry: { allowed: ["echo"], denied: [] } },
    want: [{ seq: 7, tool: "work", was: "allow", is: "tool_registry" }],
  },
  {
    name: "a tool that is listed now",
    run: {
      policy: { tool_registry: { allowed: ["echo"], denied: ["work"] } },
      script: [{ calls: [ECHO, WORK] }],
    },
    other: { tool_registry: { allowed: ["echo", "work"], denied: [] } },
    want: [{ seq: 7, tool: "work", was: "tool_registry", is: "allow" }],
  },
  {
    name: "a host that is no longer listed",
    run: { script: [{ calls: [fetching("https://fixtures.local/a")] }, DONE] },
    other: { url_allowlist: [] },
    want: [{ seq: 3, tool: "work", was: "allow", is: "url_allowlist" }],
  },
  {
    name: "a host that is listed now",
    run: { script: [{ calls: [fetching("https://x.test/")] }] },
    other: { url_allowlist: ["x.test"] },
    want: [{ seq: 3, tool: "work", was: "url_allowlist", is: "allow" }],
  },
  {
    name: "a private address of a host that is listed otherwise, not at all",
    run: REHEARSALS.private_address(),
    other: { url_allowlist: ["*.local"] },
    want: [],
  },
  {
    name: "arguments that are too long now",
    run: { script: [{ calls: [ECHO] }, DONE] },
    other: {
      arg_schema: { enforcement: "strict", max_bytes: 5, max_depth: 32 },
    },
    want: [{ seq: 3, tool: "echo", was: "allow", is: "arg_schema" }],
  },
  {
    // What the tool's schema would say of them was never asked.
    name: "nothing of arguments that were too long then",
    run: {
      policy: {
        arg_schema: { enforcement: "strict", max_bytes: 5, max_depth: 32 },
      },
      script: [{ calls: [ECHO] }],
    },
    other: {
      arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
    },
    want: [],
  },
  {
    name: "a wrong argument of a tool that is forbidden now too, not at all",
    run: REHEARSALS.wrong_arguments(),
    other: { tool_registry: { allowed: ["work"], denied: [] } },
    want: [],
  },
  {
    name: "a repetition that is too often now",
    run: { script: [{ calls: [ECHO, ECHO] }, { calls: [ECHO] }, DONE] },
    other: { cycle_detection: { max_repeats: 2, max_period: 2 } },
    want: [{ seq: 14, tool: "echo", was: "allow", is: "cycle_detection" }],
  },
  {
    name: "a repetition that is not too often now",
    run: REHEARSALS.fourth_identical_call(),
    other: { cycle_detection: { max_repeats: 4, max_period: 4 } },
    want: [{ seq: 24, tool: "echo", was: "cycle_detection", is: "allow" }],
  },
  {
    name: "iterations that are used up earlier",
    run: { script: [{ calls: [ECHO] }, { calls: [WORK] }, DONE] },
    other: { loop_budget: { max_iterations: 1 } },
    want: [{ seq: 10, tool: "work", was: "allow", is: "loop_budget" }],
  },
  {
    name: "iterations that are not used up",
    run: REHEARSALS.iteration_budget(),
    other: { loop_budget: { max_iterations: 3 } },
    want: [{ seq: 16, tool: null, was: "loop_budget", is: "allow" }],
  },
  {
    name: "tokens that are used up earlier",
    run: {
      script: [
        { calls: [ECHO], usage: { input_tokens: 60, output_tokens: 40 } },
        { calls: [WORK], usage: { input_tokens: 1, output_tokens: 0 } },
        DONE,
      ],
    },
    other: { loop_budget: { max_iterations: 10, max_tokens: 100 } },
    want: [{ seq: 10, tool: "work", was: "allow", is: "loop_budget" }],
  },
  {
    name: "tokens that are not used up",
    run: REHEARSALS.token_budget(),
    other: { loop_budget: { max_iterations: 10, max_tokens: 101 } },
    want: [{ seq: 10, tool: null, was: "loop_budget", is: "allow" }],
  },
  {
    name: "a cost that is used up earlier",
    run: REHEARSALS.cost_within_its_budget(),
    other: costing("0.000041"),
    want: [{ seq: 3, tool: "echo", was: "allow", is: "loop_budget" }],
  },
  {
    name: "a cost that is not used up",
    run: REHEARSALS.cost_budget(),
    other: costing("0.0000461"),
    want: [{ seq: 10, tool: null, was: "loop_budget", is: "allow" }],
  },
  {
    name: "a cost at other prices",
    run: REHEARSALS.cost_within_its_budget(),
    other: costing("0.000046", { cached_input: 101 }),
    want: [{ seq: 3, tool: "echo", was: "allow", is: "loop_budget" }],
  },
  {
    name: "calls of a run whose cost was not limited",
    run: REHEARSALS.one_call(),
    other: costing("0.000002"),
    want: [{ seq: 3, tool: "echo", was: "allow", is: "loop_budget" }],
  },
  {
    name: "calls of a model that has no price now",
    run: REHEARSALS.cost_of_another_model(),
    other: {
      loop_budget: {
        max_iterations: 10,
        max_cost: {
          amount: "1",
          currency: "EUR",
          prices: { "nearby/small": { input: 1, output: 1 } },
        },
      },
    },
    want: [{ seq: 4, tool: "echo", was: "allow", is: "loop_budget" }],
  },
  {
    name: "all calls of an answer that is one too many",
    run: { script: [{ calls: [ECHO] }, { calls: [ECHO, WORK] }, DONE] },
    other: { loop_budget: { max_iterations: 10, max_tool_calls: 2 } },
    want: [
      { seq: 10, tool: "echo", was: "allow", is: "loop_budget" },
      { seq: 14, tool: "work", was: "allow", is: "loop_budget" },
    ],
  },
  {
    name: "tool calls that are not used up",
    run: REHEARSALS.tool_call_budget(),
    other: { loop_budget: { max_iterations: 10, max_tool_calls: 3 } },
    want: [{ seq: 10, tool: null, was: "loop_budget", is: "allow" }],
  },
  {
    name: "a budget of another kind, not at all",
    run: REHEARSALS.token_budget(),
    other: { loop_budget: { max_iterations: 10, max_tool_calls: 1 } },
    want: [],
  },
  {
    name: "a redirect to a host that is listed now",
    run: REHEARSALS.redirected_elsewhere(),
    other: { url_allowlist: ["fixtures.local", "evil.test"] },
    want: [{ seq: 7, tool: "work", was: "url_allowlist", is: "allow" }],
  },
  {
    name: "the second of two redirects",
    run: {
      script: [{ calls: [fetching("https://fixtures.local/a"), ECHO] }, DONE],
      work: inTurn(
        new Redirect({ url: "https://fixtures.local/b" }),
        new Redirect({ url: "https://fixtures.local/c" }),
        null,
      ),
    },
    other: { fetch: { max_redirects: 1 } },
    want: [{ seq: 11, tool: "work", was: "allow", is: "url_allowlist" }],
  },
  {
    name: "redirects that are not too many now",
    run: REHEARSALS.redirected_too_often(),
    other: { fetch: { max_redirects: 3 } },
    want: [{ seq: 15, tool: "work", was: "url_allowlist", is: "allow" }],
  },
];

for (const { name, run, other, want } of FLIPS) {
  Deno.test(`redecide() changes ${name}`, async () => {
    const recorded = await rehearse(run);
    const { flips } = redecide(recorded, policyOf(recorded, other));
    assertEquals(told(flips), want);
  });
}

Deno.test("redecide() says what was decided, what is, and why", async () => {
  const recorded = await rehearse({ script: [{ calls: [ECHO] }, DONE] });
  const other = policyOf(recorded, {
    tool_registry: { allowed: ["work"], denied: ["echo"] },
  });
  assertEquals(redecide(recorded, other), {
    decisions: 1,
    flips: [{
      seq: 3,
      step: 1,
      tool: "echo",
      call_id: "call_1_1",
      was: { decision: "allow", rule_id: null, clauses: [], reason: null },
      is: {
        decision: "deny",
        rule_id: "tool_registry",
        clauses: [],
        reason: 'the policy denies this tool: "echo"',
      },
    }],
  });
});

Deno.test("redecide() names the clauses that decide", async () => {
  const recorded = await rehearse({ script: [{ calls: [ECHO] }, DONE] });
  const denying = policyOf(recorded, {
    deny: [{ id: "no-echo", tools: ["echo"], reason: "no" }],
  });
  const asking = policyOf(recorded, {
    escalate: [
      { tools: ["echo"], reason: "a" },
      { id: "second", tools: ["*"], reason: "b" },
    ],
  });
  const clauses = (policy: Policy) =>
    redecide(recorded, policy).flips.map(({ is }) => is.clauses);
  assertEquals(clauses(denying), [["no-echo"]]);
  assertEquals(clauses(asking), [["escalate[0]", "second"]]);
});

Deno.test("redecide() passes over another rule for the same decision", async () => {
  const recorded = await rehearse(REHEARSALS.unlisted_url());
  const other = policyOf(recorded, {
    tool_registry: { allowed: ["echo"], denied: [] },
  });
  assertEquals(redecide(recorded, other), { decisions: 1, flips: [] });
});

Deno.test("redecide() continues after a denial that the run was told about", async () => {
  const recorded = await rehearse({
    policy: { on_deny: "continue" },
    script: [
      { calls: [fetching("https://x.test/"), ECHO] },
      { calls: [fetching("https://x.test/"), WORK] },
      DONE,
    ],
  });
  const other = policyOf(recorded, {
    url_allowlist: ["x.test"],
    tool_registry: { allowed: ["work"], denied: [] },
  });
  assertEquals(told(redecide(recorded, other).flips), [
    { seq: 3, tool: "work", was: "url_allowlist", is: "allow" },
    { seq: 4, tool: "echo", was: "allow", is: "tool_registry" },
    { seq: 11, tool: "work", was: "url_allowlist", is: "allow" },
  ]);
});

/** A run that was told of denials until its policy had enough. */
const DENIED_TWICE: Rehearsal = {
  policy: {
    on_deny: "continue",
    loop_budget: { max_iterations: 10, max_denials: 1 },
  },
  script: [{ calls: [{ tool: "rm" }, { tool: "rm" }] }],
};

for (
  const { name, other, want } of [
    { name: "as many", other: {}, want: [] },
    {
      name: "more",
      other: { loop_budget: { max_iterations: 10, max_denials: 2 } },
      want: [{ seq: 5, tool: null, was: "loop_budget", is: "allow" }],
    },
    {
      name: "none, for any limit",
      other: {
        on_deny: "terminate",
        loop_budget: { max_iterations: 10, max_denials: 5 },
      },
      want: [],
    },
    {
      name: "ten, as when a policy does not say",
      other: { loop_budget: { max_iterations: 10 } },
      want: [{ seq: 5, tool: null, was: "loop_budget", is: "allow" }],
    },
  ]
) {
  Deno.test(`redecide() of a run with too many denials under a policy that lets it survive ${name}`, async () => {
    const recorded = await rehearse(DENIED_TWICE);
    const { flips } = redecide(recorded, policyOf(recorded, other));
    assertEquals(told(flips), want);
  });
}

Deno.test("redecide() treats the call after a denied redirect as a new one", async () => {
  const recorded = await rehearse({
    ...REHEARSALS.redirected_elsewhere_and_told(),
    script: [{ calls: [fetching("https://fixtures.local/a"), ECHO] }, DONE],
  });
  assertEquals(told(redecide(recorded, policyOf(recorded)).flips), []);
  const other = policyOf(recorded, {
    tool_registry: { allowed: ["work"], denied: ["echo"] },
  });
  assertEquals(told(redecide(recorded, other).flips), [
    { seq: 8, tool: "echo", was: "allow", is: "tool_registry" },
  ]);
});

Deno.test("redecide() counts what a person rejected as a denial", async () => {
  const recorded = await rehearse({
    policy: {
      on_deny: "continue",
      loop_budget: { max_iterations: 10, max_denials: 1 },
    },
    script: [{ calls: [WORK, { tool: "rm" }] }],
    rules: [ASKS_A_PERSON],
    approver: inTurn({ approver: "ada", verdict: "rejected" }),
  });
  assertEquals(
    told(redecide(recorded, policyOf(recorded)).flips),
    // The policy itself asks no one, so there is no rejection.
    [
      { seq: 3, tool: "work", was: "approval", is: "allow" },
      { seq: 5, tool: "work", was: "approval", is: "allow" },
    ],
  );
});

Deno.test("redecide() judges again what a person rejected, as rejected", async () => {
  const recorded = await rehearse({
    policy: { escalate: ASKED, on_deny: "continue" },
    script: [{ calls: [WORK, ECHO] }, DONE],
    approver: inTurn({ approver: "ada", verdict: "rejected" }),
  });
  for (
    const { other, want } of [
      { other: {}, want: [] },
      {
        other: { escalate: [{ tools: ["work"], reason: "another" }] },
        want: [],
      },
      {
        other: {
          tool_registry: { allowed: ["echo"], denied: ["work"] },
          escalate: [],
        },
        want: [[3, "escalate", "deny", "tool_registry"]],
      },
      {
        other: { escalate: [] },
        want: [
          [3, "escalate", "allow", null],
          [5, "deny", "allow", null],
        ],
      },
      {
        // The answer was on one call; the next one has none.
        other: { escalate: [{ tools: ["work", "echo"], reason: "any" }] },
        want: [[6, "allow", "escalate", "approval"]],
      },
    ]
  ) {
    const { decisions, flips } = redecide(recorded, policyOf(recorded, other));
    assertEquals(decisions, 3);
    assertEquals(
      flips.map(({ seq, was, is }) => [
        seq,
        was.decision,
        is.decision,
        is.rule_id,
      ]),
      want,
    );
  }
});

Deno.test("redecide() judges again what a person approved, as approved", async () => {
  const recorded = await rehearse({
    script: [{ calls: [WORK, ECHO] }, DONE],
    rules: [ASKS_A_PERSON],
    approver: inTurn({ approver: "ada", verdict: "approved" }),
  });
  const other = policyOf(recorded, {
    tool_registry: { allowed: ["echo"], denied: ["work"] },
  });
  assertEquals(
    redecide(recorded, other).flips.map(({ seq, was, is }) => [
      seq,
      was.decision,
      is.decision,
    ]),
    [[3, "escalate", "deny"], [5, "allow", "deny"]],
  );
  // The call after it is another one.
  assertEquals(
    told(redecide(recorded, policyOf(recorded)).flips),
    [{ seq: 3, tool: "work", was: "approval", is: "allow" }],
  );
});

/** A run whose tool `echo` reads what its argument names, as it was looked up then. */
async function reading(facts: Omit<RecordedPath, "path">) {
  const recorded = await rehearse({ script: [{ calls: [ECHO] }, DONE] });
  return recorded.map((event): RunEvent => {
    if (event.type === "run_started") {
      const tools = event.tools.map((tool) => ({
        ...tool,
        effects: { fetches: [], reads: ["text"], writes: [] },
      }));
      return { ...event, tools };
    }
    if (event.type !== "policy_checked") return event;
    return {
      ...event,
      facts: { args_error: null, paths: [{ path: "hi", ...facts }], hosts: [] },
    };
  });
}

const INSIDE: Omit<RecordedPath, "path"> = {
  resolved: "<sandbox>/hi",
  inside: true,
  via_link: false,
  dotdot_after_link: false,
  special: false,
  hard_linked: false,
};

for (
  const { name, facts, flips } of [
    { name: "in the sandbox", facts: INSIDE, flips: 0 },
    {
      name: "outside",
      facts: { ...INSIDE, resolved: "<outside>", inside: false },
      flips: 1,
    },
    {
      name: "to what has two names",
      facts: { ...INSIDE, hard_linked: true },
      flips: 1,
    },
    {
      name: "by a link and back",
      facts: { ...INSIDE, via_link: true, dotdot_after_link: true },
      flips: 1,
    },
  ]
) {
  Deno.test(`redecide() takes it from the record that a path led ${name}`, async () => {
    const recorded = await reading(facts);
    const found = redecide(recorded, policyOf(recorded)).flips;
    assertEquals(
      told(found),
      flips === 0
        ? []
        : [{ seq: 3, tool: "echo", was: "allow", is: "sandbox_path" }],
    );
  });
}

Deno.test("redecide() denies a path without facts on record", async () => {
  const recorded = (await reading(INSIDE)).map((event): RunEvent =>
    event.type === "policy_checked"
      ? { ...event, facts: { args_error: null, paths: [], hosts: [] } }
      : event
  );
  assertEquals(told(redecide(recorded, policyOf(recorded)).flips), [
    { seq: 3, tool: "echo", was: "allow", is: "sandbox_path" },
  ]);
});

for (
  const { range, want } of [
    { range: "unicast", want: [] },
    {
      range: "private",
      want: [{ seq: 3, tool: "work", was: "allow", is: "url_allowlist" }],
    },
  ]
) {
  Deno.test(`redecide() takes it from the record that an address is ${range}`, async () => {
    const recorded = (await rehearse(REHEARSALS.public_address()))
      .map((event): RunEvent =>
        event.type !== "policy_checked" || event.facts === null ? event : {
          ...event,
          facts: {
            ...event.facts,
            hosts: event.facts.hosts.map(({ host, addresses }) => ({
              host,
              addresses: addresses.map(({ address }) => ({ address, range })),
            })),
          },
        }
      );
    assertEquals(
      told(redecide(recorded, policyOf(recorded)).flips),
      want,
    );
  });
}

Deno.test("redecide() takes a tool for nothing more than its name", async () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    const recorded = await rehearse({
      policy: { on_deny: "continue" },
      script: [{ calls: [{ tool: name }] }, DONE],
    });
    const other = policyOf(recorded, {
      tool_registry: { allowed: [name, "echo"], denied: [] },
    });
    // Allowed by name, it still has no schema.
    assertEquals(redecide(recorded, other), { decisions: 1, flips: [] });
  }
});

Deno.test("redecide() judges a run that broke off as far as it goes", async () => {
  const recorded = await rehearse(REHEARSALS.denied_call_and_told());
  const other = policyOf(recorded, {
    tool_registry: { allowed: [], denied: ["echo"] },
  });
  for (let length = 1; length <= recorded.length; length++) {
    const part = recorded.slice(0, length);
    const count = part.filter(({ type }) => type === "policy_checked").length;
    const { decisions, flips } = redecide(part, other);
    assertEquals([decisions, flips.length], [count, Math.max(0, count - 1)]);
  }
});

Deno.test("redecide() refuses what no run begins with", async () => {
  const recorded = await rehearse({});
  const policy = policyOf(recorded);
  for (const part of [[], recorded.slice(1)]) {
    assertThrows(
      () => redecide(part, policy),
      RangeError,
      "Cannot judge a record again",
    );
  }
});
