import { numberOf, type Session, textOf } from "./database.ts";

/** How many runs of a tenant are in a state. */
export interface RunCount {
  readonly state: string;
  readonly tenant: string;
  readonly runs: number;
}

/** How a fleet is. */
export interface FleetStats {
  /** Runs that are not finished, and those that are, by state and tenant. */
  readonly runs: readonly RunCount[];
  /** Runs that could be executed now and are not. */
  readonly queue_depth: number;
  /** How long the first of them has waited, in seconds. */
  readonly oldest_wait_seconds: number;
  /** Runs that no worker takes until somebody lets them be tried again. */
  readonly stuck: number;
  /** Runs whose holder gave no sign of life within its lease. */
  readonly lapsed: number;
}

/** Counts the runs of a database. */
export async function fleetStats(database: Session): Promise<FleetStats> {
  const counts = await database.query(
    "select state, tenant, count(*)::integer as runs from fleet.run group by 1, 2 order by 1, 2",
  );
  const [row] = await database.query(
    `select
       count(*) filter (where ready)::integer as depth,
       coalesce(extract(epoch from clock_timestamp()
         - min(not_before) filter (where ready)), 0)::float8 as oldest,
       count(*) filter (where state = 'stuck')::integer as stuck,
       count(*) filter (where state = 'running'
         and lease_until < clock_timestamp())::integer as lapsed
     from (select state, not_before, lease_until,
       state = 'queued' and not_before <= clock_timestamp() as ready
       from fleet.run where state <> 'finished') as open`,
  );
  return {
    runs: counts.map((each) => ({
      state: textOf(each, "state"),
      tenant: textOf(each, "tenant"),
      runs: numberOf(each, "runs"),
    })),
    queue_depth: numberOf(row, "depth"),
    oldest_wait_seconds: numberOf(row, "oldest"),
    stuck: numberOf(row, "stuck"),
    lapsed: numberOf(row, "lapsed"),
  };
}
