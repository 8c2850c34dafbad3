import type { FleetStats } from "../../evidence/store/postgres/fleet_stats.ts";
import type { Metric } from "../../trace/otlp/otlp_metrics.ts";

/** What one worker counts. */
export interface WorkerMeters {
  /** An append was acknowledged after so many milliseconds. */
  appended(ms: number): void;
  /** A run was taken over whose holder had died. */
  takenOver(): void;
  /** A run was lost to another process, or may have been. */
  fenced(): void;
  /** Everything that was counted, with how the fleet is. */
  metrics(stats: FleetStats): readonly Metric[];
}

/** Upper bounds of the times of appends, in seconds. */
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Starts to count. */
export function workerMeters(): WorkerMeters {
  const counts = [...BOUNDS, Infinity].map(() => 0);
  let sum = 0;
  let takeovers = 0;
  let fencings = 0;
  return {
    appended(ms) {
      const seconds = ms / 1000;
      const at = BOUNDS.findIndex((bound) => seconds <= bound);
      const bucket = at < 0 ? BOUNDS.length : at;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += seconds;
    },
    takenOver() {
      takeovers += 1;
    },
    fenced() {
      fencings += 1;
    },
    metrics: (stats) => [
      {
        name: "fleet.runs",
        description: "Runs by state and tenant",
        unit: "{run}",
        type: "gauge",
        points: stats.runs.map(({ runs, state, tenant }) => ({
          value: runs,
          attributes: { state, tenant },
        })),
      },
      gauge("fleet.queue.depth", "{run}", {
        description: "Runs that could be executed now and are not",
        value: stats.queue_depth,
      }),
      gauge("fleet.queue.oldest_wait", "s", {
        description: "How long the first of them has waited",
        value: stats.oldest_wait_seconds,
      }),
      gauge("fleet.runs.stuck", "{run}", {
        description: "Runs that no worker takes until they are tried again",
        value: stats.stuck,
      }),
      gauge("fleet.leases.lapsed", "{run}", {
        description: "Runs whose holder gave no sign of life in time",
        value: stats.lapsed,
      }),
      {
        name: "fleet.takeovers",
        description: "Runs taken over by this worker from one that died",
        unit: "{run}",
        type: "counter",
        value: takeovers,
      },
      {
        name: "fleet.fencings",
        description: "Runs that this worker lost to another one",
        unit: "{run}",
        type: "counter",
        value: fencings,
      },
      {
        name: "fleet.append.duration",
        description: "How long appends to ledgers take",
        unit: "s",
        type: "histogram",
        values: { bounds: BOUNDS, counts, sum },
      },
    ],
  };
}

function gauge(
  name: string,
  unit: string,
  { description, value }: {
    readonly description: string;
    readonly value: number;
  },
): Metric {
  const points = [{ value, attributes: {} }];
  return { name, description, unit, type: "gauge", points };
}
