import { fromFileUrl } from "../deps.ts";
import type { Ended } from "./program.ts";

/** One command line, and the folder and the variables with which it is run. */
export interface WarmCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process that has the program loaded and runs one command line after the other. */
export interface WarmProcess {
  /** Runs a command line; `undefined` while another one is running. */
  run(call: WarmCall): Promise<Ended> | undefined;
  stop(): void;
}

/**
 * Starts a process of this program that stays, with these permissions. Loading the program takes most of the time of a short command, so a
 * test file that runs many of them pays for it once.
 */
export function warmProcess(
  permissions: readonly string[],
  cwd: string,
): WarmProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-lock"],
      ...permissions,
      fromFileUrl(new URL("./warm_program.ts", import.meta.url)),
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const to = child.stdin.getWriter();
  const from = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let isBusy = false;

  async function answered(call: WarmCall): Promise<Ended> {
    await to.write(new TextEncoder().encode(`${JSON.stringify(call)}\n`));
    let line = "";
    while (!line.endsWith("\n")) {
      const { value, done } = await from.read();
      if (done) throw new Error(`Cannot run ${call.args}: the process ended`);
      line += value;
    }
    return JSON.parse(line);
  }

  return {
    run(call) {
      if (isBusy) return undefined;
      isBusy = true;
      return answered(call).finally(() => isBusy = false);
    },
    stop: () => child.kill("SIGKILL"),
  };
}
