import { assertEquals } from "@std/assert";
import { loadPolicy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { loadTask } from "../../tasks/task.ts";
import { STANDARD_TOOL_NAMES } from "../../tools/standard_tools.ts";
import {
  toolNameHints,
  toolsInPolicy,
  toolsInTask,
} from "./tool_name_hints.ts";

const known = STANDARD_TOOL_NAMES;

for (
  const { from, to, want } of [
    {
      from: /allowed: .*/,
      to: "allowed: [serach, fetch]",
      want: [
        'p.yaml: tool_registry.allowed[0]: no tool is called "serach"; did you mean "search"?',
      ],
    },
    {
      from: /denied: .*/,
      to: "denied: [shell, wirte]",
      want: [
        'p.yaml: tool_registry.denied[1]: no tool is called "wirte"; did you mean "write"?',
      ],
    },
    {
      from: /allowed: .*/,
      to: "allowed: [fs.read, crm/search, shell]",
      want: [],
    },
    { from: /allowed: .*/, to: "allowed: [research, rewrite_all]", want: [] },
    { from: "version: 1", to: "version: 1", want: [] },
  ]
) {
  Deno.test(`toolNameHints() looks for misspelled tools in a policy with ${to}`, () => {
    const { document } = loadPolicy(policyText.replace(from, to), "p.yaml");
    assertEquals(
      toolNameHints("p.yaml", { named: toolsInPolicy(document), known }),
      want,
    );
  });
}

Deno.test("toolNameHints() names a misspelled tool of a policy once", () => {
  const text = policyText.replace(/allowed: .*/, "allowed: [raed]") +
    "escalate: [{ tools: [raed], reason: ask }]\n";
  const { document } = loadPolicy(text, "p.yaml");
  const named = toolsInPolicy(document);
  assertEquals(named.filter(({ name }) => name === "raed").length, 2);
  assertEquals(toolNameHints("p.yaml", { named, known }).length, 1);
});

Deno.test("toolNameHints() looks for misspelled tools in a task, and lets nothing be obeyed", () => {
  const { document } = loadTask(
    `id: small
question: What is there?
script:
  - calls: [{ tool: read }, { tool: raed }]
  - calls: [{ tool: "wri\\te" }, { tool: shell }]
  - answer: Nothing.
expect:
  terminal_reason: final_answer
  decisions:
    - { decision: deny, rule_id: tool_registry }
    - { decision: deny, rule_id: tool_registry, tool: fecth }
`,
    "t.yaml",
  );
  assertEquals(
    toolNameHints("t\n.yaml", { named: toolsInTask(document), known }),
    [
      't\\u{000a}.yaml: script[0].calls[1].tool: no tool is called "raed"; did you mean "read"?',
      't\\u{000a}.yaml: script[1].calls[0].tool: no tool is called "wri\\u{0009}e"; did you mean "write"?',
      't\\u{000a}.yaml: expect.decisions[1].tool: no tool is called "fecth"; did you mean "fetch"?',
    ],
  );
});
