/// <reference lib="dom" />
import type { PolicyChecked } from "../../../runtime/record/event.ts";
import { el, eventLink } from "./dom.ts";
import type { PageRun } from "./page_run.ts";
import { targetOf } from "./row_text.ts";
import { toneOf } from "./story.ts";

/** How many decisions are listed. */
const LISTED = 1000;

/** Lists the decisions of a run: those that denied or asked come first. */
export function decisions({ story: { rows } }: PageRun): HTMLElement {
  const made = rows.flatMap(({ call, event }) => {
    if (call !== undefined) {
      return call.verdicts.map((verdict) => ({
        verdict,
        about: targetOf(call),
      }));
    }
    return event?.type === "policy_checked"
      ? [{ verdict: event, about: "" }]
      : [];
  });
  const first = made.filter(({ verdict }) => verdict.rule_id !== null);
  const rest = made.filter(({ verdict }) => verdict.rule_id === null);
  const listed = [...first, ...rest].slice(0, LISTED);
  const box = el("div", {
    class: "wide",
    tabindex: "0",
    role: "region",
    "aria-label": "Decisions",
  });
  box.append(
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          ...["", "Step", "Decision", "Rule", "Clause", "Call", "Why"].map((
            name,
          ) => el("th", { scope: "col" }, name)),
        ),
      ),
      el(
        "tbody",
        {},
        ...listed.map(({ verdict, about }) => decisionRow(verdict, about)),
      ),
    ),
  );
  const left = made.length - listed.length;
  if (left > 0) {
    box.append(
      el("p", { class: "soft" }, `${left} more allow what they judge.`),
    );
  }
  if (made.length === 0) box.append(el("p", {}, "Nothing was judged."));
  return box;
}

function decisionRow(verdict: PolicyChecked, about: string): HTMLElement {
  const { seq, step, decision, rule_id, tool, reason, asked = [], metadata } =
    verdict;
  const clauses = asked.length > 0
    ? asked.map(({ clause }) => clause).join(", ")
    : String(metadata.clause ?? "");
  const cells = [
    String(step),
    el(
      "b",
      { class: toneOf(verdict) },
      decision,
      verdict.enforced === false ? " (not enforced)" : "",
    ),
    rule_id ?? "",
    clauses,
    el("span", {}, el("code", {}, tool ?? "the run"), ` ${about}`),
    reason ?? "",
  ];
  return el(
    "tr",
    {},
    el("td", {}, eventLink(seq)),
    ...cells.map((cell) => el("td", {}, cell)),
  );
}
