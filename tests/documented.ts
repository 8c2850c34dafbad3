/**
 * The commands that README and docs/ show, with the output that they show.
 *
 * @module
 */

/** A block of shell commands, and the text right below it. */
export interface Shown {
  /** Number of the block's first line, from 1. */
  readonly line: number;
  readonly commands: string;
  /** Lines of its output, some or all; `undefined` when none are shown. */
  readonly output: readonly string[] | undefined;
}

/** The shell blocks of a page, in order. */
export function shownIn(page: string): readonly Shown[] {
  const blocks = page.matchAll(
    /^```sh\n([^]*?)^```\n(?:\n```\n([^]*?)^```\n)?/gm,
  );
  return [...blocks].map(({ 1: commands = "", 2: output, index }) => ({
    line: page.slice(0, index).split("\n").length,
    commands: commands.trimEnd(),
    output: output?.trimEnd().split("\n"),
  }));
}

/**
 * The first line of `output` that was not said, after the lines before it. How far it
 * is indented does not count, since the formatter changes it.
 */
export function unsaid(
  said: string,
  output: readonly string[],
): string | undefined {
  const lines = said.split("\n").values();
  return output.find((wanted) =>
    !lines.some((line) => line.trim() === wanted.trim())
  );
}
