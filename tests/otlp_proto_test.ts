import { assertEquals } from "@std/assert";
// @ts-types="./otlp_proto.d.ts"
import proto from "npm:@opentelemetry/otlp-transformer@0.208.0/build/src/generated/root.js";
import { join } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

const { TracesData } = proto.opentelemetry.proto.trace.v1;

/** Ids are hex in JSON and bytes in protobuf. */
const ID_KEYS = new Set(["traceId", "spanId", "parentSpanId"]);

function idsAsBytes(text: string): unknown {
  return JSON.parse(
    text,
    (key, value) => ID_KEYS.has(key) ? Uint8Array.fromHex(value) : value,
  );
}

function idsAsHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (Array.isArray(value)) return value.map(idsAsHex);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, idsAsHex(child)]),
  );
}

Deno.test({
  name: "trace.json survives OpenTelemetry's protobuf classes unchanged",
  ignore: lacks("read"),
  fn() {
    const text = Deno.readTextFileSync(
      join(PROJECT, "runs/2026-11-22_f09c7907_0/trace.json"),
    );
    const message = TracesData.fromObject(idsAsBytes(text));
    assertEquals(TracesData.verify(message), null);
    const decoded = TracesData.decode(TracesData.encode(message).finish());
    const back = TracesData.toObject(decoded, { longs: String });
    assertEquals(idsAsHex(back), JSON.parse(text));
  },
});
