import { z } from "zod";
import { type Tool, tool } from "../../../mod.ts";

/** The tools of the tests; `happens` hears of an effect before it happens. */
export function ticketTools(
  happens: (effect: string) => void,
): readonly Tool[] {
  const tickets = new Map([["17", "open"], ["13", "sealed"]]);
  const id = z.string();
  return [
    tool({
      name: "ticket_read",
      description: "Read one ticket",
      args: z.strictObject({ id }),
      effects: {},
      run({ id }) {
        happens(`read ${id}`);
        return Promise.resolve({ text: tickets.get(id) ?? null });
      },
    }),
    tool({
      name: "ticket_update",
      description: "Change a ticket",
      args: z.strictObject({ id, text: z.string() }),
      effects: {},
      run({ id, text }) {
        happens(`update ${id}`);
        tickets.set(id, text);
        return Promise.resolve({ changed: id });
      },
    }),
  ];
}
