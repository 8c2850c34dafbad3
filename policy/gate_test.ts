import { assertEquals, assertNotEquals } from "@std/assert";
import { z } from "../deps.ts";
import type { PathFacts } from "../tools/sandbox/sandbox.ts";
import { standardSchema } from "../tools/schema.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import { callRules } from "./rules/call_rules.ts";
import { type GateOptions, openGate } from "./gate.ts";
import { loadPolicy } from "./document/load.ts";
import policyText from "./v1.yaml" with { type: "text" };

const { document } = loadPolicy(policyText, "policy/v1.yaml");

const FILE: PathFacts = {
  resolved: "<sandbox>/a.txt",
  inside: true,
  viaLink: false,
  dotdotAfterLink: false,
  special: false,
  hardLinked: false,
};

function tool(
  name: string,
  { key, effects }: {
    readonly key: string;
    readonly effects: ToolDefinition["effects"];
  },
): ToolDefinition {
  const text = z.union([z.string(), z.array(z.string())]);
  const args = standardSchema(z.strictObject({ [key]: text }));
  return { name, description: "", effects, args };
}

const TOOLS = new Map([
  ["fetch", tool("fetch", { key: "url", effects: { fetches: ["url"] } })],
  ["read", tool("read", { key: "path", effects: { reads: ["path"] } })],
]);

function gate(
  { policy = document, inspect = () => FILE }: Partial<GateOptions> = {},
) {
  return openGate({
    nowMs: () => 0,
    policy,
    tools: TOOLS,
    rules: callRules(policy),
    inspect,
  });
}

const FETCH = {
  tool: "fetch",
  args_json: '{"url":"https://fixtures.local/a"}',
};
const READ = { tool: "read", args_json: '{"path":"a.txt"}' };

Deno.test("openGate() takes a call in with everything that rules look at", () => {
  const { run, ...proposal } = gate().propose(READ);
  assertEquals([run.call, run.labels, run.calls(["*"])], [1, new Map(), 0]);
  assertEquals(proposal, {
    name: "read",
    tool: TOOLS.get("read"),
    args: { ok: true, value: { path: "a.txt" }, canonical: '{"path":"a.txt"}' },
    call_sha256:
      "87e95515244330f301bb25d77ae15a9f13ad710637bf7a3c61b725bf9b801823",
    facts: { paths: new Map([["a.txt", FILE]]), addresses: new Map() },
    redirects: 0,
    repetition: { identical: 1 },
    listing: "first",
  });
});

Deno.test("openGate() takes in a call of a tool that does not exist, and denies it", () => {
  const opened = gate();
  const proposal = opened.propose({ tool: "rm", args_json: "{" });
  assertEquals([proposal.tool, proposal.args.ok], [undefined, false]);
  assertEquals(opened.judge(proposal).rule, "tool_registry");
});

Deno.test("openGate() looks a path up once, however often the call is judged", () => {
  const asked: string[] = [];
  const opened = gate({
    inspect(path) {
      asked.push(path);
      return FILE;
    },
  });
  const proposal = opened.propose({
    tool: "read",
    args_json: '{"path":["a.txt","b.txt","a.txt"]}',
  });
  assertEquals(opened.judge(proposal).effect, "allow");
  const answer = { approver: "ada", verdict: "approved", asked: [] } as const;
  assertEquals(opened.judge(proposal, answer).effect, "allow");
  assertEquals(asked, ["a.txt", "b.txt"]);
});

Deno.test("openGate() judges what was true when the call was taken in", () => {
  let hardLinked = false;
  const opened = gate({ inspect: () => ({ ...FILE, hardLinked }) });
  const proposal = opened.propose(READ);
  hardLinked = true;
  assertEquals(opened.judge(proposal).effect, "allow");
  assertEquals(opened.judge(opened.propose(READ)).rule, "sandbox_path");
});

