import { z } from "../../deps.ts";
import {
  InputError,
  type InputProblem,
  unusable,
} from "../../tools/data/input_error.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { toolRegistry } from "../../tools/registry.ts";
import type { Effects, ToolDefinition } from "../../tools/tool.ts";
import { withoutByteOrderMark } from "../../tools/data/without_byte_order_mark.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";

/** The tool definitions of a file. */
export interface ToolFile {
  /** The tools that can be judged, by name. */
  readonly tools: ReadonlyMap<string, ToolDefinition>;
  /** Tools that cannot be judged; their calls must not be allowed. */
  readonly refused: readonly RefusedTool[];
}

/** A tool whose definition cannot be used. */
export interface RefusedTool {
  /** Its name; `undefined` when it has none. */
  readonly name: string | undefined;
  readonly reason: string;
}

interface ToolFileEntry {
  readonly name: string;
  readonly description?: string | undefined;
  readonly input_schema?: JsonObject | undefined;
  readonly inputSchema?: JsonObject | undefined;
  readonly effects?: Effects | undefined;
}

const keys = z.optional(z.array(z.string().check(z.minLength(1))));
const schema = z.optional(z.record(z.string(), z.json()));
const ignored = z.optional(z.unknown());

const entrySchema: z.ZodMiniType<ToolFileEntry> = z.strictObject({
  name: z.string().check(z.minLength(1)),
  description: z.optional(z.string()),
  input_schema: schema,
  inputSchema: schema,
  effects: z.optional(
    z.strictObject({ fetches: keys, reads: keys, writes: keys }),
  ),
  // Other keys of a tool server. They are not trusted.
  title: ignored,
  annotations: ignored,
  outputSchema: ignored,
  execution: ignored,
  icons: ignored,
  _meta: ignored,
}).check(z.refine(
  ({ input_schema, inputSchema }) =>
    (input_schema === undefined) !== (inputSchema === undefined),
  "expected input_schema or inputSchema",
));

const list = z.array(z.unknown());
const fileSchema: z.ZodMiniType<
  readonly unknown[] | { readonly tools: readonly unknown[] }
> = z.union([list, z.looseObject({ tools: list })]);

/**
 * Reads definitions of tools from JSON: `[{"name", "description",
 * "input_schema", "effects": {"fetches": [], "reads": [], "writes": []}}]`, or
 * what a server of the Model Context Protocol answers to `tools/list`. The
 * schemas are JSON Schema from draft-04 to 2020-12. A property that a schema
 * does not describe is refused, as it is for the tools of this runtime. An
 * unusable definition does not affect the others.
 *
 * @throws {InputError} when the text is not such a list, or none of its tools
 *   can be used
 */
export function readToolDefinitions(text: string, source: string): ToolFile {
  const parsed = fileSchema.safeParse(parseJson(text, source));
  if (!parsed.success) {
    throw unusable(
      source,
      'expected a list of tools, or an object that has one as "tools"',
    );
  }
  const { data } = parsed;
  const given: readonly unknown[] = "tools" in data ? data.tools : data;
  const validator = jsonSchemaValidator();
  const read = given.map((entry, index) =>
    readEntry(entry, { index, validator })
  );
  const named = read.flatMap(({ tool }) => tool ?? []);
  const repeated = repeatedNames(read);
  const tools = named.filter(({ name }) => !repeated.has(name));
  const refused = [
    ...read.flatMap(({ problem }) => problem ?? []),
    ...[...repeated].map((name) => ({
      name,
      path: "",
      message: `Cannot register the tool ${
        JSON.stringify(name)
      }: the name is taken`,
    })),
  ];
  if (tools.length === 0 && refused.length > 0) {
    throw new InputError(source, refused);
  }
  return {
    tools: toolRegistry(tools),
    refused: refused.map(({ name, path, message }) => ({
      name,
      reason: path === "" ? message : `${path}: ${message}`,
    })),
  };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(withoutByteOrderMark(text));
  } catch (cause) {
    throw unusable(source, "it is not JSON", { cause });
  }
}

interface Problem extends InputProblem {
  readonly name: string | undefined;
}

interface ReadEntry {
  readonly name: string | undefined;
  readonly tool?: ToolDefinition;
  readonly problem?: Problem;
}

function readEntry(
  given: unknown,
  { index, validator }: {
    readonly index: number;
    readonly validator: ReturnType<typeof jsonSchemaValidator>;
  },
): ReadEntry {
  const parsed = entrySchema.safeParse(given);
  const name = nameOf(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = [index, ...issue?.path ?? []].map(String).join(".");
    const message = issue?.message ?? "it is not a tool";
    return { name, problem: { name, path, message } };
  }
  try {
    const tool = definition(parsed.data, validator);
    toolRegistry([tool]);
    return { name, tool };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return { name, problem: { name, path: "", message } };
  }
}

/** The name of an entry, even if the rest is wrong. */
function nameOf(given: unknown): string | undefined {
  const name: unknown = Object(given).name;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Names that occur more than once, in usable entries or not: it is unclear which one is meant. */
function repeatedNames(read: readonly ReadEntry[]): ReadonlySet<string> {
  const names = read.flatMap(({ name }) => name ?? []);
  return new Set(names.filter((name, index) => names.indexOf(name) < index));
}

function definition(
  entry: ToolFileEntry,
  validator: ReturnType<typeof jsonSchemaValidator>,
): ToolDefinition {
  const { name, description = "", effects = {} } = entry;
  try {
    const args = validator(
      entry.input_schema ?? entry.inputSchema ?? {},
    );
    return { name, description, effects, args };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `Cannot use the input_schema of the tool ${
        JSON.stringify(name)
      }: ${reason}`,
      { cause },
    );
  }
}
