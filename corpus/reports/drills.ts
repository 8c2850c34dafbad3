/**
 * Reports on things that were broken on purpose: a restore, the mains, a
 * message broker, and the staff's trust in their mailbox.
 *
 * @module
 */
import { grouped, isoDate, percent, timeOfDay } from "../notation.ts";
import { AUDIT, SITES, SRE } from "../staff.ts";
import type { Report } from "./report.ts";

const restoreDrill: Report = {
  id: "op-02",
  write(draw) {
    const day = draw.integer(22, 25);
    const start = draw.integer(545, 575);
    const gigabytes = draw.integer(380, 620);
    const rate = draw.integer(6, 9);
    const fetched = draw.integer(11, 17);
    const copied = Math.ceil(gigabytes / rate);
    const replayed = draw.integer(9, 19);
    const checked = draw.integer(14, 26);
    const total = fetched + copied + replayed + checked;
    const driver = draw.pick(SRE);
    const watcher = draw.pick(SRE.filter((name) => name !== driver));
    return `
# Restore drill: billing database

Drill date: ${isoDate(day)}
At the keyboard: ${driver}. Watching the clock: ${watcher}.

## What we wanted to know

Can one engineer, with the written procedure and nothing else, bring the billing
database back on empty hardware within three hours and lose at most five minutes
of bookings?

## Result

Yes, with one reservation. The database answered correct queries ${total}
minutes after the start, at ${timeOfDay(start + total)}. The newest booking that
came back was ${draw.integer(45, 170)} seconds older than the simulated loss.

## Where the time went

1. Finding the backup and unlocking its key took ${fetched} minutes.
2. Copying ${gigabytes} gigabytes took ${copied} minutes, at about ${rate}
   gigabytes a minute.
3. Replaying the transaction logs took ${replayed} minutes.
4. Comparing totals with the finance report of the day took ${checked} minutes.

## The reservation

The key for the backup is split between two safes. One of the two people who may
open the second safe was on leave, and the other happened to be in the building
by luck. On a Sunday we would have waited for hours, and the three hours would
have been lost before the first byte was copied.

## Smaller findings

The procedure names a storage class that was renamed last year. The comparison
of totals is a spreadsheet that only ${watcher} understands. Neither of them
stopped us, and both have been put right since.

## Next drill

In ${draw.pick(["July", "August"] as const)} we repeat this without warning and
on a weekend. By then a third person must be able to open the second safe.
`;
  },
};

const generatorTest: Report = {
  id: "op-18",
  write(draw) {
    const day = draw.integer(211, 214);
    const cut = draw.integer(365, 390);
    const carried = draw.integer(9, 13);
    const ran = draw.integer(48, 66);
    const perHour = draw.integer(52, 64);
    const litres = Math.round((perHour * ran) / 60);
    const rack = `B${draw.integer(2, 6)}`;
    return `
# Mains failure test at Brackwater, ${isoDate(day)}

Responsible: ${draw.pick(SITES)}, facilities
Present: ${draw.pick(SRE)} (SRE), the generator contractor, one electrician

The yearly test was carried out under real load, before the first shift. The
main breaker was opened at ${timeOfDay(cut)} and closed again at
${timeOfDay(cut + ran)}.

## Observations

The batteries carried the server room for ${carried} seconds until the generator
had come up to speed. The limit is 15 seconds, so this part passed. Lights and
conveyor controls in halls A and C behaved as designed.

Rack ${rack} went dark at once. Each of its machines has two power supplies, and
the labels promise two separate feeds. Behind the rack, however, both
distribution strips were plugged into the same battery unit, and its breaker
tripped as soon as the full load arrived. Two switches and the door controller
of hall C lost power for ${draw.integer(6, 11)} minutes.

The generator used ${litres} litres of diesel in ${ran} minutes. At that rate
the tank of ${grouped(perHour * 30)} litres lasts 30 hours, and the supply
contract promises a delivery within 24.

## Assessment

The test failed because of rack ${rack}, and it was worth doing for the same
reason. Nobody would have traced those cables on an ordinary day. The strips
were presumably moved when the rack was refurbished, since the older photographs
show them on different units.

## Orders given

The electrician separated the feeds the same morning and pulled each plug in
turn to prove it. All other racks on the site will be traced by
${isoDate(day + 21)}. The refurbishment checklist has a new line: pull one feed,
wait a minute, and see that nothing happens.
`;
  },
};

