/**
 * Notes that colleagues leave for each other: a handover, a vendor note, a
 * runbook revision, a site survey.
 *
 * @module
 */
import { grouped, isoDate, percent, tenths, timeOfDay } from "../notation.ts";
import { SITES, SRE } from "../staff.ts";
import type { Report } from "./report.ts";

const handover: Report = {
  id: "op-01",
  write(draw) {
    const weeks = draw.integer(1, 3);
    const monday = weeks * 7 + 7;
    const from = draw.pick(SRE);
    const to = draw.pick(SRE.filter((name) => name !== from));
    const pages = draw.integer(9, 14);
    const night = draw.integer(2, 4);
    const failures = draw.integer(3, 5);
    const timeout = timeOfDay(draw.integer(125, 145));
    const host = `wh-print-${draw.integer(11, 29)}`;
    const disk = draw.integer(78, 82);
    const growth = draw.integer(8, 12);
    const daysLeft = Math.floor(((90 - disk) * 10) / growth);
    return `
# On-call handover, week ${weeks + 2}

From: ${from}
To: ${to}
Handed over: ${isoDate(monday)}, Monday stand-up

A quiet week by our standards: ${pages} pages, of which ${night} came between
midnight and six. None of them needed a second person.

## Still open

The nightly copy of the route tables into the data platform failed on
${failures} of the last seven nights. The second attempt always works, so nobody
downstream has complained. The first attempt dies with a lock timeout at about
${timeout}, and I suspect the vacuum job that was moved to the same hour in
December. Ticket OPS-${draw.integer(4100, 4190)} has the lock traces. Please do
not close it because of one green night.

Print host ${host} at Brackwater rebooted by itself on ${isoDate(monday - 4)}.
Its management controller reports correctable memory errors in slot B2. A new
module should arrive on ${isoDate(monday + 3)}, and until then label traffic is
weighted away from the machine.

## Keep an eye on

The disk of the metrics store is ${disk} percent full and gains about
${tenths(growth)} points a day. That leaves ${daysLeft} days until the 90
percent alert. Compaction is booked for Thursday, so you should never see it.

## Closed

The "no messages" alert for small carriers now waits 40 minutes instead of 10.
Those carriers send in batches, and over the holidays the alert fired
${draw.integer(7, 12)} times and was wrong every time.

## A favour

The spare duty phone barely lasts four hours on a charge. Would you please order
another one before it dies in the middle of somebody's night?
`;
  },
};

const textMessages: Report = {
  id: "op-09",
  write(draw) {
    const day = draw.integer(99, 101);
    const start = draw.integer(725, 750);
    const silent = draw.integer(24, 33);
    const lasted = draw.integer(190, 235);
    const late = draw.integer(6200, 8100);
    const expired = draw.integer(410, 690);
    return `
# Vendor note: text message gateway down on ${isoDate(day)}

For: customer service leads
Written by: ${draw.pick(SRE)}, SRE, on ${isoDate(day + 1)}

You had a difficult afternoon, and this note explains why. Our text message
vendor stopped delivering at ${timeOfDay(start)} and recovered at
${timeOfDay(start + lasted)}, ${lasted} minutes later. Delivery notices by
e-mail and in the app were not affected.

According to the vendor, a digger cut a fibre in front of its primary site.
Traffic moved to the second site as intended, but that site still held last
year's routes for two mobile networks and sent their messages nowhere. The
vendor's status page stayed green for the first ${silent} minutes. Our own
delivery-receipt monitor had alerted us long before it changed colour.

In total ${grouped(late + expired)} messages were held up. ${grouped(late)} of
them went out late. The other ${expired} carried a delivery slot that had
already passed, so we let them expire instead of confusing people with an
appointment in the past.

If a customer asks, these three points are safe to say:

- No parcel was delayed, because drivers do not depend on text messages.
- A missed notice does not count as a missed delivery, and the free second
  attempt still applies.
- Nobody needs to register a phone number again.

We have opened a claim under the service agreement for ${draw.integer(8, 12)}
percent of the monthly fee. A second vendor was priced in
${draw.pick(["autumn", "September", "October"] as const)} and judged too
expensive. We will put the offer on the table again with these figures beside
it.
`;
  },
};

