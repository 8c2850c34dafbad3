import { assertEquals } from "@std/assert";
import { policyPlaces } from "./policy_places.ts";

const POLICY = `version: 1

# Which tools.
tool_registry:
  allowed: [read,
    write]
  denied: []

# Hosts.
url_allowlist: [a.test]
loop_budget:
  max_iterations: 10

deny:
  - id: cards
    tools: [write]

    when:
      - { argument: content, matches: x }
  # The other one.
  - tools: [read]
`;

Deno.test("policyPlaces() finds sections, what they hold, and clauses by place and id", () => {
  assertEquals(policyPlaces(POLICY), {
    version: [1, 1],
    tool_registry: [4, 7],
    "tool_registry.allowed": [5, 6],
    "tool_registry.denied": [7, 7],
    url_allowlist: [10, 10],
    "url_allowlist[0]": [10, 10],
    loop_budget: [11, 12],
    "loop_budget.max_iterations": [12, 12],
    deny: [14, 21],
    "deny[0]": [15, 19],
    cards: [15, 19],
    "deny[1]": [21, 21],
  });
});

Deno.test("policyPlaces() finds nothing in what is no policy", () => {
  for (const text of ["", "- a", "a: [", "{", "1"]) {
    assertEquals(policyPlaces(text), {});
  }
});
