/**
 * Regular reviews: capacity, cost, alerts, readiness for the peak season.
 *
 * @module
 */
import { grouped, isoDate, percent } from "../notation.ts";
import { DATA, SITES, SRE } from "../staff.ts";
import type { Report } from "./report.ts";

function quartersUntil(peak: number, growth: number, ceiling: number): number {
  let load = peak;
  let quarters = 0;
  while (load < ceiling) {
    load *= 1 + growth / 100;
    quarters++;
  }
  return quarters;
}

const capacity: Report = {
  id: "op-05",
  write(draw) {
    const day = draw.integer(56, 60);
    const peak = draw.integer(145, 160) * 10;
    const limit = draw.integer(54, 58) * 50;
    const growth = draw.integer(9, 13);
    const quarters = quartersUntil(peak, growth, limit * 0.8);
    const polling = draw.integer(31, 39);
    return `
# Capacity review of the tracking API after the winter

Date: ${isoDate(day)}
Author: ${draw.pick(SRE)}
Audience: engineering leads and the budget round

**In one sentence:** the tracking API has room for ${quarters} more quarters of
growth, and most of that growth is avoidable.

## Demand

The busiest minute of the winter fell on the Monday after New Year, with
${grouped(peak)} parcel lookups per second. Demand has grown by about ${growth}
percent a quarter for a year and a half. The growth does not come from more
parcels, whose number is nearly flat. It comes from web shops that ask more
often about the same parcel.

## Supply

A load test on ${isoDate(day - 14)} raised the load in steps until the slowest
one percent of lookups took longer than 400 milliseconds. That point was reached
at ${grouped(limit)} lookups per second. The database had processor time to
spare. The limit was the serialisation of long event histories, which keeps one
core busy while the others wait.

Peak demand is thus ${percent(peak, limit)} percent of what we can serve. We
plan to act at 80 percent, and at the present rate we get there in ${quarters}
quarters.

## Options

Adding hosts is simple and costs about EUR
${grouped(draw.integer(19, 26) * 100)} a month for every tenth of extra
capacity. Caching the history of delivered parcels is better, since ${polling}
percent of lookups concern parcels that will never change again. It takes one
engineer roughly four weeks.

## Recommendation

Build the cache, buy no hosts, and offer web shops a push notification in place
of polling. We repeat the load test after the cache is live.
`;
  },
};

const platformCost: Report = {
  id: "op-13",
  write(draw) {
    const day = draw.integer(126, 130);
    const storage = draw.integer(84, 97) * 100;
    const queries = draw.integer(212, 248) * 100;
    const transfer = draw.integer(22, 31) * 100;
    const total = storage + queries + transfer;
    const dashboard = draw.integer(58, 74) * 100;
    const orphaned = draw.integer(13, 19) * 100;
    const outlook = total - dashboard - orphaned;
    const planned = outlook + draw.integer(3, 9) * 100;
    const minutes = draw.pick([5, 10] as const);
    // At five euros per terabyte read, over the runs of a 30-day month.
    const gigabytes = Math.round(dashboard / ((1440 / minutes) * 30 * 0.005));
    return `
# What the data platform cost in April

Cost review, ${isoDate(day)}
${draw.pick(DATA)} for the data platform team

April came to EUR ${grouped(total)} against a plan of EUR ${grouped(planned)},
which is ${percent(total - planned, planned)} percent too much. Queries made up
EUR ${grouped(queries)} of it, storage EUR ${grouped(storage)} and transfer EUR
${grouped(transfer)}.

### One dashboard, EUR ${grouped(dashboard)}

A wall screen in the dispatch office shows parcels per hour. Behind it is a
query that reads the whole history of scan events and throws all but the current
day away. It runs every ${minutes} minutes, day and night, including the hours
in which the office is locked and dark. The table is partitioned by day, but the
query filters on a text column and so the partitions do not help.

The filter was corrected on ${isoDate(day - 7)}. One run now reads
${draw.integer(2, 4)} gigabytes where it used to read ${gigabytes}. At five
euros per terabyte, we expect to save nearly the full amount from May onwards.

### Copies that nobody owns, EUR ${grouped(orphaned)}

We found ${draw.integer(17, 28)} copies of production tables with names such as
"test" and "final". Nobody answered when we asked who needs them. They were made
read-only for two weeks, and after that they will be deleted one at a time. A
new copy must carry an owner and an expiry date, or the platform will not create
it.

### What we leave alone

Transfer to the route planner looks expensive but is worth it. Fresh routes save
more diesel in a day than the link costs in a month.

### Outlook

With both measures a month should cost about EUR ${grouped(outlook)}, somewhat
below plan. Teams will see their own share each Monday, since a bill that only
we read changes nobody's habits.
`;
  },
};

