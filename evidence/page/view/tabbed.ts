/// <reference lib="dom" />
import { el, fill } from "./dom.ts";

/** Something that is made when its tab is first shown. */
export interface Tab {
  readonly name: string;
  readonly make: () => HTMLElement;
}

/** Tabs of which one is shown. */
export interface Tabs {
  readonly element: HTMLElement;
  show(name: string): void;
  /** Makes what a tab shows anew. */
  renew(name: string): void;
}

/** Puts several panels into one place; arrow keys change between them. */
export function tabbed(tabs: readonly Tab[]): Tabs {
  const panel = el("div", { role: "tabpanel", id: "panel", tabindex: "-1" });
  const made = new Map<string, HTMLElement>();
  let shown = "";
  const buttons = tabs.map(({ name }) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        "aria-controls": "panel",
        id: `tab-${name.replaceAll(" ", "-")}`,
      },
      name,
    )
  );
  const show = (name: string) => {
    const tab = tabs.find((each) => each.name === name);
    if (tab === undefined || name === shown) return;
    shown = name;
    const content = made.get(name) ?? tab.make();
    made.set(name, content);
    fill(panel, content);
    for (const each of buttons) {
      const isShown = each.textContent === name;
      each.setAttribute("aria-selected", String(isShown));
      each.tabIndex = isShown ? 0 : -1;
      if (isShown) panel.setAttribute("aria-labelledby", each.id);
    }
  };
  for (const [index, each] of buttons.entries()) {
    each.addEventListener("click", () => show(each.textContent));
    each.addEventListener("keydown", ({ key }) => {
      const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      const next = buttons.at((index + by) % buttons.length);
      if (by === 0 || next === undefined) return;
      next.focus();
      show(next.textContent);
    });
  }
  const [first] = tabs;
  if (first !== undefined) show(first.name);
  return {
    element: el(
      "div",
      {},
      el("div", {
        role: "tablist",
        "aria-label": "Views of the run",
        class: "tabs",
      }, ...buttons),
      panel,
    ),
    show,
    renew(name) {
      made.delete(name);
      if (name !== shown) return;
      shown = "";
      show(name);
    },
  };
}
