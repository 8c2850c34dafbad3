import { EXCHANGE, type ExchangeOrder } from "./exchange.ts";

/** Puts links in the place of a file and takes them away again, until told to stop. */
function exchange({ place, targets, state }: ExchangeOrder): void {
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
    for (const link of links) {
      Deno.renameSync(place, parked);
      Deno.renameSync(link, place);
      Deno.renameSync(place, link);
      Deno.renameSync(parked, place);
    }
  }
  Atomics.store(signal, 0, EXCHANGE.ended);
  Atomics.notify(signal, 0);
}

addEventListener("message", (event) => {
  if (event instanceof MessageEvent) exchange(event.data);
});
