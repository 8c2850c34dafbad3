import { main } from "../cli.ts";
import { outputTo } from "../cli/command/output.ts";

/** What one command line said, and how it ended. */
export interface Said {
  readonly code: number;
  /** What went to standard output, a text for each time. */
  readonly data: readonly string[];
  /** What went to standard error. */
  readonly notes: readonly string[];
}

/**
 * Runs one command line of this program in this process, as it would for a
 * terminal or for a pipe.
 */
export async function said(
  args: readonly string[],
  { isTerminal, os }: {
    readonly isTerminal: boolean;
    /** Default: this one. */
    readonly os?: typeof Deno.build.os;
  },
): Promise<Said> {
  const [data, notes]: [string[], string[]] = [[], []];
  const code = await main(
    args,
    outputTo({
      data: (line) => void data.push(line),
      note: (line) => void notes.push(line),
      isTerminal,
    }),
    os,
  );
  return { code, data, notes };
}
