import type { Database } from "../../evidence/store/postgres/database.ts";

/**
 * Has a server say twice that it shuts down; `when` is the part of a trigger that says
 * at which statement and of which row.
 */
export async function awayTwice(
  database: Database,
  when: string,
): Promise<void> {
  await database.query(`
    create sequence fleet.tries;
    create function fleet.away() returns trigger language plpgsql security definer as $$
    begin
      if nextval('fleet.tries') <= 2 then
        raise exception 'shutting down' using errcode = '57P01';
      end if;
      return new;
    end $$;
    create trigger away ${when} execute function fleet.away()`);
}
