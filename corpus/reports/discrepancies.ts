/**
 * Reports on money that did not add up.
 *
 * @module
 */
import { euros, isoDate, tenths } from "../notation.ts";
import { FINANCE } from "../staff.ts";
import type { Report } from "./report.ts";

const reconciliation: Report = {
  id: "op-10",
  write(draw) {
    const day = draw.integer(105, 109);
    const days = draw.integer(5, 8);
    const refunds = draw.integer(212, 318);
    const sum = refunds * draw.integer(3100, 5200) + draw.integer(1, 99);
    const [author, checker] = draw.pick(
      [
        [FINANCE[0], FINANCE[1]],
        [FINANCE[1], FINANCE[2]],
        [FINANCE[2], FINANCE[0]],
      ] as const,
    );
    return `
# Reconciliation gap between card payments and the bank

Prepared by: ${author}, finance operations
Checked by: ${checker}
Position as of: ${isoDate(day)}

**Amount.** For the ${days} settlement days up to ${isoDate(day - 1)}, the
billing system shows ${euros(2 * sum)} more in card receipts than the bank
account does. The gap is fully explained and no money is missing.

**How it surfaced.** The daily match tolerates small differences, since fees are
booked later, and each single day stayed within its tolerance. The interim close
on ${isoDate(day)} tolerates nothing and refused to go through.

**The clue.** We listed everything that could add up to the difference and found
that it equals exactly twice the value of ${refunds} refunds, ${euros(sum)}. A
gap of twice an amount nearly always means a sign error, because the amount was
added where it should have been subtracted.

**The reason.** The card acquirer introduced a new layout for its settlement
file. A minus sign in front of the amount became a letter in a column at the end
of the row. Our import ignores columns it does not know, so every refund was
booked as a receipt. The acquirer had announced the change in a newsletter that
goes to a mailbox of a colleague who left in
${draw.pick(["2023", "2024"] as const)}.

**Correction.** The import reads the letter and rejects a file with unknown
columns. All ${days} files were reversed and booked again under journal
J-${draw.integer(8800, 9400)}, after which the difference was zero to the cent.

**Control.** Each file ends with a control total that we never used. The import
compares it with its own sum from now on, and a mismatch stops the posting.
Vendor announcements go to a shared mailbox that two people read.
`;
  },
};

const surcharge: Report = {
  id: "op-20",
  write(draw) {
    const day = draw.integer(239, 242);
    const customers = draw.integer(23, 34);
    const invoices = customers * draw.integer(9, 13);
    const rate = draw.integer(62, 84);
    const base = draw.integer(41000, 68000);
    const perInvoice = Math.round((base * rate) / 1000);
    const contacted = customers - draw.integer(2, 4);
    return `
# Fuel surcharge charged twice to contract customers

To: management board
From: ${draw.pick(FINANCE)}, finance operations
Date: ${isoDate(day)}

We overcharged ${customers} customers in August, and we are paying the money
back. This memo says how it came about and what it costs.

A furniture importer questioned an invoice on ${isoDate(day - 14)}. Its freight
lines already contained the fuel surcharge of ${tenths(rate)} percent, and the
same percentage appeared again as a separate line at the foot. The customer was
right.

The new contract tariffs, in force since 1 August, include fuel in the base
price. A switch in the customer record tells billing to leave the separate line
out. The tariff team loaded the prices, but setting the switch was a manual step
on a list kept by sales, and the list was sorted by name and cut off at the
letter R. Every contract customer from S to Z kept the old setting.

The error touched ${invoices} invoices. On average the duplicate line came to
${euros(perInvoice)}, which makes ${euros(invoices * perInvoice)} altogether.
Credit notes for the full amount were issued on ${isoDate(day - 1)}. Account
managers have spoken with ${contacted} of the ${customers} customers in person,
and the rest received a letter.

One open point concerns tax. Credit notes that cross a reporting period need an
amended return, and our adviser will file it before the
${draw.pick(["10th", "15th", "20th"] as const)} of next month.

For the future, the switch is gone. Billing derives it from the tariff itself,
so the two cannot disagree. Before any new tariff goes live, ten invoices per
customer group are calculated on paper and compared, with sales and finance in
the same room.
`;
  },
};

/** The reconciliation gap and the doubled surcharge. */
export const DISCREPANCIES: readonly Report[] = [reconciliation, surcharge];
