/** A network between a client and a server on this machine, which a test can disturb. */
export interface Wire extends AsyncDisposable {
  readonly port: number;
  /** The next answer of the server is lost, and its connection with it. */
  loseAnswer(): void;
  /** From now on nothing arrives, and nothing is refused: as when a cable is pulled. */
  cut(): void;
  /** Ends that; what was on the way is lost. */
  mend(): void;
  /** How many answers were lost. */
  readonly lost: number;
}

/** Opens a port that leads to another one; answers are so many milliseconds late. */
export function wire(to: number, delayMs = 0): Wire {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  let isCut = false;
  let losing = 0;
  let lost = 0;

  function drop(...ends: readonly Deno.TcpConn[]): void {
    for (const end of ends) {
      if (!open.delete(end)) continue;
      end.close();
    }
  }

  async function pump(
    from: Deno.TcpConn,
    into: Deno.TcpConn,
    isAnswer: boolean,
  ): Promise<void> {
    const buffer = new Uint8Array(2 ** 16);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) break;
        if (isCut) continue;
        if (isAnswer && losing > 0) {
          losing -= 1;
          lost += 1;
          break;
        }
        if (isAnswer && delayMs > 0) {
          await new Promise((done) => setTimeout(done, delayMs));
        }
        for (let at = 0; at < length;) {
          at += await into.write(buffer.subarray(at, length));
        }
      }
    } catch {
      // One end went away.
    }
    drop(from, into);
  }

  const accepting = (async () => {
    for await (const client of listener) {
      open.add(client);
      try {
        const server = await Deno.connect({ hostname: "127.0.0.1", port: to });
        open.add(server);
        void pump(client, server, false);
        void pump(server, client, true);
      } catch {
        drop(client);
      }
    }
  })();

  return {
    port: listener.addr.port,
    get lost() {
      return lost;
    },
    loseAnswer() {
      losing += 1;
    },
    cut() {
      isCut = true;
    },
    mend() {
      isCut = false;
      drop(...open);
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      drop(...open);
      await accepting;
    },
  };
}
