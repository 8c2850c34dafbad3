import type { Attributes } from "../span.ts";

/** `service.name` of every trace, and the name of its scope. */
export const SERVICE_NAME = "agent-runtime-observability";

/** What the resource of every trace says of its service. */
export const SERVICE: Attributes = { "service.name": SERVICE_NAME };

/** The OpenTelemetry semantic conventions that the `gen_ai.*` attributes of `trace.json` follow. */
export const SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0";
