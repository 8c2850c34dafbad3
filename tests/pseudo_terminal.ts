/**
 * Runs a program at a pseudo-terminal and does what a person does: types each
 * answer once its question stands there, or ends the program.
 *
 * @module
 */
import { PROJECT } from "./program.ts";

/** What a person does when a question has appeared. */
export interface Typed {
  readonly question: string;
  /** What is typed, Enter and control characters included. Default: nothing. */
  readonly keys?: string;
  /** What the program is sent. Default: nothing. */
  readonly signal?: Deno.Signal;
}

/** Control characters, as the keys that type them are called. */
export const KEYS = { enter: "\n", ctrlC: "\x03", ctrlD: "\x04" } as const;

/** How the program ended, and all that stood on the terminal. */
export interface Shown {
  readonly code: number;
  readonly shown: string;
  /** The longest time in which nothing came, from the first text to the end, in milliseconds. */
  readonly silenceMs: number;
}

/** Runs one command line of this program with a terminal, in `cwd`. */
export async function atTerminal(
  args: readonly string[],
  { cwd, types, stdout, permissions = [] }: {
    readonly cwd: string;
    /** Permissions beside reading and writing. Default: none. */
    readonly permissions?: readonly string[];
    readonly types: readonly Typed[];
    /** The file to which standard output goes. Default: to the terminal. */
    readonly stdout?: string;
  },
): Promise<Shown> {
  const words = [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock"],
    ...["--allow-read", "--allow-write", ...permissions],
    ...[`${PROJECT}mod.ts`, ...args],
  ];
  const to = stdout === undefined ? "" : ` >${shellQuoted(stdout)}`;
  const child = new Deno.Command("script", {
    args: [
      "-qec",
      `echo "process $$"; exec ${words.map(shellQuoted).join(" ")}${to}`,
      "/dev/null",
    ],
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
  let silenceMs = 0;
  let lastMs: number | undefined;
  const heard = () => {
    const now = performance.now();
    silenceMs = Math.max(silenceMs, now - (lastMs ?? now));
    lastMs = now;
  };
  for await (
    const text of child.stdout.pipeThrough(new TextDecoderStream())
  ) {
    heard();
    shown += text;
    for (let [next] = left; next !== undefined; [next] = left) {
      const at = shown.indexOf(next.question, seen);
      if (at < 0) break;
      seen = at + next.question.length;
      left.shift();
      const { keys: typed = "", signal } = next;
      await keys.write(new TextEncoder().encode(typed));
      if (signal !== undefined) Deno.kill(processIn(shown), signal);
    }
  }
  await keys.close().catch(() => {});
  const { code } = await child.status;
  heard();
  return { code, shown, silenceMs };
}

/** What stands on a terminal in the end: lines that were painted over are not there. */
export function screen(shown: string): string {
  return shown.replaceAll("\r\n", "\n").split("\n").map((line) =>
    line.split("\r").reduce((before, over) => over + before.slice(over.length))
      .trimEnd()
  ).join("\n");
}

/** The process of the program, which the shell says before it becomes it. */
function processIn(shown: string): number {
  return Number(/^process (\d+)/.exec(shown)?.[1]);
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
