import { z } from "../../deps.ts";
import { parseStrictJson } from "../../tools/data/strict_json.ts";
import { jsonMembers } from "../../tools/data/json_members.ts";

/** A call that `decide` was asked about. */
export interface AskedCall {
  readonly id: string | number | null;
  readonly tool: string;
  readonly args_json: string;
}

/** A line that holds a call, or why it does not. */
export type CallLine =
  | { readonly ok: true; readonly call: AskedCall }
  | {
    readonly ok: false;
    /** The parts of a line that identify the call. */
    readonly id: AskedCall["id"];
    readonly error: string;
  };

const idSchema = z.union([z.string(), z.number()]);

const callSchema = z.strictObject({
  id: z.optional(idSchema),
  tool: z.string(),
  // Not checked here: the gate refuses values that are nested too deep.
  args: z.optional(z.unknown()),
  args_json: z.optional(z.string()),
}).check(
  z.refine(
    ({ args, args_json }) => (args === undefined) !== (args_json === undefined),
    "expected args or args_json",
  ),
);

/** Reads a call from a line of JSON, strictly; it never throws. */
export function readCallLine(line: string): CallLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, id: null, error: "it is not JSON" };
  }
  const wrong = (error: string): CallLine => {
    const asked = z.object({ id: idSchema }).safeParse(value);
    return { ok: false, id: asked.success ? asked.data.id : null, error };
  };
  const parsed = callSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    return wrong(`${place === "" ? "" : `${place}: `}${issue?.message}`);
  }
  const members = jsonMembers(line);
  const twice = members.find(({ key }, index) =>
    members.slice(0, index).some((before) => before.key === key)
  );
  if (twice !== undefined) return wrong(`the key "${twice.key}" comes twice`);
  const { id = null, tool, args, args_json } = parsed.data;
  const text = args_json ?? argumentsText(
    args,
    members.find(({ key }) => key === "args")?.text ?? "",
  );
  return { ok: true, call: { id, tool, args_json: text } };
}

/**
 * The gate must see what a lenient reader hides, such as a duplicate key: it
 * gets such arguments as they are written.
 */
function argumentsText(args: unknown, written: string): string {
  const { ok } = parseStrictJson(written, {
    max_bytes: Infinity,
    max_depth: 512,
    max_values: Infinity,
  });
  return ok ? JSON.stringify(args) : written;
}
