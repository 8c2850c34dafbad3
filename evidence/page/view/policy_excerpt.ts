/// <reference lib="dom" />
import type { PolicyChecked } from "../../../runtime/record/event.ts";
import type { PolicyOnRecord } from "../checker/messages.ts";
import { el, shown } from "./dom.ts";

/** How many lines are shown before and after those that decide. */
const AROUND = 2;

/** The parts of the policy that a decision rests on, as `PolicyPlaces` names them. */
export function decidingPlaces(
  { rule_id, metadata, asked = [], tool }: PolicyChecked,
): readonly string[] {
  const clause = typeof metadata.clause === "string" ? [metadata.clause] : [];
  switch (rule_id) {
    case null: {
      const network = "url" in metadata ? ["url_allowlist"] : [];
      return tool === null ? [] : ["tool_registry.allowed", ...network];
    }
    case "tool_registry":
      return ["tool_registry"];
    case "url_allowlist":
      return asked.length > 0 || clause.length > 0
        ? ["unlisted_hosts", "url_allowlist"]
        : ["url_allowlist"];
    case "sandbox_path":
      return ["sandbox"];
    case "loop_budget":
      return [`loop_budget.max_${metadata.limit_kind}`];
    case "approval":
      return asked.length > 0 ? asked.map((each) => each.clause) : ["escalate"];
    case "argument_rule":
    case "call_limit":
    case "flow":
      return [...clause, ...asked.map((each) => each.clause)];
    default:
      return [rule_id];
  }
}

/** Shows those lines of a policy that decide, marked, with a few around them. */
export function policyExcerpt(
  { text, places }: PolicyOnRecord,
  names: readonly string[],
): HTMLElement | undefined {
  const lines = text.split("\n");
  const hits = new Set<number>();
  const seen = new Set<number>();
  for (const name of names) {
    const [from, to] = places[name] ?? [0, -1];
    for (let line = from; line <= to; line++) hits.add(line);
    for (let line = from - AROUND; line <= to + AROUND; line++) {
      if (to > 0 && line > 0 && line <= lines.length) seen.add(line);
    }
  }
  if (hits.size === 0) return undefined;
  return policyLines(lines, { hits, shown: [...seen].sort((a, b) => a - b) });
}

/** Shows a whole policy with some lines marked. */
export function wholePolicy(text: string): HTMLElement {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return policyLines(lines, {
    hits: new Set(),
    shown: lines.map((_, at) => at + 1),
  });
}

function policyLines(
  lines: readonly string[],
  { hits, shown: wanted }: {
    readonly hits: ReadonlySet<number>;
    readonly shown: readonly number[];
  },
): HTMLElement {
  const box = el("pre", {
    class: "policy",
    tabindex: "0",
    role: "region",
    "aria-label": "Lines of the policy",
  });
  let before = wanted[0] ?? 0;
  for (const line of wanted) {
    if (line > before + 1) box.append(el("i", { class: "gap" }, "⋮"));
    before = line;
    const row = hits.has(line)
      ? el("mark", { "data-line": String(line) })
      : el("i", { "data-line": String(line) });
    row.textContent = shown(lines[line - 1] ?? "") || " ";
    box.append(row);
  }
  return box;
}
