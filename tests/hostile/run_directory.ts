import { z } from "../../deps.ts";
import type { HostileCase } from "./cases.ts";
import type { Outcome } from "./outcome.ts";
import { runDirectoryInput } from "./run_directory_case.ts";

/** After so long a command is taken to wait for ever; nothing else depends on it. */
const HANGS_AFTER_MS = 20_000;

/** What the player answers. */
const played = z.object({
  code: z.number(),
  said: z.string(),
  ms: z.number(),
  leaks: z.array(z.string()),
});

/** How long a command took, for the scorecard. */
export const RUN_DIRECTORY_TIMES: number[] = [];

/**
 * Plays a command against a run directory in which something was laid. The exit
 * codes 1 and 2 are a refusal, which must name what was laid there; `context.code`
 * is what a benign case ends with.
 */
export async function playRunDirectory(
  hostile: HostileCase,
): Promise<Outcome> {
  const { file } = runDirectoryInput(hostile.input);
  const line = await answerOf(JSON.stringify(hostile.input));
  if (line === undefined) {
    const leaks = [`it did not end within ${HANGS_AFTER_MS / 1000} s`];
    return { kind: "error", rule: null, said: "", ran: 0, leaks };
  }
  const { code, said, ms, leaks } = played.parse(JSON.parse(line));
  RUN_DIRECTORY_TIMES.push(ms);
  const wanted = hostile.context.code ?? 0;
  if (hostile.expected === "allow" && code === wanted) {
    return { kind: "allow", rule: null, said, ran: 1, leaks };
  }
  const isRefused = code === 1 || code === 2;
  return {
    kind: isRefused ? "error" : "allow",
    rule: null,
    said: `exit code ${code}: ${said}`,
    ran: isRefused ? 0 : 1,
    leaks: isRefused && !said.includes(file)
      ? [...leaks, `it does not name ${file}: ${said}`]
      : leaks,
  };
}

/** The one process that plays the cases, until it hangs. */
interface Player {
  readonly child: Deno.ChildProcess;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly lines: ReadableStreamDefaultReader<string>;
  rest: string;
}

let player: Player | undefined;

/** Ends the process that plays, if there is one. */
export async function endPlayer(): Promise<void> {
  const ended = player;
  player = undefined;
  if (ended === undefined) return;
  await ended.writer.close();
  await ended.lines.cancel();
  await ended.child.status;
}

function start(): Player {
  const entry = new URL("./run_directory_player.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write"],
      ...["--allow-run=mkfifo", entry.href],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return { child, writer: child.stdin.getWriter(), lines, rest: "" };
}

/** The answer to one line; `undefined` when none comes, and the process is then ended. */
async function answerOf(line: string): Promise<string | undefined> {
  const current = player ??= start();
  await current.writer.write(new TextEncoder().encode(`${line}\n`));
  const timer = setTimeout(
    () => current.child.kill("SIGKILL"),
    HANGS_AFTER_MS,
  );
  try {
    for (;;) {
      const end = current.rest.indexOf("\n");
      if (end >= 0) {
        const answer = current.rest.slice(0, end);
        current.rest = current.rest.slice(end + 1);
        return answer;
      }
      const { done, value = "" } = await current.lines.read();
      if (done) {
        player = undefined;
        return undefined;
      }
      current.rest += value;
    }
  } finally {
    clearTimeout(timer);
  }
}
