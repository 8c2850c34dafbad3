/** What `policy init --for run` writes: a policy that is safe as it stands, with what one usually changes next. */
export const RUN_STARTER = `# yaml-language-server: $schema=v1.schema.json
# What an agent may do. Whatever is not allowed here is denied. A denial wins over
# asking a person, and asking over a permission. The order of entries does not matter.
# Check it with: policy validate FILE; try it with: policy test, policy explain.
version: 1

# terminate: a denied call ends the run. continue: the model is told, and goes on.
on_deny: continue

# The tools that may be called, by name, or by the beginning of a name: fs.read_*
tool_registry:
  allowed: [search, fetch, read, write, summarize]
  denied: []

# What is known of tools that are not our own. Without an entry they are denied.
# tools:
#   - match: [mail.send]
#     effects: none            # or fetches, reads, writes: [names of arguments]
#     labels: [sink]           # private, untrusted, sink

# Hosts that may be fetched from: docs.example.com, "*.example.com", api.example.com/v1/*
url_allowlist: []
# unlisted_hosts: escalate     # ask a person instead of denying

# Calls that must not run.
deny:
  - id: card-numbers
    tools: ["*"]
    when: [{ any_argument: true, matches: '\\b(?:\\d[ -]?){13,16}\\b' }]
    reason: a card number may not leave

# What calls must meet; what is unknown counts as not met.
require:
  - tools: [write]
    that: [{ argument: path, glob: "out/**" }]

# Calls that a person must allow.
# escalate:
#   - tools: [mail.send]
#     reason: customers read it

call_limits:
  - { tools: [write], max_calls: 20 }

# Once the run has read something private and something untrusted, ask before anything leaves.
flow:
  - after: [untrusted, private]
    before: sink
    effect: escalate
    reason: it may carry private text out

sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 20, max_tokens: 100000, max_tool_calls: 60 }
cycle_detection: { max_repeats: 3, max_period: 4 }
retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 }
`;
