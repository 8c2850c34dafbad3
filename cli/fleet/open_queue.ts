import type { Database } from "../../evidence/store/postgres/database.ts";
import type { JobQueue } from "./job_queue.ts";

/** The adapter of the queue, which loads its package. */
export async function queueAdapter(): Promise<
  typeof import("./pg_boss_queue.ts")
> {
  return await import(new URL("./pg_boss_queue.ts", import.meta.url).href);
}

/** Opens the queue of a database that has the schema. */
export async function openQueue(database: Database): Promise<JobQueue> {
  const { pgBossQueue } = await queueAdapter();
  return await pgBossQueue(database);
}
