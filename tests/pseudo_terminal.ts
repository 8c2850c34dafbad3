/**
 * Runs a program at a pseudo-terminal and answers what it asks, as a person
 * does: each answer once its question stands there.
 *
 * @module
 */
import { PROJECT } from "./program.ts";

/** What a person types when a question has appeared. */
export interface Typed {
  readonly question: string;
  readonly answer: string;
}

/** How the program ended, and all that stood on the terminal. */
export interface Shown {
  readonly code: number;
  readonly shown: string;
}

/** Runs one command line of this program with a terminal, in `cwd`. */
export async function atTerminal(
  args: readonly string[],
  { cwd, types }: {
    readonly cwd: string;
    readonly types: readonly Typed[];
  },
): Promise<Shown> {
  const words = [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock"],
    ...["--allow-read", "--allow-write", `${PROJECT}mod.ts`, ...args],
  ];
  const child = new Deno.Command("script", {
    args: ["-qec", words.map(shellQuoted).join(" "), "/dev/null"],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    // A question that never comes is not waited for for ever.
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const keys = child.stdin.getWriter();
  const left = [...types];
  let shown = "";
  let seen = 0;
  for await (
    const text of child.stdout.pipeThrough(new TextDecoderStream())
  ) {
    shown += text;
    const [next] = left;
    if (next === undefined) continue;
    const at = shown.indexOf(next.question, seen);
    if (at < 0) continue;
    seen = at + next.question.length;
    left.shift();
    await keys.write(new TextEncoder().encode(`${next.answer}\n`));
  }
  await keys.close().catch(() => {});
  const { code } = await child.status;
  return { code, shown };
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
