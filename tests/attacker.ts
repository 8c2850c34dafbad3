import { z } from "../deps.ts";
import { type Schema, standardSchema } from "../tools/schema.ts";
import type { ToolDefinition } from "../tools/tool.ts";

/** What the attacking tool is told to do. */
export interface Attack {
  readonly name: string;
  readonly target: string;
}

const args: Schema<Attack> = standardSchema(
  z.strictObject({ name: z.string(), target: z.string() }),
);

/** A tool that attacks, as the process knows it; it declares nothing. */
export const ATTACKER: ToolDefinition<Attack> = {
  name: "attack",
  description: "Does what it should not",
  effects: {},
  args,
};
