/**
 * Names a report file for each run, after the last part of its path: what is not a letter, a digit, `.`, `_` or `-`
 * becomes `-`, and a name that is taken gets a number. `index.html` is never one.
 */
export function reportNames(runs: readonly string[]): readonly string[] {
  const taken = new Set(["index"]);
  return runs.map((run) => {
    const last = run.split("/").findLast((part) => part !== "") ?? "";
    const name = last.replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[.-]+/, "").slice(-120) || "run";
    let free = name;
    // Some file systems do not tell capitals apart.
    for (let number = 2; taken.has(free.toLowerCase()); number++) {
      free = `${name}_${number}`;
    }
    taken.add(free.toLowerCase());
    return `${free}.html`;
  });
}
