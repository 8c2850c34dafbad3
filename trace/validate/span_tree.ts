import type { Findings } from "./findings.ts";
import { oddOnesOut } from "./odd_ones_out.ts";
import type { Span } from "./otlp_shape.ts";

/** How the spans of a document are related. */
export interface SpanTree {
  readonly byId: ReadonlyMap<string, Span>;
  /** Each span's parent; null for a root, no entry where it is unsound. */
  readonly parents: ReadonlyMap<Span, Span | null>;
  /** Each span's topmost ancestor; no entry where it cannot be told. */
  readonly roots: ReadonlyMap<Span, Span>;
}

function indexById(
  spans: readonly Span[],
  findings: Findings,
): ReadonlyMap<string, Span> {
  const byId = new Map<string, Span>();
  for (const span of spans) {
    const first = byId.get(span.spanId);
    if (first === undefined) {
      byId.set(span.spanId, span);
    } else {
      findings.add("span_id_duplicate", {
        path: `${span.path}.spanId`,
        message: `Id ${span.spanId} is already that of ${first.path}`,
      });
    }
  }
  return byId;
}

function findParents(
  spans: readonly Span[],
  { byId, findings }: {
    readonly byId: ReadonlyMap<string, Span>;
    readonly findings: Findings;
  },
): Map<Span, Span | null> {
  const parents = new Map<Span, Span | null>();
  const orphans = new Map<string, string[]>();
  for (const span of spans) {
    const { parentSpanId } = span;
    if (parentSpanId === undefined) {
      parents.set(span, null);
      continue;
    }
    const path = `${span.path}.parentSpanId`;
    const parent = byId.get(parentSpanId);
    if (parentSpanId === span.spanId) {
      const message = "A span cannot be its own parent";
      findings.add("parent_self", { path, message });
    } else if (parent !== undefined) {
      parents.set(span, parent);
    } else {
      const paths = orphans.get(parentSpanId) ?? [];
      paths.push(path);
      orphans.set(parentSpanId, paths);
    }
  }
  for (const [id, paths] of orphans) {
    const message = `Names ${id}, which is not in the document`;
    findings.addOnce("parent_missing", { paths, message });
  }
  return parents;
}

/** Finds every span's root; members of a cycle lose their entry in `parents`. */
function findRoots(
  spans: readonly Span[],
  { parents, findings }: {
    readonly parents: Map<Span, Span | null>;
    readonly findings: Findings;
  },
): ReadonlyMap<Span, Span> {
  const roots = new Map<Span, Span | undefined>();
  for (const span of spans) {
    const chain = new Set<Span>();
    let top: Span = span;
    let next: Span | null | undefined = span;
    while (next && !roots.has(next) && !chain.has(next)) {
      chain.add(next);
      top = next;
      next = parents.get(next);
    }
    if (next && chain.has(next)) reportCycle(next, { parents, findings });
    const root = next === null ? top : next && roots.get(next);
    for (const member of chain) roots.set(member, root);
  }
  const sound = new Map<Span, Span>();
  for (const [span, root] of roots) if (root) sound.set(span, root);
  return sound;
}

function reportCycle(
  member: Span,
  { parents, findings }: {
    readonly parents: Map<Span, Span | null>;
    readonly findings: Findings;
  },
): void {
  let length = 0;
  for (let next = member;; length++) {
    const parent = parents.get(next);
    if (!parent) break;
    parents.delete(next);
    next = parent;
  }
  findings.add("parent_cycle", {
    path: `${member.path}.parentSpanId`,
    message: `Leads back to this span in ${length} steps`,
  });
}

function checkTimes(
  spans: readonly Span[],
  { parents, findings }: {
    readonly parents: ReadonlyMap<Span, Span | null>;
    readonly findings: Findings;
  },
): void {
  const outside = new Map<Span, string[]>();
  for (const span of spans) {
    if (span.end < span.start) {
      findings.add("end_before_start", {
        path: `${span.path}.endTimeUnixNano`,
        message: `Ends ${span.start - span.end} ns before it starts`,
      });
      continue;
    }
    const parent = parents.get(span);
    if (!parent || parent.end < parent.start) continue;
    const key = span.start < parent.start
      ? "startTimeUnixNano"
      : span.end > parent.end
      ? "endTimeUnixNano"
      : undefined;
    if (key === undefined) continue;
    const paths = outside.get(parent) ?? [];
    paths.push(`${span.path}.${key}`);
    outside.set(parent, paths);
  }
  for (const [parent, paths] of outside) {
    const message = `Is outside its parent ${parent.path} in time`;
    findings.addOnce("outside_parent", { paths, message });
  }
}

function checkTraceIds(spans: readonly Span[], findings: Findings): void {
  const { usual, paths } = oddOnesOut(
    spans.map(({ traceId, path }) => ({
      value: traceId,
      path: `${path}.traceId`,
    })),
  );
  const message = `Differs from ${usual}, which most spans have`;
  findings.addOnce("trace_id_mixed", { paths, message });
}

function checkLinkTargets(
  spans: readonly Span[],
  { byId, findings }: {
    readonly byId: ReadonlyMap<string, Span>;
    readonly findings: Findings;
  },
): void {
  const traceIds = new Set(spans.map(({ traceId }) => traceId));
  for (const { path, traceId, spanId } of spans.flatMap((s) => s.links)) {
    const key = !traceIds.has(traceId)
      ? "traceId"
      : !byId.has(spanId)
      ? "spanId"
      : undefined;
    if (key === undefined) continue;
    findings.add("link_target_missing", {
      path: `${path}.${key}`,
      message: "Is not in the document",
    });
  }
}

/** Relates the spans and complains about ids, parents, times and links. */
export function relateSpans(
  spans: readonly Span[],
  findings: Findings,
): SpanTree {
  checkTraceIds(spans, findings);
  const byId = indexById(spans, findings);
  const parents = findParents(spans, { byId, findings });
  const roots = findRoots(spans, { parents, findings });
  checkTimes(spans, { parents, findings });
  checkLinkTargets(spans, { byId, findings });
  return { byId, parents, roots };
}
