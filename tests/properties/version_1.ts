import fc from "fast-check";
import type { Condition } from "../../policy/conditions/condition.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { gateOpener } from "../hostile/gates.ts";
import { policyWith } from "../hostile/policy.ts";
import { CLAUSE_TOOLS, inspectPlace, plainArgs } from "./clause_arbitraries.ts";
import { property } from "./property.ts";

const BASE = policyWith({}).document;
const HOSTS = ["docs.example.com", "api.example.com", "evil.net"];
const NAMES = [...CLAUSE_TOOLS.keys(), "none"];

/** What a policy of version 1 could say before it had clauses. */
interface FirstPolicy {
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
  readonly hosts: readonly string[];
  readonly escalate: readonly {
    readonly tools: readonly string[];
    readonly when?: readonly (Condition & { readonly argument: string })[];
    readonly reason: string;
  }[];
}

const operator: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    equals: fc.constantFrom("secret", "notes/a.md", "a@evil.net", 5, true),
  }),
  fc.record({ starts_with: fc.constantFrom("secret", "a@", "notes") }),
  fc.record({ contains: fc.constantFrom("secret", "drop", "evil") }),
  fc.record({ greater_than: fc.constantFrom(0, 5) }),
  fc.record({ longer_than: fc.constantFrom(0, 2, 8) }),
);

const condition = fc.tuple(
  fc.constantFrom("path", "to", "amount", "list"),
  operator,
).map(([argument, rest]) => ({ ...rest, argument }));

const policy: fc.Arbitrary<FirstPolicy> = fc.record({
  allowed: fc.subarray(NAMES),
  denied: fc.subarray(NAMES, { maxLength: 1 }),
  hosts: fc.subarray(HOSTS),
  escalate: fc.array(
    fc.record(
      {
        tools: fc.subarray(NAMES, { minLength: 1 }),
        when: fc.array(condition, { minLength: 1, maxLength: 2 }),
        reason: fc.constant("because"),
      },
      { requiredKeys: ["tools", "reason"] },
    ),
    { maxLength: 3 },
  ),
});

/** What the language meant then, of calls in plain spelling, written down once more. */
function meantThen(
  { allowed, denied, hosts, escalate }: FirstPolicy,
  { tool, args }: { readonly tool: string; readonly args: JsonObject },
): string {
  if (!CLAUSE_TOOLS.has(tool)) return "deny tool_registry";
  if (!allowed.includes(tool) || denied.includes(tool)) {
    return "deny tool_registry";
  }
  const { url } = args;
  if (tool === "get" && typeof url === "string") {
    if (!hosts.includes(new URL(url).hostname)) return "deny url_allowlist";
  }
  const asks = escalate.some(({ tools, when = [] }) =>
    tools.includes(tool) && when.every((each) => heldThen(each, tool, args))
  );
  return asks ? "escalate approval" : "allow null";
}

/** Whether a condition held of its argument, or of the place where the path leads. */
function heldThen(
  condition: Condition & { readonly argument: string },
  tool: string,
  args: JsonObject,
): boolean {
  const value = args[condition.argument];
  const { equals, starts_with, contains, greater_than, longer_than } =
    condition;
  if (equals !== undefined && typeof value !== typeof equals) return true;
  if (greater_than !== undefined) {
    return typeof value !== "number" || value > greater_than;
  }
  if (longer_than !== undefined && typeof value !== "string") {
    return !Array.isArray(value) || value.length > longer_than;
  }
  if (typeof value !== "string") {
    return equals === undefined || value === equals;
  }
  // A text is a path where one is spelled so, whatever the argument.
  const isPath = tool === "open" && value === args.path;
  return [value, ...isPath ? placesOf(value) : []].some((text) =>
    equals !== undefined
      ? text === equals
      : starts_with !== undefined
      ? text.startsWith(starts_with)
      : longer_than !== undefined
      ? text.length > longer_than
      : text.includes(contains ?? "")
  );
}

function placesOf(path: string): readonly string[] {
  const { resolved } = inspectPlace(path);
  const place = resolved.replace("<sandbox>/", "");
  return [place, `./${place}`, `/${place}`, resolved]
    .flatMap((each) => [each, `${each}/`]);
}

export const VERSION_1_PROPERTIES = [
  property(
    "a policy of version 1 without clauses decides as it did before there were any",
    fc.property(
      policy,
      fc.record({ tool: fc.constantFrom(...NAMES), args: plainArgs }),
      (first, call) => {
        const { allowed, denied, hosts, escalate } = first;
        const gate = gateOpener({
          policy: {
            ...BASE,
            tool_registry: { allowed, denied },
            url_allowlist: hosts,
            escalate,
          },
          tools: CLAUSE_TOOLS,
          inspect: inspectPlace,
        })();
        const { effect, rule } = gate.judge(
          gate.propose({
            tool: call.tool,
            args_json: JSON.stringify(call.args),
          }),
        );
        return `${effect} ${rule}` === meantThen(first, call);
      },
    ),
  ),
];
