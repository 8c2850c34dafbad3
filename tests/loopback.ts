/** A server on this machine. */
export interface Loopback extends AsyncDisposable {
  /** Host and port: `127.0.0.1:PORT`. */
  readonly host: string;
  /** Aborts when the server is to close. */
  readonly closed: AbortSignal;
}

/** Serves requests on a port of its own. */
export function loopback(
  handler: (request: Request) => Response | Promise<Response>,
): Loopback {
  const open = new AbortController();
  const server = Deno.serve({
    signal: open.signal,
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, handler);
  return {
    host: `127.0.0.1:${server.addr.port}`,
    closed: open.signal,
    // Not a shutdown: that would wait for connections that stay open.
    [Symbol.asyncDispose]() {
      open.abort();
      return server.finished;
    },
  };
}
