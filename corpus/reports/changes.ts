/**
 * Records of planned change: DNS, scanner firmware, certificates, retention, a
 * decommissioning.
 *
 * @module
 */
import { grouped, isoDate, tenths, timeOfDay } from "../notation.ts";
import { DATA, SITES, SRE } from "../staff.ts";
import type { Report } from "./report.ts";

const dnsMigration: Report = {
  id: "op-06",
  write(draw) {
    const day = draw.integer(64, 66);
    const change = `CHG-${draw.integer(2210, 2290)}`;
    const zones = draw.integer(14, 22);
    const records = zones * draw.integer(23, 31);
    const start = draw.integer(295, 310);
    const found = draw.integer(48, 65);
    const repaired = draw.integer(9, 14);
    const requester = draw.pick(SRE);
    const approver = draw.pick(SRE.filter((name) => name !== requester));
    return `
# Change record ${change}: public DNS moves to two providers

Requested by: ${requester}
Approved by: ${approver}
Carried out: ${isoDate(day)}, from ${timeOfDay(start)} UTC
State: closed, with one deviation

## Purpose

All ${zones} public zones were served by a single provider. When that provider
has a bad day, so do we. After this change two unrelated providers answer for
each zone from the same source file.

## Preparation

Two days ahead, the time to live of all ${grouped(records)} records was lowered
from one hour to five minutes. The zone files were imported at the second
provider and compared record by record with a script.

## Execution

1. Add the name servers of the second provider to the two least important zones.
2. Query both zones from six networks for thirty minutes and compare the
   answers.
3. Repeat for the other ${zones - 2} zones in groups of four.
4. Restore the old time to live on the next day.

## Deviation

Around ${timeOfDay(start + found)} a partner reported that our mail failed its
signature check about every second time. The second provider had silently cut a
long text record at 255 characters, so half of the world saw a broken signing
key. The comparison script had missed it because it compared names and types,
but not contents. The record was split into two strings by hand, and mail was
clean again ${repaired} minutes after the report.

## Back-out plan

Not used. It would have removed the new name servers at the registrar, with full
effect after at most two days.

## Lessons

Compare the answers of servers and not the files that you feed them. The
corrected script runs every hour and opens a ticket when the two providers
disagree on ${draw.pick(["a single byte", "anything"] as const)}.
`;
  },
};

const scannerFirmware: Report = {
  id: "op-11",
  write(draw) {
    const day = draw.integer(112, 115);
    const pilot = draw.integer(20, 28);
    const second = draw.integer(118, 146);
    const third = draw.integer(171, 208);
    const all = pilot + second + third;
    const revived = draw.integer(9, 14);
    const dead = draw.integer(3, 5);
    const battery = draw.integer(5, 7) * 5;
    return `
# Handheld scanners: firmware 4.${draw.integer(6, 9)} is on the floor

Rollout report, closed ${isoDate(day)}
Warehouse systems with ${draw.pick(SITES)}

The new firmware fixes the slow first scan after standby that has annoyed
pickers since last year. It also encrypts the device's memory, which the insurer
asked for. ${all} scanners were due, and ${all - dead} of them run the new
version today.

## Wave one: Northgate, ${pilot} devices

All went well, in hindsight because we were too careful. The pilot took place on
a Monday morning with devices fresh from the cradle.

## Wave two: Brackwater, ${second} devices

Here ${revived + dead} scanners stopped halfway and would not start. Their
batteries had been below ${battery} percent at the end of a shift. The updater
checks the charge before the download, but the encryption step comes last and
draws the most power. We paused for a week.

${revived} of the stranded devices came back after a night in the cradle and a
forced reload. The other ${dead} had damaged their memory and went to the maker,
who replaces them under warranty.

## Wave three: Farrow Cross and Tillen Quay, ${third} devices

The update now starts only in the cradle and above 60 percent. Not a single
device failed.

## Is it faster?

The first scan after standby takes ${tenths(draw.integer(7, 9))} seconds, where
it used to take ${tenths(draw.integer(29, 36))}. Pickers noticed without being
told, and one left a thank-you note on the charging cabinet.

## For next time

Choose a pilot group that is as tired as the real fleet. Ask for the charge at
every step that cannot be interrupted, and keep three percent of the fleet in
reserve during an update.
`;
  },
};

