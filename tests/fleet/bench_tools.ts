/**
 * A tool that takes no time, so that what is measured is the step and not the tool.
 *
 * @module
 */
import { z } from "npm:zod@4.6.7";

const args: z.ZodType<{ readonly text: string }> = z.strictObject({
  text: z.string(),
});

/** Returns what it is told. */
export const note = {
  description: "Say something",
  args,
  effects: {},
  labels: ["sink"],
  idempotent: true,
  run: ({ text }: { readonly text: string }) => ({ said: text }),
};
