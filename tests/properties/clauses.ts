import fc from "fast-check";
import type { Decision } from "../../policy/decide.ts";
import { explain } from "../../policy/explanation.ts";
import { openGate } from "../../policy/gate.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import { policyWith } from "../hostile/policy.ts";
import {
  anyCondition,
  CLAUSE_TOOLS,
  inspectPlace,
  plainArgs,
  type Sections,
  sectionsOf,
  sectionsOn,
  type Step,
  steps,
} from "./clause_arbitraries.ts";
import { property } from "./property.ts";

const BASE: PolicyDocument = policyWith({
  tool_registry: { allowed: [...CLAUSE_TOOLS.keys()], denied: [] },
  url_allowlist: ["docs.example.com", "api.example.com"],
}).document;

const NO_LINES = new Map<string, number>();
const QUESTION = "Pay a@example.com, and tell me what notes/a.md says.";

/** What is judged of each call of a run, all of which begin, whatever is said. */
function judgements<T>(
  sections: Sections,
  steps: readonly Step[],
  judge: (
    gate: ReturnType<typeof openGate>,
    proposal: ReturnType<ReturnType<typeof openGate>["propose"]>,
    policy: PolicyDocument,
  ) => T,
): readonly T[] {
  const policy = { ...BASE, ...sections };
  let nowMs = 0;
  const gate = openGate({
    policy,
    tools: CLAUSE_TOOLS,
    rules: callRules(policy),
    inspect: inspectPlace,
    nowMs: () => nowMs,
  });
  gate.question(QUESTION);
  return steps.map(({ tool, args, result, pause }, index) => {
    nowMs += 1000 * pause;
    const proposal = gate.propose({ tool, args_json: JSON.stringify(args) });
    const judged = judge(gate, proposal, policy);
    gate.begin(proposal);
    gate.result(result, { tool, seq: index + 1 });
    return judged;
  });
}

function decisions(
  sections: Sections,
  steps: readonly Step[],
): readonly Decision[] {
  return judgements(
    sections,
    steps,
    (gate, proposal) => gate.judge(proposal),
  );
}

/** The verdict, and the set of clauses that ask. */
function verdict(decision: Decision): string {
  if (decision.effect !== "escalate") return decision.effect;
  return decision.asked.map(({ clause }) => clause).toSorted().join(" ");
}

/** A list in another order. */
function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}

const twoOrders = sectionsOf(anyCondition).chain((one) =>
  fc.record({
    one: fc.constant(one),
    other: fc.record({
      deny: shuffled(one.deny),
      require: shuffled(one.require),
      escalate: shuffled(one.escalate),
      call_limits: shuffled(one.call_limits),
      flow: shuffled(one.flow),
    }),
  })
);

const LENIENCY = ["deny", "escalate", "allow"];

/** What some sections say, and what they say with the clauses of others beside theirs. */
function isTightened(
  some: Sections,
  more: Sections,
  steps: readonly Step[],
): boolean {
  const both: Sections = {
    deny: [...some.deny, ...more.deny],
    require: [...more.require, ...some.require],
    escalate: [...some.escalate, ...more.escalate],
    call_limits: [...more.call_limits, ...some.call_limits],
    flow: [...some.flow, ...more.flow],
  };
  const before = decisions(some, steps);
  const after = decisions(both, steps);
  return before.every(({ effect }, index) =>
    LENIENCY.indexOf(after[index]?.effect ?? "") <= LENIENCY.indexOf(effect)
  );
}

const FULL_WIDTH = 0xfee0;

/** Ways to spell a text so that some reader takes it for the plain one. */
const DISGUISES: readonly ((text: string, at: number) => string)[] = [
  (text) => text.toUpperCase(),
  (text, at) => replacedAt(text, at, (each) => each.toUpperCase()),
  (text, at) =>
    replacedAt(
      text,
      at,
      (each) => String.fromCharCode(each.charCodeAt(0) + FULL_WIDTH),
    ),
  (text, at) => replacedAt(text, at, (each) => `\u200b${each}`),
  (text, at) => replacedAt(text, at, (each) => `${each}\u00ad`),
  (text, at) => replacedAt(text, at, (each) => `${each}\ufe0f`),
  (text, at) => replacedAt(text, at, escaped),
  (text, at) =>
    replacedAt(text, at, (each) => escaped(each).replace("%", "%25")),
  (text, at) =>
    replacedAt(text, at, (each) => escaped(each).replace("%", "％")),
];

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function replacedAt(
  text: string,
  at: number,
  spell: (character: string) => string,
): string {
  const index = at % text.length;
  const character = text.charAt(index);
  return character === " "
    ? text
    : text.slice(0, index) + spell(character) + text.slice(index + 1);
}

/** Another value in the place of one: disguised, of another type, or nothing. */
type Change = (value: Json) => Json | undefined;

const respelled: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom(...DISGUISES),
  fc.nat(40),
).map(([disguise, at]) => {
  const change = (value: Json): Json => {
    if (typeof value === "string") return disguise(value, at);
    if (Array.isArray(value)) return value.map(change);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, change(each)]),
    );
  };
  return change;
});

/** Of another type; what it says is still there. */
const retyped: fc.Arbitrary<Change> = fc.constantFrom<Change>(
  (value) => [value],
  (value) => ({ value }),
  (value) => typeof value === "number" ? String(value) : [[value]],
);

