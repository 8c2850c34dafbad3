import { z } from "../deps.ts";
import { judgedPlace } from "./judged_place.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";

/** The arguments of `read`. */
export interface ReadArgs {
  /** Path of a file, relative to the sandbox or absolute inside it; not empty. */
  readonly path: string;
}

const args: Schema<ReadArgs> = standardSchema(z.strictObject({
  path: z.string().check(
    z.minLength(1),
    z.describe("Path of a file inside the sandbox"),
  ),
}));

/** Creates the tool that returns the text of one file of `sandbox`. */
export function readTool(sandbox: Sandbox): Tool<ReadArgs> {
  return {
    name: "read",
    description: "Return the text of one file",
    effects: { reads: ["path"] },
    args,
    idempotent: true,
    async run({ path }, { places }) {
      const text = await sandbox.readText(judgedPlace(path, places));
      return { path, bytes: new TextEncoder().encode(text).length, text };
    },
  };
}
