import { z } from "../../deps.ts";
import { fetchTool } from "../../tools/fetch.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { HostileCase } from "./cases.ts";
import { gateOpener, noPaths } from "./gates.ts";
import { policyWith } from "./policy.ts";
import type { Trial } from "./trial.ts";

const schema = z.object({
  policy: z.object({
    hosts: z.array(z.string()),
    host_ports: z.array(z.string()),
  }),
});

/** `input` is the URL that the tool `fetch` is asked to get. */
export function urlTrial({ input, context }: HostileCase): Trial {
  const { hosts, host_ports } = schema.parse(context).policy;
  const policy = policyWith({ url_allowlist: [...hosts, ...host_ports] });
  const tools = toolRegistry([fetchTool({
    fetch: () =>
      Promise.resolve({ status: 200, headers: new Headers(), body: null }),
  })]);
  return {
    open: gateOpener({ policy: policy.document, tools, inspect: noPaths }),
    calls: [{ tool: "fetch", args_json: JSON.stringify({ url: input }) }],
    tools,
  };
}