Deno.test("openGate() denies a path that cannot be looked up", () => {
  const opened = gate({
    inspect() {
      throw new Error("the disk is gone");
    },
  });
  const { effect, rule, reason } = opened.judge(opened.propose(READ));
  assertEquals(
    [effect, rule, reason],
    ["deny", "sandbox_path", "the path cannot be looked up"],
  );
});

Deno.test("openGate() counts proposals of the same call", () => {
  const opened = gate();
  const judged = Array.from({ length: 4 }, () => {
    const proposal = opened.propose(FETCH);
    return [proposal.repetition.identical, opened.judge(proposal).rule];
  });
  assertEquals(judged, [
    [1, null],
    [2, null],
    [3, null],
    [4, "cycle_detection"],
  ]);
});

Deno.test("openGate() counts a redirect as a redirect and as no repetition", () => {
  const opened = gate();
  const first = opened.propose(FETCH);
  const again = opened.redirect(first, { url: "https://fixtures.local/a" });
  assertEquals(again, { ...first, redirects: 1, run: again.run });
  assertEquals(again.run.call, 1);
  const further = opened.redirect(again, { url: "https://fixtures.local/b" });
  assertEquals(
    [further.redirects, further.repetition, further.args.value],
    [2, { identical: 1 }, { url: "https://fixtures.local/b" }],
  );
  assertNotEquals(further.call_sha256, first.call_sha256);
  assertEquals(opened.propose(FETCH).repetition, { identical: 2 });
});

for (
  const { args, rule } of [
    { args: { url: "https://fixtures.local/b" }, rule: null },
    { args: { url: "https://evil.test/" }, rule: "url_allowlist" },
    { args: { url: "http://fixtures.local/b" }, rule: "url_allowlist" },
    { args: { url: "https://a@fixtures.local/" }, rule: "url_allowlist" },
    { args: { url: 5 }, rule: "url_allowlist" },
    { args: { uri: "https://fixtures.local/b" }, rule: "arg_schema" },
    {
      args: { url: "https://fixtures.local/b", method: "POST" },
      rule: "arg_schema",
    },
  ]
) {
  Deno.test(`openGate() judges a redirect to ${JSON.stringify(args)} like a call`, () => {
    const opened = gate();
    const moved = opened.redirect(opened.propose(FETCH), args);
    assertEquals(opened.judge(moved).rule, rule);
  });
}

Deno.test("openGate() looks up the paths of what a call was redirected to", () => {
  const opened = gate({
    inspect: (path) => ({ ...FILE, inside: path === "a.txt" }),
  });
  const moved = opened.redirect(opened.propose(READ), { path: "b.txt" });
  assertEquals([...moved.facts.paths.keys()], ["b.txt"]);
  assertEquals(opened.judge(moved).rule, "sandbox_path");
});

Deno.test("openGate() forgets the addresses of a host that a call was redirected from", () => {
  const opened = gate();
  const first = opened.propose(FETCH);
  const addresses = new Map([["fixtures.local", []]]);
  const known = { ...first, facts: { ...first.facts, addresses } };
  assertEquals(opened.judge(known).rule, "url_allowlist");
  const moved = opened.redirect(known, { url: "https://fixtures.local/b" });
  assertEquals(moved.facts.addresses, new Map());
});

Deno.test("openGate() allows so many redirects as the policy says", () => {
  const opened = gate({ policy: { ...document, fetch: { max_redirects: 1 } } });
  const args = { url: "https://fixtures.local/b" };
  const first = opened.redirect(opened.propose(FETCH), args);
  assertEquals(opened.judge(first).effect, "allow");
  const { rule, metadata } = opened.judge(opened.redirect(first, args));
  assertEquals([rule, metadata], ["url_allowlist", {
    tool: "fetch",
    url: "https://fixtures.local/b",
    host: "fixtures.local",
    redirects: 2,
    max_redirects: 1,
  }]);
});
