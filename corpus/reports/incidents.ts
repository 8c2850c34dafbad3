/**
 * Reviews of things that broke: label printing, the tracking API, cold-chain
 * sensors, the nightly forecast.
 *
 * @module
 */
import { grouped, isoDate, tenths, timeOfDay } from "../notation.ts";
import { DATA, SITES, SRE } from "../staff.ts";
import type { Report } from "./report.ts";

const labelBacklog: Report = {
  id: "op-04",
  write(draw) {
    const day = draw.integer(43, 46);
    const first = draw.integer(790, 825);
    const perMinute = draw.integer(38, 55);
    const blocked = draw.integer(64, 88);
    const noticed = first + draw.integer(17, 24);
    const paged = noticed + draw.integer(6, 10);
    const backlog = perMinute * blocked;
    const drained = first + blocked +
      Math.ceil(backlog / draw.integer(95, 130));
    const size = draw.integer(7, 11);
    return `
# Label printing backlog at Northgate

Incident INC-${draw.integer(510, 549)}, ${isoDate(day)}, severity 2
Review led by ${draw.pick(SRE)}

For ${blocked} minutes on ${isoDate(day)} no shipping label left the printers at
Northgate. Pallets waited on the dock, two departures were late, and the queue
of unprinted labels grew to ${grouped(backlog)}.

## Timeline (UTC)

- ${timeOfDay(first)}: A customer uploads a new logo. The file takes ${size}
  megabytes where others take a few kilobytes.
- ${timeOfDay(first)}: The first label that carries the logo reaches the
  renderer, which runs out of memory.
- ${timeOfDay(noticed)}: The dock supervisor rings the site desk, because every
  printer is idle.
- ${timeOfDay(paged)}: The site desk pages SRE. No alert has fired until then.
- ${timeOfDay(first + blocked)}: The label is moved aside by hand, and printing
  resumes.
- ${timeOfDay(drained)}: The backlog is gone.

## Why one label could stop all others

The renderer takes labels strictly in order. When it crashes, the message
returns to the head of the queue, so the restarted process picked up the very
label that had killed it. It did so ${draw.integer(180, 260)} times.

## Why nobody was warned

Our alert watches the age of the newest label and not the age of the oldest. New
labels kept arriving, so the alert saw a healthy flow of about ${perMinute} a
minute.

## Agreed work

A label that fails three times now goes to a side queue with a notice to the
site desk. Uploads over one megabyte are refused with an explanation. The alert
measures the oldest message instead. The owner is ${draw.pick(SITES)}, together
with SRE, and the last item closes on ${isoDate(day + 14)}.
`;
  },
};

const trackingOutage: Report = {
  id: "op-07",
  write(draw) {
    const day = 77 + 7 * draw.integer(0, 1) + draw.integer(1, 3);
    const start = draw.integer(362, 384);
    const lasted = draw.integer(41, 58);
    const paged = draw.integer(4, 8);
    const understood = paged + draw.integer(13, 19);
    const failedShare = draw.integer(71, 86);
    // So many lookups a second in the morning wave, to the nearest thousand.
    const asked = draw.integer(310, 520) * 60 * lasted;
    const failed = Math.round((asked * failedShare) / 100_000) * 1000;
    const hosts = draw.integer(18, 26);
    const pool = draw.pick([30, 36, 40, 45] as const);
    const logins = Math.round((hosts * pool) / 1.8);
    const onCall = draw.pick(SRE);
    const author = draw.pick(SRE.filter((name) => name !== onCall));
    const limit = draw.integer(6, 12) * 10;
    const deployed = timeOfDay(draw.integer(1265, 1305));
    return `
# Post-incident review: tracking API outage

Incident: INC-${draw.integer(560, 599)}
Severity: 1
Date of the outage: ${isoDate(day)}
Reviewed: ${isoDate(day + 7)}
Author: ${author}, SRE

## Summary

The tracking API outage lasted ${lasted} minutes, from ${timeOfDay(start)} to
${timeOfDay(start + lasted)} UTC. In that time ${failedShare} percent of parcel
lookups failed, about ${grouped(failed)} requests in all. No scan was lost,
because scans reach us through a separate service.

## What caused it

The outage was caused by a database driver upgrade that silently changed the
unit of one setting, the maximum lifetime of a connection. Our configuration
says 1800, which version 5 of the driver read as seconds and version 6 reads as
milliseconds. Connections that used to live for 30 minutes were closed after 1.8
seconds. Across ${hosts} hosts with a pool of ${pool} connections each, that
meant about ${logins} new logins a second, and the database was busy with logins
instead of lookups.

## How it was found

The upgrade had reached every host at ${deployed} the evening before. Pools fill
on demand, so nothing showed until the morning wave of lookups. The health check
stayed green, since it uses one connection of its own outside the pool. A
synthetic parcel lookup paged ${onCall} at ${timeOfDay(start + paged)}, and the
login rate on the database dashboard gave the cause away at
${timeOfDay(start + understood)}.

## What fixed it

${onCall} rolled the driver back to version 5 on all hosts. Lookups recovered
when the last host had restarted.

## What keeps it from happening again

Two changes keep the outage from happening again. First, the deployment pipeline
rejects every duration in configuration that has no unit, so 1800 fails and
1800s passes. Second, a driver upgrade stays on one canary host through a full
morning peak, and the rollout stops by itself when that host opens more than
${limit} connections a minute. Both have been in force since
${isoDate(day + 6)}.
`;
  },
};