const phishing: Report = {
  id: "op-19",
  write(draw) {
    const day = draw.integer(224, 227);
    const author = draw.pick(AUDIT);
    const sent = draw.integer(620, 690);
    const entered = draw.integer(19, 31);
    const clicked = entered + draw.integer(38, 57);
    const reported = draw.integer(171, 228);
    const first = draw.integer(3, 6);
    return `
# Results of the August phishing exercise

Published to all staff on ${isoDate(day)} by ${author}, information security

Last week ${sent} of us received a message that looked like a customs invoice
for a held shipment. It was ours. Nobody will be named, and no manager gets a
list.

## The figures

${clicked} people opened the link, which is ${percent(clicked, sent)} percent.
${entered} of them went on to type their password. On the good side, ${reported}
people pressed the report button, and that is ${percent(reported, sent)}
percent.

The first report arrived ${first} minutes after the message went out.
Unfortunately the first password had been typed
${draw.pick(["one minute", "two minutes"] as const)} before that.

## What made it convincing

Held shipments are daily business here, so the subject alone raised no
suspicion. The sender's domain differed from that of a real broker by a single
letter. We also sent it at half past four, when people clear their inbox before
they go home. A real attacker would do exactly the same.

## What gave it away

The invoice number had too few digits for a customs document. The link led to a
site in a country where that broker has no office. Above all, the page asked for
your Halden password, and no broker will ever need that.

## What happens now

Whoever typed a password has already been asked to change it and has been
offered twenty minutes with one of us. Those talks are about the message and not
about blame. From ${isoDate(day + 14)} the mail gateway marks senders whose
domain is younger than ${draw.integer(2, 6) * 10} days, because most of these
domains are bought in the same week.
`;
  },
};

const brokerGameDay: Report = {
  id: "op-23",
  write(draw) {
    const day = draw.integer(280, 282);
    const start = draw.integer(600, 625);
    const election = draw.integer(8, 14);
    const clung = draw.integer(21, 33);
    const duplicates = draw.integer(130, 190);
    const twice = draw.integer(3, 6);
    const node = draw.pick(["mq-1", "mq-2", "mq-3"] as const);
    return `
# Game day: the message broker loses a node

Held on ${isoDate(day)}, ${timeOfDay(start)} to ${timeOfDay(start + 90)}
Game master: ${draw.pick(SRE)}

**Hypothesis.** If one of the three broker nodes disappears, publishers pause
for less than 20 seconds, consumers carry on, and no message is lost or handled
twice.

**Experiment.** At ${timeOfDay(start + 15)} we cut ${node} from the network with
a firewall rule. A clean shutdown would have been too polite, since the node
then hands over its work before it leaves. After half an hour we removed the
rule and let the node rejoin.

**What we saw.** The two remaining nodes elected a new leader in ${election}
seconds. Publishers noticed nothing but a short delay. Label printing handled
its messages without complaint, and its side queue from op-04 stayed empty.

The proof-of-delivery consumer did worse. It kept its old connection for
${clung} seconds because nothing told it that the other end was gone, and then
it fetched ${duplicates} messages a second time. ${duplicates - twice} of these
were recognised as known and skipped. The other ${twice} produced a second
receipt for the recipient.

**Verdict.** The first two parts of the hypothesis hold, and so does "no message
is lost". The last part is refuted.

**Follow-up.** The consumer gets a heartbeat of five seconds, so that it gives
up on a dead connection early. Its memory of handled messages was limited to the
last ${draw.integer(8, 12)} minutes, which is shorter than a slow retry, and
will be extended to a day. We repeat the same experiment on ${isoDate(day + 28)}
with another node.

**What we would do differently.** Tell customer service beforehand. They saw the
doubled receipts before we did and spent a while hunting a bug that we had made
on purpose.
`;
  },
};

/** Restore drill, generator test, phishing exercise and broker game day. */
export const DRILLS: readonly Report[] = [
  restoreDrill,
  generatorTest,
  phishing,
  brokerGameDay,
];
