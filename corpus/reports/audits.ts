/**
 * Reports on who may do what: an access review and an audit finding.
 *
 * @module
 */
import { isoDate } from "../notation.ts";
import { AUDIT, SITES } from "../staff.ts";
import type { Report } from "./report.ts";

const accessReview: Report = {
  id: "op-03",
  write(draw) {
    const day = draw.integer(35, 38);
    const accounts = draw.integer(214, 286);
    const left = draw.integer(6, 11);
    const agency = draw.integer(3, left - 2);
    const reduced = draw.integer(12, 19);
    const shared = draw.integer(2, 4);
    const kept = accounts - left - reduced - shared;
    const oldest = draw.integer(140, 230);
    return `
# Half-yearly access review: warehouse management system

Reviewer: ${draw.pick(AUDIT)}, internal audit
Period: July to December 2025
Signed off: ${isoDate(day)}

## Scope and method

The review covers every account that can log in to the warehouse management
system at the four sites. The list of accounts was exported by the reviewer and
not by the administrators. Each site lead received the accounts of their own
site and had ten working days to answer "keep", "reduce" or "remove". An account
without an answer counts as "remove".

## Outcome

Of ${accounts} accounts, ${kept} are kept as they are. ${reduced} lose rights
that their holders no longer use, mostly the right to adjust stock after a move
from the count team to the dock. ${left} accounts belonged to people who have
left, and all of them are closed.

${shared} accounts are shared by a whole shift. They cannot be approved, because
nobody can say who acted. They remain for ${draw.integer(3, 5)} weeks until
every terminal has a badge reader, and then they go.

## Observation

Leavers on our own payroll are closed by the personnel system on their last day.
Agency workers are not in that system. ${agency} of the ${left} forgotten
accounts were theirs, and the oldest had been open for ${oldest} days after the
last shift. It was never used in that time.

## Recommendation

Agency accounts should expire after 30 days unless a site lead extends them.
${draw.pick(SITES)} has agreed to try this at one site until the end of March.
Audit will look at the result in the next review and not wait for the one after.
`;
  },
};

const emergencyAccount: Report = {
  id: "op-16",
  write(draw) {
    const day = draw.integer(175, 179);
    const finding = `2026-${draw.integer(11, 19)}`;
    const uses = draw.integer(23, 34);
    const unticketed = draw.integer(8, 13);
    const age = draw.integer(290, 410);
    const holders = draw.integer(11, 15);
    const entitled = draw.integer(3, 4);
    return `
# Audit finding ${finding}: emergency account used for daily work

Rating: high
Auditor: ${draw.pick(AUDIT)}
Reported: ${isoDate(day)}. Response due: ${isoDate(day + 14)}.

## Condition

The emergency account of the billing platform exists for the case that normal
sign-in is broken. Between January and May it was used ${uses} times. For
${unticketed} of those uses there is no ticket, no entry in the duty log and no
recollection by the people we asked.

The password was ${age} days old at the time of the audit. It was known to
${holders} people, although only ${entitled} are entitled to it.

## Criterion

The access standard requires a ticket for each use, a new password after each
use, and a second person who watches.

## Cause

Normal sign-in does not grant the right to restart a stuck invoice run. The
emergency account does. Stuck runs are frequent at the end of the month, so what
began as an exception turned into the usual way to get home in time. The control
was not ignored out of malice. It stood between people and their work, and the
work won.

## Consequence

An unrecorded change of prices or bank details could not be traced to a person.
We found no sign that this has happened, but we could not have ruled it out.

## Response of management

Accepted. A role that may restart an invoice run and nothing else is available
to the ${draw.pick(["billing duty", "month-end"] as const)} team since
${isoDate(day + 7)}. The password was changed and sealed on the day of the
report, and opening the seal now rings the phone of the duty manager. The shared
accounts noted in op-03 are a different matter and were not examined again.
Audit will count the uses after ${draw.pick(["three", "four"] as const)}
month-ends.
`;
  },
};

/** Access review and audit finding. */
export const AUDITS: readonly Report[] = [accessReview, emergencyAccount];
