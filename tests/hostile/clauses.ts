import { join, z } from "../../deps.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import { type Gate, openGate } from "../../policy/gate.ts";
import type { Proposal } from "../../policy/rule.ts";
import type { Json, JsonObject } from "../../tools/data/json.ts";
import type { Label } from "../../tools/label.ts";
import type { Effects, Tool } from "../../tools/tool.ts";
import type { HostileCase } from "./cases.ts";
import type { ClauseCall } from "./clause_cases.ts";
import { type Outcome, stopped } from "./outcome.ts";
import { policyWith } from "./policy.ts";
import { recordedTool } from "./recorded_tool.ts";

const json = z.json();
const object: z.ZodMiniType<JsonObject> = z.record(z.string(), json);

const call: z.ZodMiniType<ClauseCall> = z.object({
  tool: z.string(),
  args: object,
  result: z.optional(json),
  isRedirect: z.optional(z.boolean()),
  pause: z.optional(z.number()),
});

const schema = z.object({
  sections: object,
  question: z.optional(z.string()),
  before: z.optional(z.array(call)),
});

function tool(
  name: string,
  effects: Effects,
  labels: readonly Label[],
): readonly [string, Tool] {
  return [name, { ...recordedTool(name), effects, labels }];
}

/** A tool for each effect and each label; they take any arguments. */
const TOOLS = new Map([
  tool("open", { reads: ["path"] }, ["private"]),
  tool("get", { fetches: ["url"] }, ["untrusted"]),
  tool("pay", {}, ["sink"]),
]);

/** A gate with a clock that one sets. */
interface Prepared {
  readonly gate: Gate;
  wait(seconds: number): void;
}

function prepared({ context }: HostileCase): Prepared {
  const { sections, question = "What now?" } = schema.parse(context);
  const { document: policy, lines } = policyWith({
    tool_registry: { allowed: [...TOOLS.keys()], denied: [] },
    url_allowlist: ["docs.example.com"],
    ...sections,
  });
  let nowMs = 0;
  const gate = openGate({
    policy,
    tools: TOOLS,
    rules: callRules(policy, lines),
    nowMs: () => nowMs,
    inspect: (path) => ({
      resolved: join("<sandbox>", path),
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
  });
  gate.question(question);
  return { gate, wait: (seconds) => void (nowMs += 1000 * seconds) };
}

/** `input` is a call, which is judged after those `before` it have begun. */
export function playClause(hostile: HostileCase): Promise<Outcome> {
  const { before = [] } = schema.parse(hostile.context);
  const { gate, wait } = prepared(hostile);
  let last: Proposal | undefined;

  function propose({ tool, args, isRedirect, pause = 0 }: ClauseCall) {
    wait(pause);
    return isRedirect === true && last !== undefined
      ? gate.redirect(last, args)
      : gate.propose({ tool, args_json: JSON.stringify(args) });
  }

  for (const [index, each] of before.entries()) {
    const proposal = propose(each);
    const { effect, reason } = gate.judge(proposal);
    if (effect !== "allow") {
      throw new Error(`A call before was not allowed: ${reason}`);
    }
    gate.begin(proposal);
    const result: Json = each.result ?? null;
    gate.result(result, { tool: each.tool, seq: index + 1 });
    last = proposal;
  }
  const { effect, rule, reason, metadata } = gate.judge(
    propose(call.parse(hostile.input)),
  );
  return Promise.resolve(
    effect === "allow"
      ? { kind: "allow", rule: null, said: "", ran: 1, leaks: [] }
      : stopped("deny", { rule, said: JSON.stringify({ reason, metadata }) }),
  );
}
