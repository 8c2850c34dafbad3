/// <reference lib="dom" />
import { button, el } from "./dom.ts";
import type { Filter, PageRun } from "./page_run.ts";
import type { RowList } from "./row_list.ts";
import { rowTone, wasAsked } from "./story.ts";

/** The field and the buttons that say which rows are listed. */
export function filters(
  { story: { rows } }: PageRun,
  apply: RowList["filter"],
): HTMLElement {
  const own = rows.filter(({ kind }) => kind !== "step");
  const count = (tone: string) =>
    own.filter((row) => rowTone(row) === tone).length;
  const named: readonly (readonly [Filter, string, number])[] = [
    ["all", "All", own.length],
    ["denied", "Denied", count("deny")],
    ["asked", "Approvals", own.filter(wasAsked).length],
    ["failed", "Failures", count("fail")],
  ];
  let chosen: Filter = "all";
  const found = el("span", { class: "soft", role: "status" });
  const search = el("input", {
    type: "search",
    "aria-label": "Search tools, hosts, paths and texts",
    placeholder: "Search tools, hosts, paths, texts",
  });
  const show = () => {
    const listed = apply(chosen, search.value);
    const isAll = chosen === "all" && search.value === "";
    found.textContent = isAll ? "" : `${listed.toLocaleString("en")} listed`;
    for (const [filter, made] of buttons) {
      made.setAttribute("aria-pressed", String(filter === chosen));
    }
  };
  const buttons = named.map(([filter, label, number]) =>
    [
      filter,
      button(
        {
          class: `filter ${filter}`,
          "aria-pressed": String(filter === chosen),
          ...number === 0 ? { disabled: "" } : {},
        },
        () => {
          chosen = filter;
          show();
        },
        `${label} ${number.toLocaleString("en")}`,
      ),
    ] as const
  );
  search.addEventListener("input", show);
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement ||
      event.target instanceof HTMLTextAreaElement;
    if (event.key !== "/" || isTyping) return;
    event.preventDefault();
    search.focus();
  });
  return el(
    "div",
    { class: "bar" },
    search,
    ...buttons.map(([, made]) => made),
    found,
  );
}
