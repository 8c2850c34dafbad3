import { z } from "../../deps.ts";
import { addressRange } from "../../policy/rules/address_range.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { agentLoop } from "../../runtime/loop.ts";
import { scriptedLlm } from "../../runtime/llm/scripted_llm.ts";
import { type FetchLike, fetchTool } from "../../tools/fetch.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { idleEnv, longRun } from "../bench/long_run.ts";
import type { HostileCase } from "./cases.ts";
import type { Outcome } from "./outcome.ts";
import { policyWith } from "./policy.ts";

const schema = z.object({
  policy: z.object({
    hosts: z.array(z.string()),
    host_ports: z.array(z.string()),
  }),
  redirects: z._default(z.array(z.string()), []),
  max_redirects: z.optional(z.number()),
  dns: z._default(z.record(z.string(), z.array(z.string())), {}),
});

/** The address of a name that a case does not mention. */
const PUBLIC = ["93.184.216.34"];

/** `input` is the URL that the tool `fetch` is asked to get; the server and the resolver answer as the case says. */
export async function playRedirects(
  { input, context }: HostileCase,
): Promise<Outcome> {
  const { policy: { hosts, host_ports }, redirects, max_redirects, dns } =
    schema.parse(context);
  const policy = policyWith({
    url_allowlist: [...hosts, ...host_ports],
    ...max_redirects === undefined ? {} : { fetch: { max_redirects } },
  });
  const requests: string[] = [];
  const { llm } = scriptedLlm([
    { calls: [{ tool: "fetch", args: { url: String(input) } }] },
    { answer: "done" },
  ]);
  const spec = {
    ...longRun(1),
    policy,
    llm,
    tools: toolRegistry([fetchTool({ fetch: server(redirects, requests) })]),
  };
  const env = {
    ...idleEnv(),
    resolve: ({ hostname }: URL) =>
      Promise.resolve((dns[hostname] ?? PUBLIC).map(addressRange)),
  };
  const events: RunEvent[] = [];
  for await (const event of agentLoop(spec, env)) events.push(event);
  return outcomeOf(events, requests);
}

/** A server that answers request number n with redirect number n, and then with a page. */
function server(
  redirects: readonly string[],
  requests: string[],
): FetchLike {
  return (url) => {
    const location = redirects[requests.length];
    requests.push(url);
    return Promise.resolve(
      location === undefined
        ? { status: 200, headers: new Headers(), body: null }
        : { status: 302, headers: new Headers({ location }), body: null },
    );
  };
}

function outcomeOf(
  events: readonly RunEvent[],
  requests: readonly string[],
): Outcome {
  const denial = events.find((event) =>
    event.type === "policy_checked" && event.decision === "deny"
  );
  const results = events.filter((event) =>
    event.type === "tool_finished" && event.redirect === null
  );
  // Each request was allowed by a check of its own.
  const checks = events.filter((event) =>
    event.type === "policy_checked" && event.decision === "allow"
  );
  return {
    kind: denial === undefined ? "allow" : "deny",
    rule: denial?.type === "policy_checked" ? denial.rule_id : null,
    said: JSON.stringify(denial ?? null),
    ran: results.length,
    leaks: requests.length > checks.length
      ? [`${requests.length - checks.length} requests that were not judged`]
      : [],
  };
}