const drainRunbook: Report = {
  id: "op-12",
  write(draw) {
    const day = draw.integer(113, 116);
    const runbook = `RB-${draw.integer(31, 49)}`;
    const revision = draw.integer(6, 9);
    const oldWait = draw.integer(60, 90);
    const longest = draw.integer(140, 165);
    const author = draw.pick(SRE);
    const reader = draw.pick(SRE.filter((name) => name !== author));
    return `
# Runbook ${runbook}, revision ${revision}: drain one host of the tracking API

Owner: ${author} (SRE) | Valid from: ${isoDate(day)}

## Why it was revised

Revision ${revision - 1} told the reader to wait ${oldWait} seconds after taking
a host out of rotation. That was written before streaming updates existed. A
carrier dashboard now keeps a stream open for up to ${longest} seconds, so an
impatient drain cuts it off and the dashboard shows stale parcels.

A reader of op-07 also pointed out that step 4 could be read in two ways. It now
names one host and one command.

## The procedure

1. Announce the drain in the operations channel and name the host.
2. Set the host's weight to zero at the load balancer. Do not stop the process
   yet.
3. Watch the gauge for open streams. Go on when it shows zero, or after
   ${longest + 15} seconds, whichever comes first.
4. Stop the service on that host only, with the stop command and never with a
   reboot.
5. Do the work that you came for.
6. Start the service and look up one test parcel directly on the host.
7. Give the host a tenth of its weight for five minutes, and then all of it.

## When to stop and call someone

Stop when a second host leaves rotation by itself while yours is drained. Stop
as well when the test parcel of step 6 answers with yesterday's status, since
that means the host reads from a lagging replica. In both cases restore the
weight first and ask afterwards.

## Trial

${reader} followed the text without help on ${isoDate(day - 1)} and needed
${draw.integer(11, 16)} minutes. One unclear word in step 7 was replaced as a
result.
`;
  },
};

const wifiSurvey: Report = {
  id: "op-21",
  write(draw) {
    const day = draw.integer(245, 247);
    const points = draw.integer(38, 46);
    const onRadar = draw.integer(14, 19);
    const switches = draw.integer(31, 47);
    const matched = switches - draw.integer(2, 4);
    const drops = draw.integer(210, 260);
    const dropsAfter = draw.integer(12, 21);
    return `
# Farrow Cross: why the handhelds lose their network

Site survey, ${isoDate(day)} to ${isoDate(day + 2)}
Surveyed by: ${draw.pick(SRE)} with ${draw.pick(SITES)}, site lead

Pickers at Farrow Cross have complained since the summer that their handhelds
freeze for half a minute, mostly in the afternoon and always near the west
doors. We walked the hall for three days with a spectrum analyser to find out.

## It is not the racking

Everyone's first guess was the new steel racking. Signal strength says
otherwise. It stayed above the planning value in every aisle, and the worst spot
was a break room where nobody scans.

## It is the airfield

${onRadar} of the ${points} access points were set to channels that must be
vacated when radar is heard. The small airfield behind the west doors began to
use a weather radar in June. During the survey we counted ${switches} forced
channel changes, and ${matched} of them matched a sweep of that radar to the
second.

A handheld that loses its channel searches all others before it gives up and
roams. On this model the search takes ${draw.integer(24, 34)} seconds, which is
precisely the freeze that people describe.

## What we changed

We moved those ${onRadar} access points to channels without radar duty on the
second evening. Fewer channels are left to share, so we also lowered the
transmit power to keep neighbours apart. Dropped sessions fell from ${drops} on
the first day to ${dropsAfter} on the third, a drop of
${percent(drops - dropsAfter, drops)} percent.

## What is left

The yard outside dock 9 is now thinly covered, and it needs one more access
point before winter. The planning sheet for new sites has gained a question
about radar within ${draw.pick([15, 20, 25] as const)} kilometres.
`;
  },
};

/** Handover, vendor note, runbook revision and site survey. */
export const NOTES: readonly Report[] = [
  handover,
  textMessages,
  drainRunbook,
  wifiSurvey,
];
