import { z } from "../deps.ts";
import { judgedPlace } from "./sandbox/judged_place.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";

/** The arguments of `write`. */
export interface WriteArgs {
  /** Path of a file, relative to the sandbox or absolute inside it; not empty. */
  readonly path: string;
  /** The whole new text of the file, written as UTF-8; may be empty. */
  readonly content: string;
}

const args: Schema<WriteArgs> = standardSchema(z.strictObject({
  path: z.string().check(
    z.minLength(1),
    z.describe("Path of a file inside the sandbox"),
  ),
  content: z.string().check(z.describe("The whole new text of the file")),
}));

/** Creates the tool that writes one file of `sandbox`, and its parents. */
export function writeTool(sandbox: Sandbox): Tool<WriteArgs> {
  return {
    name: "write",
    description: "Create or replace one text file",
    effects: { writes: ["path"] },
    labels: ["sink"],
    args,
    idempotent: true,
    async run({ path, content }, { places }) {
      const judged = judgedPlace(path, places);
      return { path, bytes: await sandbox.writeText(judged, content) };
    },
  };
}
