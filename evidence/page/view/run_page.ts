/// <reference lib="dom" />
import { conversation } from "./conversation.ts";
import { decisions } from "./decisions.ts";
import { details } from "./details.ts";
import { el, fill } from "./dom.ts";
import { filters } from "./filters.ts";
import type { PageRun } from "./page_run.ts";
import { rowList } from "./row_list.ts";
import { type Row, rowTone, type Story } from "./story.ts";
import { conditions, summary } from "./summary.ts";
import { tabbed } from "./tabbed.ts";
import { timeline } from "./timeline.ts";
import { whatIf } from "./what_if.ts";

/** What the page does once more is known. */
export interface RunPage {
  /** The checker has read the policy. */
  policyRead(): void;
}

/** How far each key of the list walks. */
const STEPS: ReadonlyMap<string, number> = new Map([
  ["ArrowDown", 1],
  ["j", 1],
  ["ArrowUp", -1],
  ["k", -1],
  ["PageDown", 15],
  ["PageUp", -15],
  ["End", Infinity],
  ["Home", -Infinity],
]);

/** From this width on, in CSS pixels, details stand beside the list. */
const WIDE = 900;

/** Shows a run: summary, timeline, list and details, and what the tabs hold. */
export function runPage(main: HTMLElement, run: PageRun): RunPage {
  const { story } = run;
  let selected: { readonly row: Row; readonly seq: number } | undefined;

  const aside = el("aside", { "aria-label": "Details", tabindex: "0" });
  const about = details(aside, run);
  const list = rowList(story, run.lines);
  const show = (row: Row, seq: number) => {
    selected = { row, seq };
    about.select(row, seq);
    time.select(row, seq);
    list.select(row, seq);
  };
  const fromAddress = () => {
    const [, number] = /^#e(\d+)$/.exec(location.hash) ?? [];
    if (number === undefined) return;
    // What the run was asked stands at the top.
    if (number === "0") return scrollTo({ top: 0 });
    const row = story.rowOf.get(Number(number));
    if (row === undefined) return;
    tabs.show("Steps");
    show(row, Number(number));
    list.reveal(row);
  };
  const walk = (by: number) => {
    const seq = list.next(selected?.row, by)?.seqs[0];
    if (seq === undefined) return;
    history.replaceState(null, "", `#e${seq}`);
    fromAddress();
  };
  const time = timeline(story, walk);
  const tabs = tabbed([
    {
      name: "Steps",
      make: () => el("div", {}, filters(run, list.filter), list.element),
    },
    { name: "Conversation", make: () => conversation(run) },
    { name: "Decisions", make: () => decisions(run) },
    { name: "What if", make: () => whatIfPanel(run) },
    { name: "Conditions", make: () => conditions(run) },
  ]);

  addEventListener("hashchange", fromAddress);
  list.element.addEventListener("keydown", (event) => {
    const by = STEPS.get(event.key);
    const isOther = event.ctrlKey || event.metaKey || event.altKey;
    if (by === undefined || isOther) return;
    event.preventDefault();
    walk(by);
  });
  fill(
    main,
    summary(run),
    time.element,
    el(
      "div",
      { class: "grid" },
      el("div", { class: "left" }, tabs.element),
      aside,
    ),
  );
  const first = firstToShow(story);
  if (location.hash !== "") fromAddress();
  else if (first !== undefined && innerWidth >= WIDE) {
    show(first, first.seqs[0] ?? 0);
  }
  return {
    policyRead() {
      if (selected !== undefined) about.select(selected.row, selected.seq);
      tabs.renew("What if");
    },
  };
}

/** What was denied, left to a person, or failed; else the first call. */
function firstToShow({ rows }: Story): Row | undefined {
  const by = (tone: string) =>
    rows.find((row) => row.kind !== "step" && rowTone(row) === tone);
  return by("deny") ?? by("ask") ?? by("fail") ??
    rows.find(({ call }) => call !== undefined) ?? rows.at(-1);
}

function whatIfPanel({ checker, policy }: PageRun): HTMLElement {
  return checker === undefined || policy === undefined
    ? el(
      "p",
      {},
      "The decisions cannot be made again here: the record is not in this page, or was not read yet.",
    )
    : whatIf(policy.text, checker);
}
