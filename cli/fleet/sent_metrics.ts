import config from "../../deno.json" with { type: "json" };
import type { Database } from "../../evidence/store/postgres/database.ts";
import { fleetStats } from "../../evidence/store/postgres/fleet_stats.ts";
import { otlpHttp } from "../../trace/otlp/otlp_http.ts";
import { otlpMetrics } from "../../trace/otlp/otlp_metrics.ts";
import type { OtlpSettings } from "../../trace/otlp/otlp_settings.ts";
import { SERVICE_NAME } from "../../trace/otlp/service.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { Output } from "../command/command.ts";
import { wait } from "../machine/world.ts";
import type { WorkerMeters } from "./worker_meters.ts";

/** How often metrics are sent, in milliseconds. */
const EVERY_MS = 10_000;

/** Where spans of OTLP/HTTP go, and where metrics go beside them. */
const PATHS = { spans: /\/v1\/traces$/, metrics: "/v1/metrics" };

/**
 * Sends the metrics of a worker and its fleet until the signal aborts, and once
 * more then. What cannot be sent is said once, and is no reason to stop.
 */
export async function sendMetrics(
  { database, meters, settings, instance, output, leaving }: {
    readonly database: Database;
    readonly meters: WorkerMeters;
    /** Those of the spans, whose address ends in `/v1/traces`. */
    readonly settings: OtlpSettings;
    /** Tells this worker apart. */
    readonly instance: string;
    readonly output: Output;
    readonly leaving: AbortSignal;
  },
): Promise<void> {
  if (!PATHS.spans.test(settings.url)) {
    output.note(
      "no metrics are sent: the address of the spans does not end in /v1/traces",
    );
    return;
  }
  const url = settings.url.replace(PATHS.spans, PATHS.metrics);
  const send = otlpHttp({ ...settings, url }, (to, init) => fetch(to, init));
  const startedAt = now();
  let told: string | undefined;
  const resource = {
    "service.name": SERVICE_NAME,
    "service.version": config.version,
    "service.instance.id": instance,
  };
  for (let isLast = false; !isLast;) {
    await wait(EVERY_MS, leaving).catch(() => {});
    isLast = leaving.aborted;
    const stats = await fleetStats(database).catch(() => undefined);
    if (stats === undefined) continue;
    const body = otlpMetrics(meters.metrics(stats), {
      startedAt,
      at: now(),
      resource,
    });
    const sent = await send(body, AbortSignal.timeout(settings.timeoutMs));
    const reason = sent.type === "accepted" ? undefined : sent.reason;
    if (reason !== undefined && reason !== told) {
      output.note(terminalLine(`metrics not sent: ${reason}`));
    }
    told = reason;
  }
}

function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
