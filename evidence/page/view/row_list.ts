/// <reference lib="dom" />
import { el } from "./dom.ts";
import type { Filter, Selects } from "./page_run.ts";
import type { RecordedLine } from "./recorded_lines.ts";
import { rowText } from "./row_text.ts";
import { type Row, rowTone, type Story, wasAsked } from "./story.ts";

/** The height of every row, in CSS pixels; the style has the same. */
const HEIGHT = 36;
/** So many rows are always there, for the browser's own search and the printer. */
const ALWAYS = 600;
/** How many rows beyond the edges of the window are kept. */
const BEYOND = 30;
/** How many rows are printed. */
const PRINTED = 4000;

/** The list of steps. */
export interface RowList extends Selects {
  readonly element: HTMLElement;
  /** Shows only rows that fit; returns how many rows do. */
  filter(filter: Filter, words: string): number;
  /** Scrolls until a row is seen. */
  reveal(row: Row): void;
  /** The row that is so many rows after another one. */
  next(row: Row | undefined, by: number): Row | undefined;
}

/** Shows the rows of a run, of a long one only those in the window. */
export function rowList(story: Story, lines: readonly RecordedLine[]): RowList {
  const element = el("div", {
    class: "rows",
    role: "group",
    "aria-label": "Steps of the run; arrow keys walk",
  });
  let rows = story.rows;
  let made = new Map<Row, HTMLElement>();
  let selected: Row | undefined;
  let isPrinting = false;

  const textOf = ({ seqs }: Row) =>
    seqs.map((seq) => lines[seq]?.text ?? "").join("\n");
  const draw = () => {
    const { top } = element.getBoundingClientRect();
    const all = rows.length <= ALWAYS || isPrinting;
    const first = all ? 0 : Math.floor(-top / HEIGHT) - BEYOND;
    const last = all
      ? Math.min(rows.length, PRINTED)
      : Math.ceil((innerHeight - top) / HEIGHT) + BEYOND;
    const kept = new Map<Row, HTMLElement>();
    const from = Math.max(0, first);
    for (
      const [index, row] of rows.slice(from, Math.max(from, last)).entries()
    ) {
      const item = made.get(row) ?? rowElement(row);
      item.style.top = `${(from + index) * HEIGHT}px`;
      const isSelected = row === selected;
      item.classList.toggle("sel", isSelected);
      if (isSelected) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
      item.tabIndex = isSelected || selected === undefined && index === 0
        ? 0
        : -1;
      kept.set(row, item);
    }
    for (const [row, item] of made) if (!kept.has(row)) item.remove();
    for (const [row, item] of kept) if (!made.has(row)) element.append(item);
    made = kept;
  };
  const resize = () => {
    element.style.height = `${rows.length * HEIGHT}px`;
    draw();
  };
  addEventListener("scroll", () => requestAnimationFrame(draw), {
    passive: true,
  });
  addEventListener("resize", draw);
  for (
    const [name, value] of [["beforeprint", true], [
      "afterprint",
      false,
    ]] as const
  ) {
    addEventListener(name, () => {
      isPrinting = value;
      draw();
    });
  }
  queueMicrotask(resize);

  return {
    element,
    filter(filter, words) {
      const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
      rows = story.rows.filter((row) =>
        fits(row, filter) &&
        (wanted.length === 0 || holdsAll(textOf(row), wanted))
      );
      if (filter === "all" && wanted.length === 0) rows = story.rows;
      resize();
      return rows.length;
    },
    select(row) {
      selected = row;
      draw();
    },
    reveal(row) {
      const index = rows.indexOf(row);
      if (index < 0) return;
      const hadFocus = element.contains(document.activeElement);
      const top = element.getBoundingClientRect().top + index * HEIGHT;
      if (top < 60 || top > innerHeight - 100) {
        scrollBy({ top: top - innerHeight / 3 });
      }
      draw();
      if (hadFocus) made.get(row)?.focus({ preventScroll: true });
    },
    next(row, by) {
      const walked = rows.filter(({ kind }) => kind !== "step");
      const at = row === undefined ? -1 : walked.indexOf(row);
      return walked[Math.min(walked.length - 1, Math.max(0, at + by))];
    },
  };
}

function holdsAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

function fits(row: Row, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "denied":
      return rowTone(row) === "deny";
    case "asked":
      return wasAsked(row);
    case "failed":
      return row.kind !== "step" && rowTone(row) === "fail";
  }
}

function rowElement(row: Row): HTMLElement {
  const { sign, name, about, note } = rowText(row);
  const tone = rowTone(row);
  const seq = row.seqs[0] ?? 0;
  return el(
    "a",
    { class: `row ${row.kind} ${tone}`, href: `#e${seq}` },
    el(
      "span",
      { class: "sign", "aria-hidden": "true" },
      row.kind === "step" ? "" : sign,
    ),
    el("span", { class: "name" }, name),
    el("span", { class: "about" }, about),
    el("span", { class: "note" }, note),
    el("span", { class: "seq" }, `#e${seq}`),
  );
}
