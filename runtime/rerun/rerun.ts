import type { SchemaResult } from "../../tools/schema.ts";
import type { Tool } from "../../tools/tool.ts";
import type { Env } from "../env.ts";
import type { RunEvent } from "../record/event.ts";
import type { RunSpec } from "../run_spec.ts";
import { type Afterwards, Continuation } from "./continuation.ts";
import { followRecord } from "./follow_record.ts";
import { RecordCursor } from "./record_cursor.ts";
import { validationOf } from "./recorded_answers.ts";
import { rerunEnv } from "./rerun_env.ts";
import { rerunSpec } from "./rerun_spec.ts";
import { rerunTool } from "./rerun_tool.ts";

/** A run that is executed again from its record. */
export interface Rerun {
  /**
   * The same tools, which return what they returned then; the judgement of their
   * calls is done again. Tools that the run did not have are left out.
   */
  tools(tools: readonly Tool[]): readonly Tool[];
  /** The same for a tool that is known from the record alone. */
  tool(tool: Tool): Tool;
  /** Validates the arguments of the call that is judged next as they were then. */
  validation(value: unknown): SchemaResult<unknown>;
  /** The same run, with model and disk replaced by the record; its tools are `tools`. */
  spec<Spec extends RunSpec>(spec: Spec): Spec;
  /** The recorded outside world; `expire` lets time pass until the last deadline. */
  readonly env: Env & { expire(): void };
  /**
   * Passes the loop's events on, as long as they are what is on record.
   *
   * @throws {DivergenceError} at the first one that is not
   */
  follow(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void>;
}

/**
 * Executes a run again from its recorded events. The loop is the same, but each
 * request to the model, a tool, the disk, the network, a person or the clock
 * gets the recorded answer. Nothing has an effect until the record ends; then
 * the run continues as `afterwards` says, or stops if it is not given.
 *
 * An effect whose receipt is on record is never repeated. Where the record ends
 * after an intent, the call is sent again when its tool is idempotent, and
 * otherwise fails as `indeterminate`.
 */
export function rerun(
  recorded: readonly RunEvent[],
  afterwards?: Afterwards,
): Rerun {
  const cursor = new RecordCursor(recorded);
  const continuation = new Continuation(cursor, afterwards);
  const state = { cursor, continuation };
  return {
    tools: (tools) =>
      inOrderOfRecord(tools, recorded[0])
        .map((tool) => rerunTool(asOnRecord(tool, recorded[0]), state)),
    tool: (tool) => rerunTool(tool, state),
    validation: (value) => validationOf(cursor.next, value),
    spec: (spec) => rerunSpec(spec, state),
    env: rerunEnv(state),
    follow: (events) => followRecord(events, state),
  };
}

/** The tools that the run has, as it lists them; another version of the program may have more. */
function inOrderOfRecord(
  tools: readonly Tool[],
  started: RunEvent | undefined,
): readonly Tool[] {
  if (started?.type !== "run_started") return tools;
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return started.tools.flatMap(({ name }) => byName.get(name) ?? []);
}

/**
 * The same tool, described to the model and the policy as when the run began:
 * another version of it may take more arguments, or have other labels.
 */
function asOnRecord(tool: Tool, started: RunEvent | undefined): Tool {
  const known = started?.type === "run_started"
    ? started.tools.find(({ name }) => name === tool.name)
    : undefined;
  if (known === undefined) return tool;
  const schema = tool.args["~standard"];
  return {
    ...tool,
    description: known.description,
    labels: known.labels ?? [],
    ...known.definition_sha256 === undefined
      ? {}
      : { definitionSha256: known.definition_sha256 },
    args: {
      "~standard": {
        ...schema,
        jsonSchema: { input: () => ({ ...known.input_schema }) },
      },
    },
  };
}
