import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { byteLines } from "../../tools/mcp/lines.ts";

/** An address of Streamable HTTP behind which a process answers. */
export interface HttpBridge extends AsyncDisposable {
  readonly url: string;
  /** Ends the process by closing its input, and resolves when it has ended. */
  end(): Promise<void>;
}

/** How the process is started. */
export interface BridgedProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** What keys of `_meta` begin with. */
const META = "io.modelcontextprotocol/";

/** What the protocol answers over HTTP to an error; others come with 200. */
const STATUS = new Map([
  [-32601, 404],
  ...[-32602, -32020, -32021, -32022].map((code) => [code, 400] as const),
]);

/** The revision that is served. */
const REVISION = "2026-07-28";

/** The first request of a client. */
function listing(): RequestInit {
  const method = "tools/list";
  const _meta = {
    [`${META}protocolVersion`]: REVISION,
    [`${META}clientCapabilities`]: {},
  };
  return {
    method: "POST",
    headers: { "mcp-protocol-version": REVISION, "mcp-method": method },
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method, params: { _meta } }),
  };
}

/** A request that waits for messages of the process. */
interface Asked {
  readonly id: unknown;
  readonly token: unknown;
  readonly isSubscription: boolean;
  take(message: JsonObject): void;
}

/**
 * Starts a process that speaks revision 2026-07-28 over its standard input and output,
 * and serves it over Streamable HTTP: suites that can only ask an address reach it.
 * The checks of headers are those of the revision; everything else is the process's.
 */
export async function httpBridge(
  { command, args, cwd }: BridgedProcess,
): Promise<HttpBridge> {
  const child = new Deno.Command(command, {
    args: [...args],
    ...cwd === undefined ? {} : { cwd },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const open = new Map<string, Asked>();
  let numbers = 0;

  const send = (message: JsonObject) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));

  const reading = (async () => {
    for await (const line of byteLines(child.stdout, { maxBytes: 2 ** 24 })) {
      const message = JSON.parse(String(line));
      const asked = message.method === undefined
        ? open.get(message.id)
        : askedFor(message.params ?? {});
      if (message.method === undefined) message.id = asked?.id;
      asked?.take(message);
    }
  })();

  /** Which request a notification belongs to. */
  function askedFor({ _meta, progressToken }: JsonObject): Asked | undefined {
    const subscription = Object(_meta)[`${META}subscriptionId`];
    if (subscription !== undefined) return open.get(subscription);
    const calls = [...open.values()].filter((each) => !each.isSubscription);
    return progressToken === undefined
      ? calls[0]
      : calls.find(({ token }) => token === progressToken);
  }

  async function answered(request: Request): Promise<Response> {
    const { headers } = request;
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.get("host") ?? "")) {
      return new Response("Forbidden", { status: 403 });
    }
    if (request.method !== "POST") return new Response("", { status: 405 });
    const message: JsonObject = await request.json();
    const { id, method, params } = message;
    const { _meta, name, uri }: JsonObject = isObject(params) ? params : {};
    const meta: JsonObject = isObject(_meta) ? _meta : {};
    const version = meta[`${META}protocolVersion`];
    const said = [
      ["mcp-protocol-version", version ?? headers.get("mcp-protocol-version")],
      ["mcp-method", method],
      ["mcp-name", name ?? uri ?? null],
    ] as const;
    const wrong = said.find(([key, value]) => headers.get(key) !== value);
    if (wrong !== undefined) {
      const error = { code: -32020, message: `Header mismatch: ${wrong[0]}` };
      return Response.json({ jsonrpc: "2.0", id, error }, { status: 400 });
    }
    numbers += 1;
    const own = `http-${numbers}`;
    const messages = new TransformStream<JsonObject, JsonObject>();
    const into = messages.writable.getWriter();
    const close = () => {
      open.delete(own);
      void into.close().catch(() => {});
    };
    open.set(own, {
      id,
      token: meta.progressToken,
      isSubscription: method === "subscriptions/listen",
      take(each) {
        void into.write(each).catch(() => {});
        if (each.method === undefined) close();
      },
    });
    await send({ ...message, id: own });
    const reader = messages.readable.getReader();
    const { value: first = {} } = await reader.read();
    if (first.method === undefined) {
      const { code } = Object(first.error);
      return Response.json(first, { status: STATUS.get(code) ?? 200 });
    }
    const text = (each: JsonObject) => `data: ${JSON.stringify(each)}\n\n`;
    const events = new ReadableStream<string>({
      start: (stream) => stream.enqueue(text(first)),
      async pull(stream) {
        const { value } = await reader.read();
        if (value === undefined) stream.close();
        else stream.enqueue(text(value));
      },
      async cancel() {
        close();
        const params = { requestId: own };
        const method = "notifications/cancelled";
        await send({ jsonrpc: "2.0", method, params }).catch(() => {});
      },
    });
    return new Response(events.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream" },
    });
  }

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    answered,
  );
  const end = async () => {
    await writer.close().catch(() => {});
    await Promise.all([child.status, reading]);
  };
  const url = `http://127.0.0.1:${server.addr.port}/mcp`;
  // The process takes the first request as its era, also when that one is asked wrongly.
  await (await fetch(url, listing())).body?.cancel();
  return {
    url,
    end,
    async [Symbol.asyncDispose]() {
      await end();
      await server.shutdown();
    },
  };
}
