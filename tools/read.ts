import { z } from "../deps.ts";
import type { JsonObject } from "./data/json.ts";
import { type JudgedPlace, judgedPlace } from "./sandbox/judged_place.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { type Schema, standardSchema } from "./schema.ts";
import type { Tool } from "./tool.ts";

/** The largest page, in bytes. */
const PAGE_BYTES = 2 ** 20;

/** The arguments of `read`. */
export interface ReadArgs {
  /** Path of a file, relative to the sandbox or absolute inside it; not empty. */
  readonly path: string;
  /** The byte at which to begin. Default: 0. */
  readonly offset?: number | undefined;
  /** At most so many bytes, 4 to 1 MiB. Default: 1 MiB. */
  readonly max_bytes?: number | undefined;
}

const args: Schema<ReadArgs> = standardSchema(z.strictObject({
  path: z.string().check(
    z.minLength(1),
    z.describe("Path of a file inside the sandbox"),
  ),
  offset: z.optional(
    z.int().check(
      z.minimum(0),
      z.describe("Byte to begin at, as next_offset says; 0 when left out"),
    ),
  ),
  max_bytes: z.optional(
    z.int().check(
      z.minimum(4),
      z.maximum(PAGE_BYTES),
      z.describe(`How many bytes at the most; ${PAGE_BYTES} when left out`),
    ),
  ),
}));

/**
 * Creates the tool that returns the text of one file of `sandbox`. For a longer
 * file than asked for it returns a page, with `offset` and `total_bytes`, and
 * `next_offset` while there is more.
 */
export function readTool(sandbox: Sandbox): Tool<ReadArgs> {
  return {
    name: "read",
    description: "Return the text of one file",
    effects: { reads: ["path"] },
    labels: ["private"],
    args,
    idempotent: true,
    // deno-lint-ignore require-await
    async run({ path, offset = 0, max_bytes = PAGE_BYTES }, { places }) {
      const place = judgedPlace(path, places);
      if (sandbox.readPage === undefined) return wholeFile(sandbox, place);
      const page = { offset, maxBytes: max_bytes };
      return pageOf(sandbox.readPage(place, page), path);
    },
  };
}

async function wholeFile(
  sandbox: Sandbox,
  place: JudgedPlace,
): Promise<JsonObject> {
  const { path } = place;
  const text = await sandbox.readText(place);
  return { path, bytes: new TextEncoder().encode(text).length, text };
}

async function pageOf(
  read: ReturnType<NonNullable<Sandbox["readPage"]>>,
  path: string,
): Promise<JsonObject> {
  const { text, offset, bytes, total } = await read;
  const page = { path, bytes, text };
  if (bytes === total) return page;
  const next = offset + bytes;
  return {
    ...page,
    offset,
    total_bytes: total,
    ...next < total ? { next_offset: next } : {},
  };
}
