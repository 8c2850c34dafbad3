/**
 * Passes lines between a client and a server and looks at none: what a process in
 * between costs at the least. Its arguments are the command of the server.
 *
 * @module
 */
const [command = "", ...args] = Deno.args;
const child = new Deno.Command(command, {
  args,
  stdin: "piped",
  stdout: "piped",
  stderr: "null",
}).spawn();
await Promise.all([
  Deno.stdin.readable.pipeTo(child.stdin),
  child.stdout.pipeTo(Deno.stdout.writable),
]);
