/// <reference lib="dom" />
import { el, eventLink } from "./dom.ts";
import type { PageRun } from "./page_run.ts";
import { parsedOr, rowText } from "./row_text.ts";
import { type Row, rowTone } from "./story.ts";
import { textView, valueView } from "./value_view.ts";

/** How many turns are shown at once. */
const SHOWN = 200;

/** Shows what was said, in order: the question, the model, and what came back to it. */
export function conversation(
  { story: { started, rows } }: PageRun,
): HTMLElement {
  const box = el("div", { class: "talk" });
  if (started !== undefined) {
    box.append(
      said(
        "question",
        el("h3", {}, "Question"),
        textView(started.task.question, "Question"),
      ),
    );
  }
  const turns = rows.filter(({ kind }) => kind !== "step" && kind !== "end");
  let at = 0;
  const more = el("button", { type: "button", class: "more" });
  const show = () => {
    for (const row of turns.slice(at, at + SHOWN)) more.before(turn(row));
    at += SHOWN;
    more.textContent = `Show ${
      Math.min(SHOWN, turns.length - at)
    } more of ${turns.length} turns`;
    more.hidden = at >= turns.length;
  };
  more.addEventListener("click", show);
  box.append(more);
  show();
  return box;
}

function said(kind: string, ...children: readonly Node[]): HTMLElement {
  return el("article", { class: `said ${kind}` }, ...children);
}

function turn(row: Row): HTMLElement {
  const { call, event } = row;
  const { name, note, about } = rowText(row);
  const link = eventLink(row.seqs[0] ?? 0);
  if (event?.type === "llm_completed" && call === undefined) {
    const { answer, raw, error, calls } = event;
    return said(
      "model",
      el("h3", {}, answer === null ? "Model" : "Answer", " ", link),
      ...raw === null || raw === undefined
        ? []
        : [textView(raw, "Text of the model")],
      ...answer === null ? [] : [textView(answer, "Answer")],
      ...error === null
        ? []
        : [el("p", { class: "fail" }, `${error.type}: ${error.message}`)],
      ...calls.map(({ tool, args_json }) =>
        el(
          "div",
          {},
          el("p", {}, "proposes ", el("code", {}, tool)),
          valueView(parsedOr(args_json), `Arguments of ${tool}`),
        )
      ),
    );
  }
  const tone = rowTone(row);
  const result = call?.receipt;
  return said(
    `reply ${tone}`,
    el("h3", {}, name, " ", link),
    result === undefined || result.error !== null
      ? el("p", { class: tone }, note || about)
      : valueView(result.redirect ?? result.result, `Result of ${name}`),
  );
}
