import { SERVICE_NAME } from "./service.ts";

/** A metric with its points at one moment. */
export type Metric =
  & {
    /** In the form of OpenTelemetry: `fleet.queue.depth`. */
    readonly name: string;
    readonly description: string;
    /** By UCUM: `s`, `{run}`. */
    readonly unit: string;
  }
  & (
    | {
      /** What is so now. */
      readonly type: "gauge";
      readonly points: readonly MetricPoint[];
    }
    | {
      /** What was counted since the process began. */
      readonly type: "counter";
      readonly value: number;
    }
    | {
      /** What was measured since the process began. */
      readonly type: "histogram";
      readonly values: MeasuredValues;
    }
  );

/** One value, and what it is about. */
export interface MetricPoint {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** How many values fell between bounds. */
export interface MeasuredValues {
  /** Upper bounds, inclusive, rising; above the last one is one more bucket. */
  readonly bounds: readonly number[];
  /** One more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** When and where metrics were taken; nanoseconds since the epoch. */
export interface MetricsMoment {
  readonly startedAt: bigint;
  readonly at: bigint;
  readonly resource: Readonly<Record<string, string>>;
}

/**
 * Writes an `ExportMetricsServiceRequest` of OTLP/JSON. Sums are cumulative;
 * 64-bit integers are decimal strings.
 */
export function otlpMetrics(
  metrics: readonly Metric[],
  { startedAt, at, resource }: MetricsMoment,
): string {
  const times = {
    startTimeUnixNano: String(startedAt),
    timeUnixNano: String(at),
  };
  return JSON.stringify({
    resourceMetrics: [{
      resource: { attributes: attributesOf(resource) },
      scopeMetrics: [{
        scope: { name: SERVICE_NAME },
        metrics: metrics.map((metric) => ({
          name: metric.name,
          description: metric.description,
          unit: metric.unit,
          ...dataOf(metric, times),
        })),
      }],
    }],
  });
}

/** Cumulative, as Prometheus wants it. */
const CUMULATIVE = 2;

function dataOf(metric: Metric, times: Readonly<Record<string, string>>) {
  switch (metric.type) {
    case "gauge":
      return {
        gauge: {
          dataPoints: metric.points.map(({ value, attributes }) => ({
            ...times,
            asDouble: value,
            attributes: attributesOf(attributes),
          })),
        },
      };
    case "counter":
      return {
        sum: {
          aggregationTemporality: CUMULATIVE,
          isMonotonic: true,
          dataPoints: [{ ...times, asInt: String(metric.value) }],
        },
      };
    case "histogram": {
      const { bounds, counts, sum } = metric.values;
      return {
        histogram: {
          aggregationTemporality: CUMULATIVE,
          dataPoints: [{
            ...times,
            count: String(counts.reduce((all, count) => all + count, 0)),
            sum,
            bucketCounts: counts.map(String),
            explicitBounds: bounds,
          }],
        },
      };
    }
  }
}

function attributesOf(attributes: Readonly<Record<string, string>>) {
  return Object.entries(attributes).map(([key, stringValue]) => ({
    key,
    value: { stringValue },
  }));
}
