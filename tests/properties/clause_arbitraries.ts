import fc from "fast-check";
import type { Condition } from "../../policy/conditions/condition.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import type { Label } from "../../tools/label.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { PathFacts } from "../../tools/sandbox/sandbox.ts";
import { recordedTool } from "../hostile/recorded_tool.ts";

/** The sections of a policy that have clauses. */
export type Sections = Required<
  Pick<
    PolicyDocument,
    "deny" | "require" | "escalate" | "call_limits" | "flow"
  >
>;

/** A call that is proposed, and what it would return. */
export interface Step {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: Json;
  /** Seconds that pass before it. */
  readonly pause: number;
}

function tool(
  name: string,
  effects: ToolDefinition["effects"],
  labels: readonly Label[],
): ToolDefinition {
  return { ...recordedTool(name), effects, labels };
}

/** A tool for each effect and each label. */
export const CLAUSE_TOOLS: ReadonlyMap<string, ToolDefinition> = new Map([
  tool("open", { reads: ["path"] }, ["private"]),
  tool("get", { fetches: ["url"] }, ["untrusted"]),
  tool("pay", {}, ["sink"]),
].map((each) => [each.name, each]));

const NAMES = [...CLAUSE_TOOLS.keys()];

/** A disk on which `link/` leads to `secret/`. */
export function inspectPlace(path: string): PathFacts {
  return {
    resolved: `<sandbox>/${
      path.replace(/^(?:\.\/)+/, "").replace(/^link(?=\/|$)/, "secret")
        .replace(/\/$/, "")
    }`,
    inside: true,
    viaLink: path.startsWith("link"),
    dotdotAfterLink: false,
    special: false,
    hardLinked: false,
  };
}

/** Texts that clauses name and calls have, in plain letters. */
export const TEXTS = [
  "secret",
  "my secret is out",
  "public",
  "secret/a.md",
  "notes/a.md",
  "a@example.com",
  "a@evil.net",
  "example.com",
  "https://docs.example.com/a",
  "https://api.example.com/v1/a",
  "https://api.example.com/v2/a",
  "select 1",
  "drop table",
  "5",
];
const NUMBERS = [0, 3, 5, 7, 500.5];

const text = fc.constantFrom(...TEXTS);
const part = fc.constantFrom("secret", "a@", "notes/", ".md", "drop", "5");
const number = fc.constantFrom(...NUMBERS);
const scalar = fc.oneof(text, number, fc.boolean());

/** One operator and what it compares with. */
const comparison: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ equals: scalar }),
  fc.record({ not_equals: scalar }),
  fc.record({ one_of: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ not_one_of: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
  fc.record({ starts_with: part }),
  fc.record({ ends_with: part }),
  fc.record({ contains: part }),
  fc.record({
    matches: fc.constantFrom("(?i)secret", "(?i)^[a-z]+$", "(?i)@evil\\.net"),
  }),
  fc.record({ greater_than: number }),
  fc.record({ at_least: number }),
  fc.record({ less_than: number }),
  fc.record({ at_most: number }),
  fc.record({ domain: fc.constantFrom("example.com", "evil.net") }),
  fc.record({
    seen_in: fc.constant(
      [
        "question",
        { tool: "open", at: "$.text" },
        { tool: "open", at: "$.list[*]" },
      ] as const,
    ),
  }),
);

const named: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: comparison },
  {
    weight: 1,
    arbitrary: fc.record({
      glob: fc.constantFrom("secret/**", "notes/*.md", "**"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      url: fc.constantFrom("docs.example.com", "api.example.com/v1/*"),
    }),
  },
  {
    weight: 1,
    arbitrary: comparison.map((each): Condition => ({ each })),
  },
  {
    weight: 1,
    arbitrary: comparison.map((some): Condition => ({ some })),
  },
);

const argument = fc.constantFrom(
  "path",
  "url",
  "to",
  "amount",
  "list",
  "$.list[*]",
  "$..to",
);

/** A condition that is on values, and not on how long they are or whether they are there. */
function leafOn(argument: fc.Arbitrary<string>): fc.Arbitrary<Condition> {
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(argument, named)
        .map(([argument, rest]) => ({ argument, ...rest })),
    },
    {
      weight: 2,
      arbitrary: comparison
        .map((rest): Condition => ({ any_argument: true, ...rest })),
    },
  );
}

const onRun: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ after: fc.constantFrom("private", "untrusted") }),
  fc.record({
    ran: fc.record({ tools: fc.constant(["open"]), at_least: fc.nat(2) })
      .map(({ tools, at_least }) => ({ tools, at_least: at_least + 1 })),
  }),
);

