import { isObject, type JsonObject } from "../data/json.ts";

/**
 * The result of a call of a tool that did not do its work, for the model to read.
 * Since the revision 2026-07-28 a result says that it is one.
 */
export function failedCall(text: string, asked: JsonObject): JsonObject {
  return {
    ...isModern(asked) ? { resultType: "complete" } : {},
    content: [{ type: "text", text }],
    isError: true,
  };
}

/** The key under which each request since 2026-07-28 says its revision. */
const VERSION = "io.modelcontextprotocol/protocolVersion";

/** Whether a request is of the era since 2026-07-28. */
export function isModern({ _meta }: JsonObject): boolean {
  return Object.hasOwn(Object(_meta), VERSION);
}

/** What goes with our own requests to the side that was asked `params`: what goes with each of its requests. */
export function envelopeOf({ _meta }: JsonObject): JsonObject {
  if (!isObject(_meta)) return {};
  const own = Object.entries(_meta).filter(([key]) =>
    key.startsWith("io.modelcontextprotocol/")
  );
  return own.length === 0 ? {} : { _meta: Object.fromEntries(own) };
}

/** The name by which a client introduces itself, in either era. */
export function clientNamed(params: JsonObject): string | undefined {
  const info = Object(
    params.clientInfo ??
      Object(params._meta)["io.modelcontextprotocol/clientInfo"],
  );
  return typeof info.name === "string" && info.name.trim() !== ""
    ? info.name.slice(0, 100).toWellFormed()
    : undefined;
}
