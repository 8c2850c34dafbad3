import { fromFileUrl } from "../deps.ts";
import { type WarmProcess, warmProcess } from "./warm_process.ts";

/** The folder of the project. */
export const PROJECT = fromFileUrl(new URL("../", import.meta.url));

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and how a program is started. */
export interface Start {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Permissions of the program. Default: to read and to write. */
  readonly permissions?: readonly string[];
  /** What the program reads from standard input. Default: nothing. */
  readonly stdin?: string;
  /** Milliseconds after which it is killed, which gives another exit code. Default: never. */
  readonly timeoutMs?: number;
  /** The program. Default: this project's `mod.ts`. */
  readonly program?: string;
  /** What stands before the command. Default: nothing. */
  readonly within?: readonly string[];
}

const PERMISSIONS = ["--allow-read", "--allow-write"];

/**
 * Starts one command line of this program in a process of its own, and leaves
 * the rest to the test.
 */
export function started(
  args: readonly string[],
  { cwd, env = {}, permissions = PERMISSIONS, program, stdin, within = [] }:
    Start,
): Deno.ChildProcess {
  const [command = Deno.execPath(), ...before] = [...within, Deno.execPath()];
  return new Deno.Command(command, {
    args: [
      ...before,
      "run",
      "--quiet",
      "--no-prompt",
      "--no-lock",
      ...permissions,
      program ?? `${PROJECT}mod.ts`,
      ...args,
    ],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs one command line of this program in a process of its own. */
export async function program(
  args: readonly string[],
  start: Start,
): Promise<Ended> {
  const { stdin, timeoutMs } = start;
  const child = started(args, start);
  // Who writes more than a pipe holds waits until it is read.
  const fed = stdin === undefined
    ? undefined
    : new Blob([stdin]).stream().pipeTo(child.stdin);
  const timer = timeoutMs === undefined
    ? undefined
    : setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  const [output] = await Promise.all([child.output(), fed]);
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

const warm = new Map<string, WarmProcess>();

/**
 * Runs one command line in a process that has the program loaded already, one
 * for each set of permissions that a test file asks for. For commands of which a
 * test looks at what they print and leave behind, and at nothing of the process
 * itself. Variables of `env` are there for the one command, and have to be among
 * the permissions.
 */
export async function warmProgram(
  args: readonly string[],
  { cwd, env = {}, permissions = PERMISSIONS }: Pick<
    Start,
    "cwd" | "env" | "permissions"
  >,
): Promise<Ended> {
  const isRelative = permissions.some((each) =>
    /^--allow-(?:read|write)=(?:.*,)?(?!\/)/.test(each)
  );
  const key = JSON.stringify([permissions, isRelative ? cwd : PROJECT]);
  let process = warm.get(key);
  if (process === undefined) {
    const started = warmProcess(permissions, isRelative ? cwd : PROJECT);
    addEventListener("unload", () => started.stop());
    warm.set(key, started);
    process = started;
  }
  return await (process.run({ args, cwd, env }) ??
    program(args, { cwd, env, permissions }));
}

/** A new folder that is removed with the scope that holds it. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
