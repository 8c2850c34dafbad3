/** Leaves out `//`, `./` and `x/../`. The end may be the beginning of a name, such as `.env`. */
export function plainPath(text: string, { whole } = { whole: false }): string {
  const names = text.split("/");
  const kept: string[] = [];
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    const isParent = name === ".." &&
      !["", "..", undefined].includes(kept.at(-1));
    if (isParent) kept.pop();
    const isNothing = isParent || name === "." && (whole || !isLast) ||
      name === "" && index > 0;
    if (!isNothing) kept.push(name);
    else if (isLast) kept.push("");
  }
  return kept.join("/");
}
