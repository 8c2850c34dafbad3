/**
 * Runs `canonical` in a process that kills itself (SIGKILL) just before its
 * n-th change to the disk; n is the only argument. One that lives to the end
 * prints how many changes it made.
 *
 * @module
 */
let made = 0;

/** Counts one change to the disk. */
function change(): void {
  made += 1;
  if (made === Number(Deno.args[0])) Deno.kill(Deno.pid, "SIGKILL");
}

function counted<Args extends unknown[], Result>(
  operation: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) => {
    change();
    return operation(...args);
  };
}

Deno.mkdirSync = counted(Deno.mkdirSync);
Deno.openSync = counted(Deno.openSync);
Deno.renameSync = counted(Deno.renameSync);
Deno.removeSync = counted(Deno.removeSync);
Deno.writeTextFileSync = counted(Deno.writeTextFileSync);
const { writeSync } = Deno.FsFile.prototype;
Deno.FsFile.prototype.writeSync = function (bytes) {
  change();
  return writeSync.call(this, bytes);
};

const { main } = await import("../cli.ts");
Deno.exitCode = await main(["canonical"]);
console.log(made);
