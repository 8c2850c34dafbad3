import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import { type Schema, standardSchema } from "../../tools/schema.ts";
import type { Tool } from "../../tools/tool.ts";

const anything: Schema<Json> = standardSchema(z.json());

/** A tool that touches nothing and returns what it is given. */
export function recordedTool(
  name: string,
  args: Schema<unknown> = anything,
): Tool {
  return {
    name,
    description: "Return the arguments",
    effects: {},
    args,
    run: (given) => Promise.resolve(JSON.parse(JSON.stringify(given))),
  };
}
