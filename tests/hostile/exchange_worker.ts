import { EXCHANGE, type ExchangeOrder } from "./exchange.ts";

let evicted = 0;

/** The other side may make a directory anew while there is none; it is put aside. */
function move(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch {
    Deno.renameSync(to, `${to}.evicted${evicted++}`);
    Deno.renameSync(from, to);
  }
}

/** Puts links in the place of a file and takes them away again, until told to stop. */
function exchange(
  { place, targets, others = [], state }: ExchangeOrder,
): void {
  const parked = `${place}.parked`;
  const links = targets.map((target, index) => {
    const link = `${place}.${index}`;
    Deno.symlinkSync(target, link);
    return link;
  });
  const signal = new Int32Array(state);
  Atomics.store(signal, 0, EXCHANGE.running);
  Atomics.notify(signal, 0);
  while (Atomics.load(signal, 0) === EXCHANGE.running) {
    for (const other of [...links, ...others]) {
      Deno.renameSync(place, parked);
      move(other, place);
      Deno.renameSync(place, other);
      move(parked, place);
    }
  }
  Atomics.store(signal, 0, EXCHANGE.ended);
  Atomics.notify(signal, 0);
}

addEventListener("message", (event) => {
  if (event instanceof MessageEvent) exchange(event.data);
});
