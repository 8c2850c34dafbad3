import { z } from "../deps.ts";
import { readYaml } from "../policy/document/read_yaml.ts";
import {
  type ModelSettings,
  modelSettingsSchema,
} from "../runtime/record/model_settings.ts";
import type { ScriptStep } from "../runtime/llm/scripted_llm.ts";
import { usageSchema } from "../runtime/record/usage.ts";
import { described, optionalKey } from "../tools/data/described.ts";
import type { Json, JsonObject } from "../tools/data/json.ts";
import { type Expectation, expectationSchema } from "./expectation.ts";
import { type Fault, faultSchema } from "./fault.ts";
import { mcpServersSchema, type ToolServers } from "./tool_server.ts";

/** Tools that misbehave, by name. */
export interface Faults {
  readonly search?: Fault | undefined;
  readonly fetch?: Fault | undefined;
  readonly read?: Fault | undefined;
  readonly write?: Fault | undefined;
  readonly summarize?: Fault | undefined;
}

/** One job for an agent, as its file says it. */
export interface TaskDocument {
  /** Names the task in run ids: at most 64 letters, digits, `.`, `_` and `-`, the first a letter or digit. */
  readonly id: string;
  /** What the model is asked. */
  readonly question: string;
  /** Seeds what a run draws at random, 0 to 2^32 - 1. Default: 0. */
  readonly seed: number;
  /** First reading of the clock of a scripted run: UTC, whole seconds. Default: `2026-01-01T00:00:00Z`. */
  readonly started_at: string;
  /** Path of the policy, relative to the task. Default: the built-in one. */
  readonly policy?: string | undefined;
  /** Path of a folder of text files, relative to the task. */
  readonly corpus?: string | undefined;
  /** Keys of the policy that this task changes, section by section. */
  readonly policy_overrides?: JsonObject | undefined;
  /** Servers of the Model Context Protocol whose tools the run can use, by name. */
  readonly mcp_servers?: ToolServers | undefined;
  /** Tools that misbehave, by name. */
  readonly faults?: Faults | undefined;
  /** What goes with each request to a real model; ignored for a script. */
  readonly model?: ModelSettings | undefined;
  /** What the scripted model returns, step by step; empty for a task that another model does. */
  readonly script: readonly ScriptStep[];
  /** What the run must do, for a scenario. */
  readonly expect?: Expectation | undefined;
}

/** A task that was read and found sound. */
export interface Task {
  /** The exact text, for the record. */
  readonly text: string;
  readonly document: TaskDocument;
}

const json: z.ZodMiniType<Json> = z.json();
const nonEmpty = z.string().check(z.minLength(1));

const scriptCall = z.strictObject({
  tool: described(nonEmpty, "The tool as the model spells it"),
  args: optionalKey(json, "The arguments as JSON; {} when left out"),
  args_json: optionalKey(
    z.string(),
    "The arguments as the model's raw text, instead of args",
  ),
}).check(
  z.refine(
    ({ args, args_json }) => args === undefined || args_json === undefined,
    "expected args or args_json, found both",
  ),
);

const scriptStep = z.strictObject({
  answer: optionalKey(nonEmpty, "The final answer, which ends the run"),
  calls: optionalKey(
    z.array(scriptCall).check(z.minLength(1)),
    "Calls that the model proposes, judged and run in this order",
  ),
  usage: optionalKey(
    z.nullable(usageSchema),
    "Tokens as the model reports them; null reports none. Left out: no tokens",
  ),
  raw: optionalKey(z.string(), "Text that is neither an answer nor calls"),
});

const script = z.array(scriptStep).check(
  z.minLength(1),
  ({ value, issues }) => {
    value.slice(0, -1).forEach((step, index) => {
      if (step.answer === undefined) return;
      issues.push({
        code: "custom",
        input: step,
        path: [index, "answer"],
        message: "an answer ends the run; the steps after it can never be used",
      });
    });
  },
);

const utcTime = z.string().check(
  z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, {
    error: "expected a time like 2026-01-31T09:00:00Z",
    abort: true,
  }),
  z.refine(isTime, { error: "the time does not exist", abort: true }),
  z.refine(
    (text) => "1970" <= text && text < "2554",
    "expected a time from 1970 to 2553, which 64 bits of nanoseconds can hold",
  ),
);

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isTime(text: string): boolean {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) &&
    new Date(ms).toISOString() === text.replace("Z", ".000Z");
}

function faultOf(tool: string): z.ZodMiniOptional<z.ZodMiniType<Fault>> {
  return optionalKey(faultSchema, `How ${tool} misbehaves`);
}

const taskDocument: z.ZodMiniType<TaskDocument> = z.strictObject({
  id: z.string().check(
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      "expected letters, digits, '.', '_' and '-', at most 64",
    ),
    z.describe("Names the task in the ids of its runs"),
  ),
  question: z.string().check(
    z.trim(),
    z.minLength(1),
    z.describe("What the model is asked"),
  ),
  seed: z._default(z.int().check(z.minimum(0), z.maximum(2 ** 32 - 1)), 0)
    .check(z.describe("Seeds what a run draws at random")),
  started_at: z._default(utcTime, "2026-01-01T00:00:00Z").check(
    z.describe("First reading of the clock of a scripted run"),
  ),
  policy: optionalKey(
    nonEmpty,
    "Path of the policy, from the folder of this file. Left out: the built-in one",
  ),
  corpus: optionalKey(
    nonEmpty,
    "Path of a folder of text files, from the folder of this file. Left out: no documents",
  ),
  policy_overrides: optionalKey(
    z.record(z.string(), json),
    "Keys of the policy that this task has otherwise; objects are merged, everything else is replaced",
  ),
  mcp_servers: optionalKey(
    mcpServersSchema,
    "Servers of the Model Context Protocol whose tools the run can use, by the name that their tools begin with: fs of fs.read_file",
  ),
  faults: optionalKey(
    z.strictObject({
      search: faultOf("search"),
      fetch: faultOf("fetch"),
      read: faultOf("read"),
      write: faultOf("write"),
      summarize: faultOf("summarize"),
    }),
    "Tools that misbehave, by name",
  ),
  model: optionalKey(
    modelSettingsSchema,
    "What goes with each request to a model that is asked",
  ),
  script: z._default(script, []).check(
    z.describe(
      "What the scripted model gives back, step by step; empty for a task that another model does",
    ),
  ),
  expect: optionalKey(
    expectationSchema,
    "What the run must come to, for a scenario",
  ),
});

/**
 * Reads a task from the text of its file; `source` names it in errors.
 *
 * @throws {InputError} when the text is not a sound task, with every problem
 */
export function loadTask(text: string, source: string): Task {
  return { text, document: readYaml(text, source, taskDocument) };
}

/** Returns the JSON Schema of a task file, which `task.schema.json` holds. */
export function taskJsonSchema(): Record<string, unknown> {
  return {
    title: "Task of a governed agent run",
    ...z.toJSONSchema(taskDocument, { io: "input" }),
  };
}