const gone: fc.Arbitrary<Change> = fc.constant(() => undefined);

/** The arguments with one changed; `undefined` when nothing is. */
function withChange(
  args: JsonObject,
  key: string,
  change: Change,
): JsonObject | undefined {
  const value = args[key];
  if (value === undefined) return undefined;
  const other = change(value);
  if (JSON.stringify(other) === JSON.stringify(value)) return undefined;
  const { [key]: _, ...rest } = args;
  return other === undefined ? rest : { ...rest, [key]: other };
}

const KEYS = ["path", "url", "to", "amount", "list", "deep"];

/**
 * Whether a call that is denied or asked about is still so when one of its
 * arguments is changed.
 */
function isNoHelp(
  sections: Sections,
  { step, key, change }: {
    readonly step: Step;
    readonly key: string;
    readonly change: Change;
  },
): boolean {
  const args = withChange(step.args, key, change);
  if (args === undefined) return true;
  const [plain] = decisions(sections, [step]);
  if (plain?.effect === "allow") return true;
  const [changed] = decisions(sections, [{ ...step, args }]);
  return changed?.effect !== "allow";
}

const step = fc.record({
  tool: fc.constantFrom(...CLAUSE_TOOLS.keys()),
  args: plainArgs,
  result: fc.constant(null),
  pause: fc.constant(0),
});

/** An argument, and clauses that are mostly about it; not of `escalate`, whose first conditions look at one spelling. */
function clausesOnOneOf(...keys: readonly string[]) {
  return fc.constantFrom(...keys).chain((key) =>
    fc.record({ key: fc.constant(key), sections: sectionsOn(key) })
  );
}

/** What is said of several values together is not said of one that is left out. */
function saysOfSeveral(sections: Sections): boolean {
  return /any_argument|\$\.\./.test(JSON.stringify(sections));
}

/** Operators for which a list, or a text, is not the wrong type. */
const LIST_OPERATORS = ["each", "some"];

/** Whether a change of type would make a value of the wrong type one of the right type. */
function mendsType(sections: Sections, key: string): boolean {
  return conditionsIn([sections.deny, sections.require]).some((condition) =>
    "argument" in condition && condition.argument === key &&
    (key === "amount"
      ? !Object.values(condition).flat().some((each) =>
        typeof each === "number"
      )
      : LIST_OPERATORS.some((name) => name in condition))
  );
}

/** Every object in a value, itself included. */
function conditionsIn(value: unknown): readonly object[] {
  return typeof value === "object" && value !== null
    ? [value, ...Object.values(value).flatMap(conditionsIn)]
    : [];
}

/** Whether what is explained of a call is what is decided. */
function isExplained(
  { effect, rule, metadata, ...rest }: Decision,
  { decision, clauses }: ReturnType<typeof explain>,
): boolean {
  if (decision.effect !== effect || decision.rule !== rule) return false;
  const objecting = new Set(
    clauses.filter(({ objects }) => objects).map(({ id, place }) =>
      id ?? place
    ),
  );
  if (effect === "allow") return objecting.size === 0;
  if (effect === "deny") {
    return metadata.clause === undefined ||
      objecting.has(String(metadata.clause));
  }
  return "asked" in rest &&
    rest.asked.every(({ clause }) => objecting.has(clause)) &&
    objecting.size === rest.asked.length;
}

export const CLAUSE_PROPERTIES = [
  property(
    "clauses that swap places change no verdict and no set of clauses that ask",
    fc.property(twoOrders, steps, ({ one, other }, steps) => {
      const [first, second] = [one, other].map((sections) =>
        decisions(sections, steps).map(verdict).join("; ")
      );
      return first === second;
    }),
  ),
  property(
    "one more clause allows nothing more",
    fc.property(
      sectionsOf(anyCondition),
      sectionsOf(anyCondition),
      steps,
      isTightened,
    ),
  ),
  property(
    "no other spelling of an argument helps a call",
    fc.property(
      clausesOnOneOf(...KEYS),
      step,
      respelled,
      ({ key, sections }, step, change) =>
        // Spelled otherwise, a link is another file.
        step.args.path === "link/a.md" ||
        isNoHelp(sections, { step, key, change }),
    ),
  ),
  property(
    "no other type of an argument helps a call",
    fc.property(
      clausesOnOneOf("path", "url", "to", "amount"),
      step,
      retyped,
      ({ key, sections }, step, change) =>
        mendsType(sections, key) || isNoHelp(sections, { step, key, change }),
    ),
  ),
  property(
    "leaving an argument out helps no call",
    fc.property(
      clausesOnOneOf(...KEYS),
      step,
      gone,
      ({ key, sections }, step, change) =>
        saysOfSeveral(sections) || isNoHelp(sections, { step, key, change }),
    ),
  ),
  property(
    "what is explained of a call is what is decided",
    fc.property(
      sectionsOf(anyCondition),
      steps,
      (sections, steps) =>
        judgements(sections, steps, (gate, proposal, policy) => {
          const rules = callRules(policy);
          const explained = explain(proposal, {
            policy,
            rules,
            lines: NO_LINES,
          });
          return isExplained(gate.judge(proposal), explained);
        }).every((each) => each),
    ),
  ),
];
