/// <reference lib="dom" />
import { button, el, fill, shown } from "./dom.ts";

/** How many characters of a text are shown before it is folded. */
const FOLDED = 1200;
/** How many lines. */
const FOLDED_LINES = 18;

/** Shows a value from outside as text: JSON with its texts as they read, never as markup. */
export function valueView(value: unknown, label: string): HTMLElement {
  return textView(spelled(value), label);
}

/** Shows a text as it is; a long one is folded. */
export function textView(text: string, label: string): HTMLElement {
  const short = foldedText(text);
  const box = el("pre", {
    class: "value",
    tabindex: "0",
    role: "region",
    "aria-label": label,
  });
  box.textContent = shown(short);
  if (short === text) return box;
  const more = button({ class: "more" }, () => {
    box.textContent = shown(text);
    more.remove();
  }, `Show all ${text.length.toLocaleString("en")} characters`);
  return el("div", {}, box, more);
}

function foldedText(text: string): string {
  const cut = text.slice(0, FOLDED).split("\n").slice(0, FOLDED_LINES).join(
    "\n",
  );
  return text.length - cut.length < 200 ? text : `${cut}…`;
}

/** Texts of an object on lines of their own, so that they read as they are. */
function spelled(value: unknown): string {
  if (typeof value === "string") return value;
  const isFlat = typeof value === "object" && value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) =>
      typeof each !== "object" || each === null
    );
  if (!isFlat) return JSON.stringify(value, null, 2) ?? "";
  return Object.entries(value).map(([key, each]) => {
    const text = typeof each === "string" ? each : JSON.stringify(each);
    return text.includes("\n") ? `${key}:\n${text}` : `${key}: ${text}`;
  }).join("\n");
}

/** Names and values, the values as texts. */
export function facts(
  entries: readonly (readonly [string, string | Node | undefined])[],
): HTMLElement {
  const list = el("dl", {});
  for (const [name, value] of entries) {
    if (value === undefined || value === "") continue;
    list.append(el("dt", {}, name), el("dd", {}, value));
  }
  return list;
}

/** Replaces the content of a place once it is known; says so when it cannot be. */
export async function later(
  place: HTMLElement,
  content: Promise<readonly (Node | string | undefined)[]>,
): Promise<void> {
  try {
    fill(place, await content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    fill(place, el("p", { class: "soft" }, `This cannot be told: ${why}`));
  }
}
