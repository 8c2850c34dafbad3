/**
 * Runs command lines of the program in one process, each in its own folder: a
 * line of JSON in, a line of JSON out with the exit code and what was printed.
 *
 * @module
 */
import { main } from "../cli.ts";

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
const stdout = Deno.stdout;

/** What the command that is running has printed. */
const printed = { stdout: "", stderr: "" };
console.log = (text: unknown) => void (printed.stdout += `${text}\n`);
console.error = (text: unknown) => void (printed.stderr += `${text}\n`);

let rest = "";
for await (const text of lines) {
  rest += text;
  for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
    const { args, cwd, env } = JSON.parse(rest.slice(0, end));
    rest = rest.slice(end + 1);
    printed.stdout = "";
    printed.stderr = "";
    Deno.chdir(cwd);
    const names = Object.keys(env);
    for (const name of names) Deno.env.set(name, env[name]);
    const code = await main(args);
    for (const name of names) Deno.env.delete(name);
    const answer = new TextEncoder().encode(
      `${JSON.stringify({ code, ...printed })}\n`,
    );
    for (let at = 0; at < answer.length;) {
      at += stdout.writeSync(answer.subarray(at));
    }
  }
}
