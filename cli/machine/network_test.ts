import { assertEquals } from "@std/assert";
import { retryAfterMs } from "../../tools/retry_after.ts";
import { lacks } from "../../tests/permissions.ts";
import { networkFor } from "./network.ts";

Deno.test({
  name:
    "networkFor() counts a date from the time of arrival when the server has no clock",
  ignore: lacks("net"),
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    const served = (async () => {
      using connection = await listener.accept();
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode(
        `HTTP/1.1 429 Too Many Requests\r\nretry-after: ${later}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
      ));
    })();
    const response = await networkFor(true).fetch(`http://127.0.0.1:${port}/`, {
      redirect: "manual",
      signal: new AbortController().signal,
    });
    await served;
    await response.body?.[Symbol.asyncIterator]().return?.();
    const date = response.headers.get("date") ?? "";
    assertEquals(retryAfterMs({ "retry-after": later, date }), 60_000);
  },
});
