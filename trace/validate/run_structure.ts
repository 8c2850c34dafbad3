import type { Findings } from "./findings.ts";
import { oddOnesOut } from "./odd_ones_out.ts";
import { type Span, SPANS_PATH } from "./otlp_shape.ts";
import { attributePath, intOf, stringOf } from "./span_attributes.ts";
import { SPAN_CONTRACTS } from "./span_contracts.ts";
import type { SpanTree } from "./span_tree.ts";

const INDEX = "agent.step_index";
const REASON = "agent.terminal_reason";

/** An agent_step whose step index is known. */
interface Step {
  readonly span: Span;
  readonly index: bigint;
}

/** Checks that every span has a parent of a name that its own name wants. */
export function checkParentRoles(
  spans: readonly Span[],
  { parents, findings }: {
    readonly parents: SpanTree["parents"];
    readonly findings: Findings;
  },
): void {
  for (const span of spans) {
    const wanted = SPAN_CONTRACTS.get(span.name)?.parents;
    const parent = parents.get(span);
    if (wanted === undefined || parent === undefined) continue;
    if (parent === null) {
      if (wanted.length === 0) continue;
      const message = `Needs a parent: ${wanted.join(" or ")}`;
      findings.add("parent_role", { path: span.path, message });
    } else if (
      SPAN_CONTRACTS.has(parent.name) && !wanted.includes(parent.name)
    ) {
      findings.add("parent_role", {
        path: `${span.path}.parentSpanId`,
        message: `${span.name} cannot be a child of ${parent.name}`,
      });
    }
  }
}

/** Checks that all spans belong to the same run. */
export function checkRunId(spans: readonly Span[], findings: Findings): void {
  const ids = spans.flatMap((span) => {
    const value = stringOf(span, "agent.run_id");
    if (value === undefined) return [];
    return [{ value, path: attributePath(span, "agent.run_id") }];
  });
  const { usual, paths } = oddOnesOut(ids);
  const message = `Differs from ${usual}, which most spans have`;
  findings.addOnce("run_id_mixed", { paths, message });
}

/** Lists the agent_steps by step index. */
function sortedSteps(spans: readonly Span[]): readonly Step[] {
  return spans
    .filter(({ name }) => name === "agent_step")
    .flatMap((span) => {
      const index = intOf(span, INDEX);
      return index === undefined ? [] : [{ span, index }];
    })
    .sort((a, b) => a.index < b.index ? -1 : a.index > b.index ? 1 : 0);
}

function checkIndexes(steps: readonly Step[], findings: Findings): void {
  let expected = 1n;
  for (const { span, index } of steps) {
    const path = attributePath(span, INDEX);
    if (index === expected - 1n && index > 0n) {
      const message = `Another agent_step has step index ${index}`;
      findings.add("step_index_duplicate", { path, message });
    } else if (index >= expected) {
      if (index > expected) {
        const message = `Step ${expected} is missing before step ${index}`;
        findings.add("step_index_gap", { path, message });
      }
      expected = index + 1n;
    }
  }
}

function checkTerminalReason(steps: readonly Step[], findings: Findings): void {
  const last = steps.at(-1);
  const bearers = steps.filter(({ span }) => span.attributes.has(REASON));
  const misplaced = bearers
    .filter((step) => step !== last)
    .map(({ span }) => attributePath(span, REASON));
  if (last !== undefined && bearers.length === 0) {
    findings.add("terminal_reason_missing", {
      path: `${last.span.path}.attributes`,
      message: `The last agent_step lacks ${REASON}`,
    });
  }
  const message = `Only the last agent_step may have ${REASON}`;
  findings.addOnce("terminal_reason_misplaced", { paths: misplaced, message });
}

/** Checks step indexes and the terminal reason of the agent_steps. */
export function checkSteps(spans: readonly Span[], findings: Findings): void {
  if (!spans.some(({ name }) => name === "agent_step")) {
    const message = "A run has at least one agent_step";
    findings.add("agent_step_missing", { path: SPANS_PATH, message });
  }
  const steps = sortedSteps(spans);
  checkIndexes(steps, findings);
  checkTerminalReason(steps, findings);
}

/** Checks that every span has the step index of the agent_step above it. */
export function checkStepMembership(
  spans: readonly Span[],
  { roots, findings }: {
    readonly roots: SpanTree["roots"];
    readonly findings: Findings;
  },
): void {
  const strays = new Map<Span, string[]>();
  for (const span of spans) {
    const root = roots.get(span);
    const wanted = root && intOf(root, INDEX);
    const index = intOf(span, INDEX);
    if (root === undefined || wanted === undefined || index === undefined) {
      continue;
    }
    if (index === wanted) continue;
    const paths = strays.get(root) ?? [];
    paths.push(attributePath(span, INDEX));
    strays.set(root, paths);
  }
  for (const [root, paths] of strays) {
    const message = `Differs from step index ${intOf(root, INDEX)} of its step`;
    findings.addOnce("step_index_mismatch", { paths, message });
  }
}
