import { z } from "../../deps.ts";
import { parseStrictJson } from "../../tools/data/strict_json.ts";
import {
  type LineId,
  lineId,
  type ReadLine,
  readStrictLine,
  type UnreadLine,
} from "./strict_line.ts";

/** A call that somebody asks about. */
export interface AskedCall {
  readonly id: LineId;
  readonly tool: string;
  readonly args_json: string;
}

/** A line that holds a call, or why it does not. */
export type CallLine =
  | { readonly ok: true; readonly call: AskedCall }
  | UnreadLine;

/** A call, as a line has it. */
export interface WrittenCall {
  readonly id?: string | number | undefined;
  readonly tool: string;
  readonly args?: unknown;
  readonly args_json?: string | undefined;
}

/** The keys of a call. */
export const CALL_KEYS = {
  id: z.optional(lineId),
  tool: z.string(),
  // Not checked here: the gate refuses values that are nested too deep.
  args: z.optional(z.unknown()),
  args_json: z.optional(z.string()),
};

/** Refuses a call that has its arguments twice, or not at all. */
export const hasArguments: z.core.$ZodCheck<WrittenCall> = z.refine(
  ({ args, args_json }) => (args === undefined) !== (args_json === undefined),
  "expected args or args_json",
);

const callSchema: z.ZodMiniType<WrittenCall> = z.strictObject(CALL_KEYS)
  .check(hasArguments);

/** Reads a call from a line of JSON, strictly; whatever is in it, nothing is thrown. */
export function readCallLine(line: string): CallLine {
  const read = readStrictLine(line, () => callSchema);
  return read.ok ? { ok: true, call: callOf(read) } : read;
}

/** The call that a line holds. */
export function callOf(
  { value, members }: Omit<ReadLine<WrittenCall>, "ok">,
): AskedCall {
  const { id = null, tool, args, args_json } = value;
  const text = args_json ?? argumentsText(
    args,
    members.find(({ key }) => key === "args")?.text ?? "",
  );
  return { id, tool, args_json: text };
}

/**
 * The gate must see what a lenient reader hides, such as a duplicate key: it
 * gets such arguments as they are written.
 */
function argumentsText(args: unknown, written: string): string {
  const plain = JSON.stringify(args);
  // A key that comes twice would not be written twice.
  if (plain === written) return written;
  const { ok } = parseStrictJson(written, {
    max_bytes: Infinity,
    max_depth: 512,
    max_values: Infinity,
  });
  return ok ? plain : written;
}
