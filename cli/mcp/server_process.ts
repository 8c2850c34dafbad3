import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { byteLines, type UnreadLine } from "../../tools/mcp/lines.ts";
import { UsageError } from "../command/command.ts";

/** A server that runs as a process of its own, with a group of its own. */
export interface ServerProcess {
  /** The lines that it writes. */
  readonly lines: AsyncIterable<string | UnreadLine>;
  /** Writes a line to it. */
  send(line: string): Promise<void>;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
  /**
   * Ends it: it is told that nothing comes any more, and after a second its whole
   * group of processes is ended. Resolves when there is none left.
   */
  end(): Promise<void>;
}

/** What is started, and where. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Its working directory. */
  readonly cwd: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of its standard error. */
  readonly said: (line: string) => void;
  /** The longest line that it may write, in bytes. */
  readonly maxBytes: number;
}

/**
 * Ends the group of a server when its own standard input ends, whatever the reason:
 * this program may be killed, and no server must survive it.
 */
const WATCHDOG = `read -r _
kill -s TERM -- "-$1" 2>/dev/null || exit 0
n=0
while kill -s 0 -- "-$1" 2>/dev/null && [ $n -lt 10 ]; do sleep 0.1; n=$((n+1)); done
kill -s KILL -- "-$1" 2>/dev/null
exit 0`;

/** How long a server has to end by itself, in milliseconds. */
const GRACE_MS = 1000;

/** How much of a line of its standard error is shown, in UTF-16 code units. */
const MAX_SAID = 2 ** 16;

/**
 * Starts a server. It inherits nothing but what it is given.
 *
 * @throws {UsageError} when it cannot be started
 */
export function serverProcess(
  { command, args, cwd, env, said, maxBytes }: ServerCommand,
): ServerProcess {
  const child = started(command, () =>
    new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { ...env },
      clearEnv: true,
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn());
  const watchdog = started("sh", () =>
    new Deno.Command("sh", {
      args: ["-c", WATCHDOG, "sh", String(child.pid)],
      detached: true,
      clearEnv: true,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn(), () => child.kill("SIGKILL"));
  const writer = child.stdin.getWriter();
  // Writing to a server that has ended is a failure of the call, not of the program.
  writer.closed.catch(() => {});
  void tell(child.stderr, said);
  const encoder = new TextEncoder();
  const status = child.status;
  let isEnded = false;
  return {
    lines: byteLines(child.stdout, { maxBytes }),
    send: (line) => writer.write(encoder.encode(`${line}\n`)),
    ended: status.then(({ code, signal }) =>
      signal === null ? `exit code ${code}` : signal
    ),
    async end() {
      if (isEnded) return;
      isEnded = true;
      await writer.close().catch(() => {});
      const timer = Promise.withResolvers<void>();
      const id = setTimeout(timer.resolve, GRACE_MS);
      await Promise.race([status, timer.promise]);
      clearTimeout(id);
      await watchdog.stdin.close().catch(() => {});
      await Promise.all([watchdog.status, status]);
    },
  };
}

function started(
  command: string,
  start: () => Deno.ChildProcess,
  otherwise: () => void = () => {},
): Deno.ChildProcess {
  try {
    return start();
  } catch (error) {
    otherwise();
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        `Cannot start "${command}": the process has no permission for it; see --allow-run=${command}`,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot start "${command}": ${terminalLine(why)}`);
  }
}

/** A server's standard error may hold anything, and may never end a line. */
async function tell(
  stream: Deno.ChildProcess["stderr"],
  said: (line: string) => void,
): Promise<void> {
  let rest = "";
  try {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = `${rest}${text}`.split("\n");
      rest = (lines.pop() ?? "").slice(0, MAX_SAID);
      for (const line of lines) said(line.slice(0, MAX_SAID));
    }
  } catch {
    // It has ended.
  }
  if (rest !== "") said(rest);
}
