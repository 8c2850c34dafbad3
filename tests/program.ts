import { fromFileUrl } from "../deps.ts";

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
  /** Permissions of the program. Default: what `deno task canonical` gives. */
  readonly permissions?: readonly string[];
  /** The program. Default: this project's `mod.ts`. */
  readonly program?: string;
}

const PERMISSIONS = ["--allow-read", "--allow-write"];

/** Runs one command line of this program in a process of its own. */
export async function program(
  args: readonly string[],
  { cwd, env = {}, permissions = PERMISSIONS, program }: Start,
): Promise<Ended> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
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
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** A new folder that is removed with the scope that holds it. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}
