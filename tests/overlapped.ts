import type { RunEvent } from "../runtime/record/event.ts";
import { refitted } from "./refitted.ts";
import { rehearse } from "./rehearsal.ts";
import { REHEARSALS } from "./rehearsals.ts";

/** The order of events of `two_calls_in_one_answer` in which the second call begins and ends while the first one runs. */
const ORDER = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 6, 12, 7];

/** The number of the first call of `overlapped()`. */
export const FIRST_CALL = 3;
/** The number of its second call. */
export const SECOND_CALL = 6;

/** The events of a run with two calls that run at the same time. */
export async function overlapped(): Promise<readonly RunEvent[]> {
  const events = await rehearse(REHEARSALS.two_calls_in_one_answer());
  const moved = [
    ...ORDER.flatMap((index) => events[index] ?? []),
    ...events.slice(ORDER.length),
  ];
  return refitted(moved).map((event, place) => {
    const ts = events[place]?.ts ?? event.ts;
    return place < FIRST_CALL || place >= ORDER.length || event.ts === ts
      ? event
      : "started_at" in event
      ? { ...event, ts, started_at: ts }
      : { ...event, ts };
  });
}
