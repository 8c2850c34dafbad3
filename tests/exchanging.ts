/**
 * Exchanges the entry at the first path for the one at the second, in one step
 * of the kernel (`renameat2` with `RENAME_EXCHANGE`), as fast as it can and with
 * rests in between, until the file at the third path is gone. Leaves both as
 * they were.
 *
 * @module
 */

const [place = "", other = "", running = ""] = Deno.args;

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

/** Bursts are dense enough to fall between two calls of the other side. */
const BURST = 400;
/** Rests, on either side, are long enough for something to be done or refused. */
const REST_MS = 2;

const libc = Deno.dlopen("libc.so.6", {
  renameat2: {
    parameters: ["i32", "buffer", "i32", "buffer", "u32"],
    result: "i32",
  },
});
const [first, second] = [place, other].map((path) =>
  new TextEncoder().encode(`${path}\0`)
);

let isExchanged = false;

function exchange(): void {
  const failed = libc.symbols.renameat2(
    AT_FDCWD,
    first ?? null,
    AT_FDCWD,
    second ?? null,
    RENAME_EXCHANGE,
  );
  if (failed !== 0) throw new Error(`Cannot exchange "${place}"`);
  isExchanged = !isExchanged;
}

function isRunning(): boolean {
  try {
    return Deno.lstatSync(running).isFile;
  } catch {
    return false;
  }
}

while (isRunning()) {
  for (let count = Math.random() * BURST; count > 0; count--) exchange();
  await new Promise((resolve) => setTimeout(resolve, Math.random() * REST_MS));
}
if (isExchanged) exchange();
