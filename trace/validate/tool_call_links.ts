import type { Findings, TraceFindingCode } from "./findings.ts";
import type { Link, Span } from "./otlp_shape.ts";
import { stringOf } from "./span_attributes.ts";
import { SPAN_CONTRACTS } from "./span_contracts.ts";
import type { SpanTree } from "./span_tree.ts";

interface Problem {
  readonly code: TraceFindingCode;
  readonly message: string;
}

function linkProblem(
  call: Span,
  { check, tree, used }: {
    readonly check: Span;
    readonly tree: SpanTree;
    readonly used: ReadonlySet<Span>;
  },
): Problem | undefined {
  if (check.name !== "policy_check") {
    const message = `Leads to ${check.path}, which is not a policy_check`;
    return { code: "link_role", message };
  }
  const decision = stringOf(check, "agent.policy.decision");
  const isEnforced = !check.attributes.has("agent.policy.enforced");
  if (isEnforced && (decision === "deny" || decision === "escalate")) {
    const message = `Leads to ${check.path}, whose decision is ${decision}`;
    return { code: "link_decision", message };
  }
  if (inOtherStep(call, { check, tree })) {
    const message = `Leads to ${check.path}, which is of another step`;
    return { code: "link_step", message };
  }
  if (forOtherTool(call, check)) {
    const message = `Leads to ${check.path}, which is about another tool`;
    return { code: "link_tool_name", message };
  }
  if (check.end > call.start) {
    const message = `Leads to ${check.path}, which ended after the call began`;
    return { code: "link_check_late", message };
  }
  if (used.has(check)) {
    const message = `Leads to ${check.path}, which allowed another tool_call`;
    return { code: "link_check_reused", message };
  }
}

function inOtherStep(
  call: Span,
  { check, tree }: { readonly check: Span; readonly tree: SpanTree },
): boolean {
  const here = tree.roots.get(call);
  const there = tree.roots.get(check);
  return here?.name === "agent_step" && there?.name === "agent_step" &&
    here !== there;
}

function forOtherTool(call: Span, check: Span): boolean {
  const here = stringOf(call, "agent.tool_name");
  const there = stringOf(check, "agent.tool_name");
  return here !== undefined && there !== undefined && here !== there;
}

/** The one link of a tool_call; complains if there is another number. */
function onlyLink(call: Span, findings: Findings): Link | undefined {
  const [link, extra] = call.links;
  if (link === undefined) {
    const message = "It has no link, so no check allowed it";
    findings.add("tool_call_unlinked", { path: call.path, message });
  } else if (extra !== undefined) {
    const message = `Has ${call.links.length} links instead of one`;
    findings.add("tool_call_many_links", { path: extra.path, message });
    return undefined;
  }
  return link;
}

/** Checks that every tool_call is linked to the check that allowed it. */
export function checkToolCallLinks(
  spans: readonly Span[],
  { tree, findings }: { readonly tree: SpanTree; readonly findings: Findings },
): void {
  const used = new Set<Span>();
  for (const span of spans) {
    if (span.name !== "tool_call") {
      const path = span.links[0]?.path;
      if (path === undefined || !SPAN_CONTRACTS.has(span.name)) continue;
      const message = "Only a tool_call may have a link";
      findings.add("link_not_allowed", { path, message });
      continue;
    }
    const link = onlyLink(span, findings);
    const check = link && tree.byId.get(link.spanId);
    if (link === undefined || check === undefined) continue;
    const problem = linkProblem(span, { check, tree, used });
    if (problem === undefined) {
      used.add(check);
    } else {
      const { code, message } = problem;
      findings.add(code, { path: `${link.path}.spanId`, message });
    }
  }
}