const alertReview: Report = {
  id: "op-22",
  write(draw) {
    const day = draw.integer(273, 276);
    const pages = draw.integer(160, 186);
    const useful = draw.integer(52, 63);
    const disk = draw.integer(36, 44);
    const flapping = draw.integer(21, 27);
    const rest = pages - useful - disk - flapping;
    const author = draw.pick(SRE);
    const sceptic = draw.pick(SRE.filter((name) => name !== author));
    return `
# Alert review, July to September

Moderated by ${author}; all six on-call engineers took part
Date of the session: ${isoDate(day)}

We read every page of the quarter aloud and asked one question: did the person
who was woken do something that could not have waited until morning? There were
${pages} pages, and for ${useful} of them the answer was yes. That is
${percent(useful, pages)} percent, while our goal is two out of three.

## The worst offenders

Disk usage above 85 percent fired ${disk} times and never needed a human at
night. It is now a ticket, and only the forecast "full within four hours" still
pages.

Flapping links between Farrow Cross and the data centre fired ${flapping} times.
The link has a backup that takes over by itself. We page when both are down, or
when the backup has carried traffic for a whole day.

The remaining ${rest} needless pages are spread thinly over
${draw.integer(14, 18)} rules. Each rule was given to one engineer, who either
improves or deletes it by ${isoDate(day + 14)}.

## What we were not told

The opposite error matters more. Twice in the quarter a customer noticed a fault
before we did. Once the label printer fonts were missing, and once a carrier's
prices were a week old. Both cases now have a synthetic check that looks at the
result instead of the machinery.

## Disagreement

${sceptic} holds that a page without a runbook should not exist at all. Others
want to keep a few for conditions that we have never seen. We did not settle
this. Until the next session every page without a runbook has to show the name
of whoever insisted on it.
`;
  },
};

const peakReadiness: Report = {
  id: "op-25",
  write(draw) {
    const day = draw.integer(301, 304);
    const freeze = 315;
    const thaw = 364;
    const sre = draw.pick(SRE);
    const site = draw.pick(SITES);
    const volume = draw.integer(34, 42);
    const temps = draw.integer(140, 190);
    const handhelds = temps + draw.integer(14, 25);
    const missing = draw.integer(18, 27);
    return `
# Peak season: are we ready?

Status on ${isoDate(day)}, collected by ${sre} and ${site}
Change freeze: ${isoDate(freeze)} to ${isoDate(thaw)}

Planning expects ${volume} percent more parcels per day than in an ordinary week
of October. Every area gave one of three answers: ready, ready with a condition,
or not ready.

## Ready

Label printing was tested at twice the expected volume and kept up. The tracking
API passed its load test with the new cache, and the safeguards agreed in op-07
were tried again and did their job. The alerts cleared out in op-22 have left
the duty engineers noticeably better rested.

## Ready with a condition

Brackwater is ready once the last cable tracing ordered in op-18 has been
signed. Two racks are still missing from the list, because they stood behind
seasonal goods.

The payment export is ready provided that month-end is not moved. If finance
brings it forward, the export and the evening sort share a database for an hour,
and both slow down.

## Not ready

Tillen Quay needs ${handhelds} handhelds for its ${temps} temporary pickers,
including spares, and ${missing} have not been delivered. The supplier names
${isoDate(freeze - 3)} as the date. If it slips, pickers on the late shift will
share devices, and that costs around ${draw.integer(4, 7)} percent of their
speed.

## Rules during the freeze

Nothing is deployed except fixes for a fault that customers can see. Each
exception needs one engineer who asks, one who reviews, and a named person at
the site who knows about it. A rollback never needs permission.

We meet every morning at 08:15 for ten minutes, standing up.
`;
  },
};

/** Capacity, cost, alerts and peak readiness. */
export const REVIEWS: readonly Report[] = [
  capacity,
  platformCost,
  alertReview,
  peakReadiness,
];
