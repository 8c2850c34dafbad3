/**
 * The files that `init` writes: an agent that is safe as it stands, with tests of it.
 * `program` is the address of this program, for the CI of the folder.
 */
export function starterFiles(program: string): ReadonlyMap<string, string> {
  return new Map([
    ["policy.yaml", POLICY],
    ["task.yaml", TASK],
    ["tools.ts", TOOLS],
    ["policy_test.yaml", POLICY_TEST],
    ["ci.yaml", ci(program)],
  ]);
}

const POLICY = `# What the agent may do. Whatever is not allowed here is denied.
version: 1
on_deny: continue

tool_registry:
  allowed: [ticket_read, ticket_update, write]
  denied: []
url_allowlist: []

deny:
  - id: open-tickets-alone
    tools: [ticket_update]
    when: [{ argument: status, equals: deleted }]
    reason: tickets are closed and not deleted

require:
  - id: drafts-only
    tools: [write]
    that: [{ argument: path, glob: "out/**" }]

sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 20, max_tool_calls: 60, max_parallel: 4 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 }
`;

const TASK = `id: tickets
question: What does ticket 17 say? Close it, and write a draft of an answer.
policy: policy.yaml
# The model of tests; with --llm PROVIDER:MODEL a real one is asked instead.
script:
  - calls: [{ tool: ticket_read, args: { id: "17" } }]
  - calls:
      - { tool: ticket_update, args: { id: "17", status: closed } }
      - { tool: write, args: { path: out/17.md, content: It is on its way. } }
  - answer: Ticket 17 is closed.
expect:
  terminal_reason: final_answer
`;

const TOOLS = `import { z } from "npm:zod@4.6.7";

const tickets = new Map([["17", { status: "open", text: "The parcel is late" }]]);
const id = z.string();

export const ticket_read = {
  description: "Read one ticket",
  args: z.strictObject({ id }),
  effects: {},
  labels: ["untrusted"],
  idempotent: true,
  run: ({ id }: { id: string }) => tickets.get(id) ?? null,
};

export const ticket_update = {
  description: "Change the status of a ticket",
  args: z.strictObject({ id, status: z.enum(["open", "closed", "deleted"]) }),
  effects: {},
  labels: ["sink"],
  run({ id, status }: { id: string; status: string }) {
    const ticket = tickets.get(id);
    if (ticket !== undefined) ticket.status = status;
    return { id, status };
  },
};
`;

const POLICY_TEST = `policy: policy.yaml
tools: tools.ts
cases:
  - name: a ticket may be read
    call: { tool: ticket_read, args: { id: "17" } }
    expect: allow
  - name: a ticket may not be deleted
    call: { tool: ticket_update, args: { id: "17", status: deleted } }
    expect: { decision: deny, rule: argument_rule, clause: open-tickets-alone }
  - name: only drafts may be written
    call: { tool: write, args: { path: notes/a.md, content: "" } }
    expect: { decision: deny, clause: drafts-only }
`;

/** Where a program was started from a folder, CI needs another address. */
function ci(program: string): string {
  return `# Steps for a CI. PROGRAM is where it finds the program: a clone, or a URL with a
# commit or a tag.
env:
  PROGRAM: ${JSON.stringify(program)}
steps:
  - run: deno run --no-prompt --no-lock --allow-read "$PROGRAM" policy validate policy.yaml --tools tools.ts
  - run: deno run --no-prompt --no-lock --allow-read "$PROGRAM" policy test policy_test.yaml
  - run: deno run --no-prompt --no-lock --allow-read --allow-write "$PROGRAM" test task.yaml --tools tools.ts
`;
}