const coldStore: Report = {
  id: "op-08",
  write(draw) {
    const day = draw.integer(93, 97);
    const probes = draw.integer(84, 96);
    const faulty = draw.integer(11, 16);
    const low = draw.integer(24, 37);
    const pallets = draw.integer(118, 164);
    const warm = draw.integer(3, 6);
    return `
# Cold-chain deviation: probes in chamber 2 read too cold

Site: Tillen Quay cold store
Raised: ${isoDate(day)} by ${draw.pick(SITES)}
Classification: product safety, no customer harm

## Deviation

A forklift driver noticed that the wall display of chamber 2 was colder than the
thermometer on his truck. A check with a calibrated hand probe proved him right.
${faulty} of the ${probes} fixed probes read between ${tenths(low - 8)} and
${tenths(low)} degrees too low, so the chamber was warmer than every record
said.

Reading low is the dangerous direction. An alarm for warm goods would have come
late, or not at all.

## Assessment of the goods

We measured the core temperature of all ${pallets} pallets that had been stored
there since the last good calibration. ${pallets - warm} were within limits. The
other ${warm}, all of them soft cheese beside the door, were above the limit by
less than one degree. Their owner was informed on the same day and chose to have
them destroyed at our expense.

## Root cause

When the racks were rebuilt in March, the cable glands of these probes were
mounted with the opening upwards. Condensed water ran along the cable into the
connector and bridged the contacts. A wet contact has a lower resistance than
the sensor alone, and the transmitter takes that for cold.

## Corrective action

Every gland in the building now points down and carries a drip loop. The
connectors were dried, sealed and compared against the hand probe, and they
agree within ${draw.pick(["0.2", "0.3"] as const)} degrees.

## Preventive action

The monitoring compares neighbouring probes and raises a deviation when one of
them differs by more than one degree for ${draw.pick([20, 30, 40] as const)}
minutes. Contractors receive a drawing of the gland, not merely a sentence.
`;
  },
};

const lateForecast: Report = {
  id: "op-17",
  write(draw) {
    const day = draw.integer(203, 206);
    const late = draw.integer(96, 148);
    const due = 330;
    const partitions = draw.integer(12, 18);
    const before = partitions * (86_400 / 120);
    const after = partitions * (86_400 / 4);
    const days = draw.integer(8, 10);
    return `
# Five questions about the late volume forecast

Date: ${isoDate(day + 8)}
Answered by: ${draw.pick(DATA)}, data platform
Asked by: planning, in the weekly meeting

**How late was it?** Planners expect tomorrow's parcel volumes at
${timeOfDay(due)}. On ${isoDate(day)} the table was published at
${timeOfDay(due + late)}, so it was ${late} minutes late. Two sites had already
called in their temporary staff by rule of thumb.

**Was the forecast wrong?** No. It was complete, and its error for that day was
within the usual ${draw.integer(4, 6)} percent. Only the time of publication was
bad.

**What held it up?** The job spent most of the night listing files. A stream of
dock sensor readings normally closes a file every two minutes, which gives
${grouped(before)} files a day over its ${partitions} partitions. Since a sales
demonstration it had closed one every four seconds, and that gives
${grouped(after)} a day. After ${days} days the folder held more than
${grouped(Math.floor((days * after) / 100_000) * 100_000)} tiny files, and the
storage service answers a listing in small pages.

**Why did no one see it coming?** Each night was only a little slower than the
one before. We alert on failure and on a fixed deadline, but not on a trend, and
the job had ${draw.integer(70, 90)} minutes of slack to burn.

**What have you done about it?** The stream is back to two minutes, and the
small files have been merged. Demonstrations get a copy of the stream with
settings of their own. A weekly chart compares the running time of each nightly
job with its own median, and anything above one and a half times that value
opens a ticket. The planners also asked for a plain notice by
${timeOfDay(due + 10)} whenever the table is missing, which is fair, and they
have it since ${isoDate(day + 7)}.
`;
  },
};

/** Label backlog, tracking API outage, cold-store probes and late forecast. */
export const INCIDENTS: readonly Report[] = [
  labelBacklog,
  trackingOutage,
  coldStore,
  lateForecast,
];
