import { type Database, numberOf, type Session } from "./database.ts";
import { noteOperation } from "./run_orders.ts";

/** All tenants, as the scope of a pause. */
export const ALL_TENANTS = "*";

/**
 * Lets no effect begin any more, of one tenant or of all, and no run be claimed;
 * what runs gets its receipt. Returns `false` when it was so already.
 */
export async function pauseFleet(
  database: Database,
  scope: string,
): Promise<boolean> {
  return await database.transaction(async (session) => {
    const paused = await session.query(
      "insert into fleet.pause (scope) values ($1) on conflict do nothing returning scope",
      [scope],
    );
    if (paused.length > 0) await noteOperation(session, "pause", scope);
    return paused.length > 0;
  });
}

/** Ends a pause; returns `false` when there was none. */
export async function unpauseFleet(
  database: Database,
  scope: string,
): Promise<boolean> {
  return await database.transaction(async (session) => {
    const paused = await session.query(
      "delete from fleet.pause where scope = $1 returning scope",
      [scope],
    );
    if (paused.length > 0) await noteOperation(session, "unpause", scope);
    return paused.length > 0;
  });
}

/** Says how many runs of a tenant are executed at once at most; `undefined` for as many as there are. */
export async function limitTenant(
  database: Database,
  tenant: string,
  maxRunning: number | undefined,
): Promise<void> {
  await database.transaction(async (session) => {
    await (maxRunning === undefined
      ? session.query("delete from fleet.tenant where name = $1", [tenant])
      : session.query(
        `insert into fleet.tenant (name, max_running) values ($1, $2)
         on conflict (name) do update set max_running = excluded.max_running`,
        [tenant, maxRunning],
      ));
    const detail = `${tenant}: ${maxRunning ?? "none"}`;
    await noteOperation(session, "limit", detail);
  });
}

/** How often a provider is asked at most: so many times a second, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Sets the rate of a provider, for all workers. */
export async function setRate(
  database: Session,
  provider: string,
  { perSecond, burst }: Rate,
): Promise<void> {
  await database.query(
    `insert into fleet.rate (name, per_second, burst, tokens) values ($1, $2, $3, $3)
     on conflict (name) do update set per_second = excluded.per_second,
       burst = excluded.burst, tokens = least(rate.tokens, excluded.burst)`,
    [provider, perSecond, burst],
  );
}

/** What a bucket holds by now; a clock that was set back empties nothing. */
const FILLED = `least(burst, tokens + per_second *
  greatest(0, extract(epoch from clock_timestamp() - updated_at)::float8))`;

/**
 * Takes a token of a provider's bucket. Returns how long to wait before the next
 * try, in milliseconds; 0 when one was taken, or the provider has no rate.
 */
export async function takeToken(
  database: Session,
  provider: string,
): Promise<number> {
  const taken = await database.query(
    `update fleet.rate set tokens = ${FILLED} - 1, updated_at = clock_timestamp()
     where name = $1 and ${FILLED} >= 1 returning name`,
    [provider],
  );
  if (taken.length > 0) return 0;
  const [row] = await database.query(
    `select greatest(1, 1000 * (1 - ${FILLED}) / per_second)::float8 as ms
     from fleet.rate where name = $1`,
    [provider],
  );
  return row === undefined ? 0 : numberOf(row, "ms");
}
