/**
 * The entry of a Worker that plays a model. The message that it gets has the
 * bodies of the answers; each request gets the next one, round and round. Its
 * own message is the port.
 *
 * @module
 */

declare function postMessage(message: unknown): void;

addEventListener("message", (event) => {
  if (event instanceof MessageEvent) serve(event.data);
});

function serve(answers: readonly string[]): void {
  let asked = 0;
  const headers = { "content-type": "application/json" };
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    async handler(request) {
      await request.arrayBuffer();
      return new Response(answers[asked++ % answers.length], { headers });
    },
  });
  postMessage(server.addr.port);
}

export {};
