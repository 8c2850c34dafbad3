import { assertEquals } from "@std/assert";
import { PROJECT } from "./program.ts";

/**
 * Exchanges two paths below `root` in a process of its own, from when this returns
 * until it is disposed; then both are as they were. Wants Linux.
 */
export async function exchangingInside(
  root: string,
  [one, other]: readonly [string, string],
): Promise<AsyncDisposable> {
  const running = `${root}.running`;
  Deno.writeTextFileSync(running, "");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-lock"],
      ...["--allow-read", "--allow-write", "--allow-ffi"],
      `${PROJECT}tests/exchanging.ts`,
      ...[`${root}/${one}`, `${root}/${other}`, running],
    ],
    stdout: "null",
  }).spawn();
  let isOver = false;
  const ended = child.status.finally(() => isOver = true);
  const { ino } = Deno.lstatSync(`${root}/${one}`);
  while (!isOver && Deno.lstatSync(`${root}/${one}`).ino === ino) await turn();
  return {
    async [Symbol.asyncDispose]() {
      Deno.removeSync(running);
      assertEquals((await ended).code, 0);
    },
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
