import { assertEquals } from "@std/assert";
import { receivedError, sendError } from "./sent_error.ts";
import { ToolError } from "../tool_error.ts";
import { readAnswer } from "./worker_message.ts";

/** An error as it arrives on the other side of a thread. */
function across(error: unknown): Error {
  return receivedError(structuredClone(sendError(error)));
}

Deno.test("an error keeps its name and message on the way between threads", () => {
  const { name, message } = across(new RangeError("too far"));
  assertEquals([name, message], ["RangeError", "too far"]);
});

Deno.test("a ToolError keeps what it says of itself", () => {
  for (const retryAfterMs of [undefined, 2000]) {
    const options = { type: "503", transient: true, retryAfterMs };
    const error = across(new ToolError("busy", options));
    if (!(error instanceof ToolError)) throw new Error("it is another class");
    const { message, type, transient } = error;
    assertEquals([message, type, transient], ["busy", "503", true]);
    assertEquals(error.retryAfterMs, retryAfterMs);
  }
});

Deno.test("the refusal that caused an error is sent with it", () => {
  const refusal = new Deno.errors.NotCapable("Requires read access to x");
  const error = across(
    new ToolError("no", {
      type: "io_error",
      cause: new Error("y", { cause: refusal }),
    }),
  );
  const cause = error.cause instanceof Error ? error.cause.cause : undefined;
  assertEquals(cause instanceof Error && cause.name, "NotCapable");
});

Deno.test("an error that causes itself is cut", () => {
  const error = new Error("round");
  error.cause = error;
  let depth = 0;
  for (
    let each: unknown = across(error);
    each instanceof Error;
    each = each.cause
  ) depth += 1;
  assertEquals(depth, 9);
});

Deno.test("a thrown value that is not an error has a name too", () => {
  assertEquals(across("text").name, "string");
});

for (
  const odd of [
    undefined,
    null,
    "loaded",
    {},
    { kind: "gone" },
    { kind: "result", id: 1 },
    { kind: "result", id: "1", result: null },
    { kind: "result", id: 1, result: null, more: true },
    { kind: "redirect", id: 1, args: "x" },
    { kind: "error", id: 1, error: { name: "E" } },
    { kind: "opened", tools: [1] },
    { kind: "note", text: 1 },
  ]
) {
  Deno.test(`readAnswer() does not know ${JSON.stringify(odd) ?? "nothing"}`, () => {
    assertEquals(readAnswer(odd), undefined);
  });
}

Deno.test("readAnswer() reads any result", () => {
  const answer = { kind: "result", id: 1, result: null };
  assertEquals(readAnswer(answer), { kind: "result", id: 1, result: null });
});

Deno.test("readAnswer() takes how long a server asks to wait", () => {
  const error = sendError(
    new ToolError("busy", { type: "429", transient: true, retryAfterMs: 2000 }),
  );
  const answer = readAnswer({ kind: "error", id: 1, error });
  assertEquals(answer?.kind === "error" && answer.error.tool_error, {
    type: "429",
    transient: true,
    retryAfterMs: 2000,
  });
});