const sized: fc.Arbitrary<Condition> = fc.tuple(
  argument,
  fc.oneof(
    fc.record({ present: fc.boolean() }),
    fc.record({ longer_than: fc.nat(12) }),
    fc.record({ more_characters_than: fc.nat(12) }),
    fc.record({ fewer_characters_than: fc.nat(12) }),
  ),
).map(([argument, rest]) => ({ argument, ...rest }));

/** Combines conditions, two deep. */
function combined(
  leaf: fc.Arbitrary<Condition>,
): fc.Arbitrary<Condition> {
  const pair = fc.array(leaf, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    { weight: 6, arbitrary: leaf },
    { weight: 1, arbitrary: fc.record({ any: pair }) },
    { weight: 1, arbitrary: fc.record({ all: pair }) },
    { weight: 1, arbitrary: fc.record({ not: leaf }) },
    {
      weight: 1,
      arbitrary: pair.map((any): Condition => ({ not: { any } })),
    },
  );
}

/** Clauses of `deny` and `require`, one or two, most of them on the value of one argument. */
export function sectionsOn(key: string): fc.Arbitrary<Sections> {
  const condition = combined(leafOn(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(key) },
      { weight: 1, arbitrary: argument },
    ),
  ));
  const tools = ["*"];
  const clause = fc.oneof(
    condition.map((each) => ({
      deny: [{ tools, when: [each], reason: "because" }],
      require: [],
    })),
    condition.map((each) => ({
      deny: [],
      require: [{ tools, that: [each] }],
    })),
  );
  return fc.array(clause, { minLength: 1, maxLength: 2 }).map((clauses) =>
    withIds({
      deny: clauses.flatMap(({ deny }) => deny),
      require: clauses.flatMap(({ require }) => require),
      escalate: [],
      call_limits: [],
      flow: [],
    })
  );
}

/** Conditions of every kind. */
export const anyCondition: fc.Arbitrary<Condition> = combined(
  fc.oneof(
    { weight: 5, arbitrary: leafOn(argument) },
    { weight: 1, arbitrary: onRun },
    { weight: 1, arbitrary: sized },
  ),
);

const tools = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES).map((name) => [name]) },
  { weight: 1, arbitrary: fc.constant(["*"]) },
);
const label = fc.constantFrom<Label>("private", "untrusted", "sink");
const reason = fc.constant("because");

/** Clauses of every section, each condition one of those given; every clause has an id of its own. */
export function sectionsOf(
  condition: fc.Arbitrary<Condition>,
): fc.Arbitrary<Sections> {
  const conditions = fc.array(condition, { minLength: 1, maxLength: 2 });
  const some = <T>(clause: fc.Arbitrary<T>) =>
    fc.array(clause, { maxLength: 3 });
  return fc.record({
    deny: some(fc.record({ tools, when: conditions, reason })),
    require: some(
      fc.record({
        tools,
        that: conditions,
        otherwise: fc.constantFrom<"deny" | "escalate">("deny", "escalate"),
      }),
    ),
    escalate: some(fc.record({ tools, when: conditions, reason })),
    call_limits: some(
      fc.record({
        tools,
        max_calls: fc.integer({ min: 1, max: 3 }),
        per_seconds: fc.constantFrom(undefined, 10),
      }),
    ),
    flow: some(
      fc.record({
        after: fc.uniqueArray(label, { minLength: 1, maxLength: 2 }),
        before: label,
        effect: fc.constantFrom<"deny" | "escalate">("deny", "escalate"),
        reason,
      }),
    ),
  }).map(withIds);
}

function withIds(sections: Sections): Sections {
  const named = <T extends object>(section: string, clauses: readonly T[]) =>
    clauses.map((clause, index) => ({ ...clause, id: `${section}-${index}` }));
  return {
    deny: named("deny", sections.deny),
    require: named("require", sections.require),
    escalate: named("escalate", sections.escalate),
    call_limits: named("limit", sections.call_limits),
    flow: named("flow", sections.flow),
  };
}

/** Arguments in plain spelling, most of which fit the tools. */
export const plainArgs: fc.Arbitrary<JsonObject> = fc.record(
  {
    path: fc.constantFrom("secret/a.md", "notes/a.md", "link/a.md", "secret"),
    url: fc.constantFrom(
      "https://docs.example.com/a",
      "https://api.example.com/v1/a",
      "https://api.example.com/v2/a",
    ),
    to: text,
    amount: number,
    list: fc.array(fc.oneof(text, number), { maxLength: 3 }),
    deep: fc.record({ to: text }),
  },
  { requiredKeys: [] },
).map((args): JsonObject => ({ ...args }));

/** Calls of a run, one after the other. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    tool: fc.constantFrom(...NAMES),
    args: plainArgs,
    result: fc.oneof(
      fc.record({ text }),
      fc.record({ list: fc.array(text) }),
    ),
    pause: fc.nat(8),
  }),
  { minLength: 1, maxLength: 4 },
);
