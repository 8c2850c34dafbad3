import { z } from "../deps.ts";
import { InputError, type InputProblem } from "./data/input_error.ts";
import { didYouMean } from "./data/nearest.ts";
import { type Label, LABELS } from "./label.ts";
import type { Redirect } from "./redirect.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import type { Schema } from "./schema.ts";
import type { Effects, Tool, ToolContext } from "./tool.ts";
import type { Json } from "./data/json.ts";

/** What tools of a module are made of that ask for it. */
export interface ToolWorld {
  /** The directory that the tools of a run may read and write. */
  readonly sandbox: Sandbox;
}

/** What a tool looks like in the module that exports it. */
interface ExportedTool {
  /** Left out where its export names it. */
  readonly name?: string | undefined;
  readonly description: string;
  readonly args: Schema<unknown>;
  readonly effects?: Effects | undefined;
  readonly idempotent?: boolean | undefined;
  readonly labels?: readonly Label[] | undefined;
  run(
    args: unknown,
    context: ToolContext,
  ): Json | Redirect | Promise<Json | Redirect>;
}

const KEYS = [
  "name",
  "description",
  "args",
  "effects",
  "idempotent",
  "labels",
  "run",
] as const;

const text = z.string().check(z.minLength(1));
const names = z.optional(z.array(text));

const exportedTool = z.strictObject({
  name: z.optional(text),
  description: text,
  args: z.custom<Schema<unknown>>(
    (value) => schemaFault(value) === undefined,
    { error: ({ input }) => schemaFault(input) },
  ),
  effects: z.optional(
    z.strictObject({ fetches: names, reads: names, writes: names }),
  ),
  idempotent: z.optional(z.boolean()),
  labels: z.optional(z.array(z.enum(LABELS))),
  run: z.custom<ExportedTool["run"]>(
    (value) => typeof value === "function",
    "expected a function",
  ),
});

/**
 * The tools that a module exports, in the order of the names of its exports: each
 * export with a `run`, by its own `name` or that of the export, and those of the
 * default export, a list or a function of the sandbox that returns one. Other
 * exports are its own business. A tool that does not say what it touches is
 * marked as such, and no call of it is allowed until the policy says it.
 *
 * @throws {InputError} when there is no tool, or one of them is not sound; it names
 *   `source` and the export
 */
export function exportedTools(
  module: object,
  { source, world }: { readonly source: string; readonly world: ToolWorld },
): readonly Tool[] {
  const problems: InputProblem[] = [];
  const tools = new Map<string, Tool>();
  for (const { place, name, value } of candidates(module, world, problems)) {
    const read = readTool(value, name);
    if (typeof read === "string") problems.push({ path: place, message: read });
    else if (tools.has(read.name)) {
      const message = `another tool is called "${read.name}"`;
      problems.push({ path: place, message });
    } else tools.set(read.name, read);
  }
  if (tools.size === 0 && problems.length === 0) {
    const message =
      "it exports no tool: expected an object with description, args and run";
    problems.push({ path: "", message });
  }
  if (problems.length > 0) throw new InputError(source, problems);
  return [...tools.values()];
}

/** Ours, but for those that a module has under the same name, and its others after them. */
export function withOwnTools<T extends { readonly name: string }>(
  ours: readonly T[],
  own: readonly T[],
): readonly T[] {
  const byName = new Map(own.map((tool) => [tool.name, tool]));
  const names = new Set(ours.map(({ name }) => name));
  return [
    ...ours.map((tool) => byName.get(tool.name) ?? tool),
    ...own.filter(({ name }) => !names.has(name)),
  ];
}

interface Candidate {
  /** As errors name it. */
  readonly place: string;
  /** The name that its place gives it. */
  readonly name: string | undefined;
  readonly value: unknown;
}

function* candidates(
  module: object,
  world: ToolWorld,
  problems: InputProblem[],
): Generator<Candidate> {
  for (const [name, value] of Object.entries(module)) {
    if (name === "default") yield* ofDefault(value, world, problems);
    else if (looksLikeTool(value)) {
      yield { place: `export ${JSON.stringify(name)}`, name, value };
    }
  }
}

function* ofDefault(
  value: unknown,
  world: ToolWorld,
  problems: InputProblem[],
): Generator<Candidate> {
  const path = "default export";
  const made = typeof value === "function" ? value(world) : value;
  if (Array.isArray(made)) {
    for (const [index, each] of made.entries()) {
      yield { place: `${path}[${index}]`, name: undefined, value: each };
    }
  } else if (looksLikeTool(made)) {
    yield { place: path, name: undefined, value: made };
  } else if (typeof value === "function") {
    const message = "it returned no list of tools; a promise is none";
    problems.push({ path, message });
  }
}

/** Whether somebody meant a value to be a tool. */
function looksLikeTool(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "run" in value || "args" in value && "description" in value;
}

/** A tool, or what is wrong with it. */
function readTool(value: unknown, nameOfExport: string | undefined) {
  const parsed = exportedTool.safeParse(value);
  if (!parsed.success) return issueText(parsed.error.issues[0]);
  const { name = nameOfExport, effects, labels, idempotent, ...rest } =
    parsed.data;
  if (name === undefined) return "name: missing";
  const { run } = parsed.data;
  const tool: Tool = {
    ...rest,
    name,
    effects: effects ?? {},
    ...idempotent === undefined ? {} : { idempotent },
    ...labels === undefined ? {} : { labels },
    ...effects === undefined ? { isUndescribed: true } : {},
    // What it returns is made plain JSON, or refused, where it is recorded.
    run: async (args, context) => await run.call(value, args, context),
  };
  return tool;
}

function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const place = issue.path.map((part) => `${String(part)}.`).join("");
    return `unknown key "${place}${key}"${
      didYouMean(key, place === "" ? KEYS : ["fetches", "reads", "writes"])
    }`;
  }
  const place = issue?.path.map(String).join(".") ?? "";
  const message = issue?.message ?? "it is not a tool";
  return place === "" ? message : `${place}: ${message}`;
}

/** Why a value does not describe arguments; `undefined` when it does. */
function schemaFault(value: unknown): string | undefined {
  const standard: unknown = Object(value)["~standard"];
  const { validate, jsonSchema, vendor } = Object(standard);
  if (typeof validate !== "function") {
    return "expected a Standard Schema (https://standardschema.dev)";
  }
  if (typeof jsonSchema?.input !== "function") {
    return `it has no JSON Schema for the model (Standard JSON Schema)${
      vendor === "valibot"
        ? "; wrap it in toStandardJsonSchema of @valibot/to-json-schema"
        : vendor === "zod"
        ? "; it needs zod 4.2 or later"
        : ""
    }`;
  }
  try {
    const described: unknown = jsonSchema.input({ target: "draft-2020-12" });
    const { type = "object" } = Object(described);
    return type === "object"
      ? undefined
      : "it must describe an object: the arguments by name";
  } catch (error) {
    return `its JSON Schema cannot be made: ${
      error instanceof Error ? error.message : String(error)
    }`;
  }
}
