import { assertEquals } from "@std/assert";
import { otlpMetrics } from "./otlp_metrics.ts";

Deno.test("otlpMetrics() writes gauges, counters and histograms as OTLP/JSON has them", () => {
  const what = { description: "What it is", unit: "s" };
  const text = otlpMetrics([
    {
      ...{ name: "a.gauge", ...what, type: "gauge" },
      points: [{ value: 1.5, attributes: { state: "queued" } }],
    },
    { name: "a.counter", ...what, type: "counter", value: 3 },
    {
      ...{ name: "a.histogram", ...what, type: "histogram" },
      values: { bounds: [1, 2], counts: [4, 0, 1], sum: 6.5 },
    },
  ], { startedAt: 1n, at: 2n, resource: { "service.instance.id": "w" } });
  const times = { startTimeUnixNano: "1", timeUnixNano: "2" };
  assertEquals(JSON.parse(text), {
    resourceMetrics: [{
      resource: {
        attributes: [{
          key: "service.instance.id",
          value: { stringValue: "w" },
        }],
      },
      scopeMetrics: [{
        scope: { name: "agent-runtime-observability" },
        metrics: [
          {
            ...{ name: "a.gauge", ...what },
            gauge: {
              dataPoints: [{
                ...times,
                asDouble: 1.5,
                attributes: [{
                  key: "state",
                  value: { stringValue: "queued" },
                }],
              }],
            },
          },
          {
            ...{ name: "a.counter", ...what },
            sum: {
              aggregationTemporality: 2,
              isMonotonic: true,
              dataPoints: [{ ...times, asInt: "3" }],
            },
          },
          {
            ...{ name: "a.histogram", ...what },
            histogram: {
              aggregationTemporality: 2,
              dataPoints: [{
                ...times,
                count: "5",
                sum: 6.5,
                bucketCounts: ["4", "0", "1"],
                explicitBounds: [1, 2],
              }],
            },
          },
        ],
      }],
    }],
  });
});
