/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { terminalText } from "../../../tools/data/untrusted_text.ts";

/** What stands inside an element; a text never becomes markup. */
export type Child = Node | string | undefined | readonly Child[];

/** Makes an element with a class and attributes, and puts children into it. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  put(element, children);
  return element;
}

/** Makes an element of SVG. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Child[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  put(element, children);
  return element;
}

function put(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (typeof child === "string") element.append(shown(child));
    else if (child instanceof Node) element.append(child);
    else put(element, child);
  }
}

/** A text from outside as it is shown: what cannot be seen, or turns text around, is spelled out. */
export function shown(text: string): string {
  return terminalText(text);
}

/** Replaces everything in an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren();
  put(element, children);
}

/** A button that does something. */
export function button(
  attributes: Readonly<Record<string, string | undefined>>,
  pressed: () => void,
  ...children: readonly Child[]
): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, ...children);
  made.addEventListener("click", pressed);
  return made;
}

/** A link to an event of the run. */
export function eventLink(seq: number, ...children: readonly Child[]): Node {
  const label = children.length === 0 ? [`#e${seq}`] : children;
  return el("a", { href: `#e${seq}` }, ...label);
}
