import { z } from "../../deps.ts";
import { fetchTool } from "../../tools/fetch.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { HostileCase } from "./cases.ts";
import { gateOpener, noPaths } from "./gates.ts";
import { policyWith } from "./policy.ts";
import type { Trial } from "./trial.ts";

const schema = z.object({
  when: z.array(z.record(z.string(), z.string())),
});

/** `input` is the URL that the tool `fetch` is asked to get, which `when` may leave to a person. */
export function escalationTrial({ input, context }: HostileCase): Trial {
  const { when } = schema.parse(context);
  const policy = policyWith({
    url_allowlist: ["api.example.com"],
    escalate: [{ tools: ["fetch"], when, reason: "it is for a person to say" }],
  });
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
