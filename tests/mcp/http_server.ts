/** What it takes to be let in. */
export const CREDENTIALS = "Bearer a-secret-of-the-client";

/** A server of Streamable HTTP; it remembers what reached it. */
export function httpServer(): Disposable & {
  readonly url: string;
  readonly reached: {
    method: string;
    body: string;
    authorization: string | null;
  }[];
} {
  const reached: ReturnType<typeof httpServer>["reached"] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const body = await request.text();
      const authorization = request.headers.get("authorization");
      reached.push({ method: request.method, body, authorization });
      if (request.method === "DELETE") return new Response(null);
      if (request.method === "GET") return new Response(null, { status: 405 });
      const { id, method, params } = JSON.parse(body);
      if (authorization !== CREDENTIALS) {
        return new Response(null, {
          status: 401,
          headers: { "www-authenticate": 'Bearer realm="it"' },
        });
      }
      if (id === undefined) return new Response(null, { status: 202 });
      const text = (said: string) => ({
        content: [{ type: "text", text: said }],
      });
      const results: Record<string, unknown> = {
        initialize: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "remote", version: "1" },
        },
        "tools/list": {
          tools: ["echo", "rm", "credentials"].map((name) => ({
            name,
            inputSchema: { type: "object", properties: { text: {} } },
          })),
        },
        "tools/call": text(
          params?.name === "credentials"
            ? `it is ${authorization}`
            : params?.arguments?.text ?? "",
        ),
      };
      const answer = JSON.stringify({
        jsonrpc: "2.0",
        id,
        result: results[method] ?? {},
      });
      if (method !== "tools/call") {
        return new Response(answer, {
          headers: {
            "content-type": "application/json",
            "mcp-session-id": "the server's own",
          },
        });
      }
      const note = JSON.stringify({
        jsonrpc: "2.0",
        method: "notifications/message",
        params: { level: "info", data: "on its way" },
      });
      return new Response(`data: ${note}\n\ndata: ${answer}\n\n`, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/mcp`,
    reached,
    [Symbol.dispose]: () => void server.shutdown(),
  };
}