const certificateRotation: Report = {
  id: "op-14",
  write(draw) {
    const day = draw.integer(140, 143);
    const change = `CHG-${draw.integer(2330, 2390)}`;
    const author = draw.pick(SRE);
    const partners = draw.integer(37, 48);
    const pinned = draw.integer(2, 4);
    const silent = draw.integer(5, 8);
    const confirmed = partners - pinned - silent;
    const start = draw.integer(540, 555);
    const total = draw.integer(21, 29);
    return `
# Rotating the signing certificate of the carrier gateway

${change} | ${isoDate(day)} | ${author}, SRE | risk: medium | result: success

Carriers exchange orders and status messages with us through the carrier
gateway. Each message is signed, and the certificate behind our signature would
have expired on ${isoDate(day + 19)}. The private key had been in use for three
years, so we made a new one as well.

### Why it is harder than it sounds

A web browser accepts any certificate that a known authority vouches for. Most
of our ${partners} partners do the same, but some have stored our exact
certificate and accept nothing else. We do not know which ones until we ask, and
not everyone answers.

### Asking

The new certificate was sent out six weeks ahead. ${confirmed} partners
confirmed that they were ready. ${pinned} replied that they store the old one
and could not change it before the autumn. ${silent} never replied, and for
those we looked at their test traffic and saw that they follow the authority.

### Doing

At ${timeOfDay(start)} the gateway began to sign with the new key. For the
${pinned} late partners a second endpoint keeps the old key, whose certificate
was extended by six months for this purpose. We watched rejections until every
partner had sent and received at least one message, which took ${total} hours.

### Rejections

There were ${draw.integer(2, 3)}, all from one partner that had confirmed and
then installed the file on its test system only. A phone call settled it in a
quarter of an hour.

### Left to do

Close the second endpoint when the late partners have moved. The expiry date now
stands in the duty calendar with warnings at 90, 60 and 30 days.
`;
  },
};

const photoRetention: Report = {
  id: "op-15",
  write(draw) {
    const day = draw.integer(154, 158);
    const photos = draw.integer(412, 478) * 100_000;
    const heldBack = draw.integer(61, 84) * 100;
    const young = draw.integer(118, 137) * 100_000;
    const deleted = photos - heldBack - young;
    const kilobytes = draw.integer(210, 260);
    const terabytes = tenths(Math.round((deleted * kilobytes) / 1e8));
    const runs = draw.integer(11, 15);
    return `
# Deleting old delivery photos

Data protection measure, completed ${isoDate(day)}
Data platform (${draw.pick(DATA)}), legal, customer service

Drivers photograph parcels that they leave at a door. Our policy says that such
a picture is kept for 180 days and then deleted. The second half of that
sentence had never been carried out.

## Inventory

The store held ${grouped(photos)} photos, the oldest of them five years old.
${grouped(young)} were younger than 180 days and stay for now.
${grouped(heldBack)} belong to open claims or court cases and are exempt until
these are closed. That left ${grouped(deleted)} photos to delete, about
${terabytes} terabytes.

## How it was done

Deletion cannot be undone, so we took our time. A list was made first and
checked by customer service, who drew ${draw.integer(3, 5) * 100} entries at
random and found no photo that they still needed. Legal compared the list with
the register of claims. Only then did we delete, in ${runs} nightly runs, with a
pause after the first one.

## What we had not expected

Thumbnails live in another place. The app makes a small copy of each photo, and
the list did not mention these copies. A tester who opened a deleted delivery
could still see the door, the house number and, in one case, a face. The
thumbnails were deleted in an extra run, and the list is now built from both
places.

Backups keep the photos for another 35 days and then lose them by themselves.
This has been written into the record of processing, so that an answer to a
customer is true on the day it is given.

## From now on

The job runs every night and reports how many photos it deleted. If the number
is zero for three nights in a row, someone is told, because a silent job is how
we got here.
`;
  },
};

const endpointRetired: Report = {
  id: "op-24",
  write(draw) {
    const day = draw.integer(288, 291);
    const quiet = draw.integer(19, 26);
    const host = `edi-old-${draw.integer(2, 5)}`;
    const asset = draw.integer(3300, 3990);
    const since = draw.integer(2008, 2011);
    const watts = draw.integer(34, 48) * 10;
    const yearly = Math.round((watts * 8.76) / 10) * 10;
    return `
# Decommissioning record: ${host}

Asset: HF-${asset}, rack server, in service since ${since}
Retired by: ${draw.pick(SRE)} on ${isoDate(day)}
Witness: ${draw.pick(SITES)}

## What it was

${host} began as a fax server, became the first electronic order desk, and ended
its life as the second endpoint that op-14 had set up for partners with an old
certificate. It outlived three operating systems and the company that built it.

## Proof that nobody needs it

The last partner moved to the regular endpoint early in September. Afterwards we
recorded all traffic to the machine for ${quiet} days. We saw monitoring,
backups and one nightly connection that nobody could explain. It came from a
spreadsheet in the claims office that fetched a list of depots. The spreadsheet
now fetches the list from the intranet.

We then pulled the network cable for a week and left the machine running. Nobody
called.

## Steps taken

- The configuration and the message archive were copied to cold storage for the
  ten years that trade law demands.
- The old signing key was destroyed in the presence of the witness.
- Its address, its name and four firewall rules were removed.
- Both disks were shredded by the recycler, and the receipt is filed with this
  record.
- Monitoring and backup jobs were deleted last, so that a mistake would still
  have been noticed.

## What it saves

The machine drew ${watts} watts around the clock, which is about
${grouped(yearly)} kilowatt-hours a year. More valuable is that the patch report
no longer has a permanent exception on its first line.

## A last remark

The brass plate with the name of the fax line hangs in the break room now.
`;
  },
};

/** DNS, scanner firmware, certificate, photo retention and decommissioning. */
export const CHANGES: readonly Report[] = [
  dnsMigration,
  scannerFirmware,
  certificateRotation,
  photoRetention,
  endpointRetired,
];
