import type { Llm } from "../runtime/llm/llm.ts";
import type { ScriptStep } from "../runtime/llm/scripted_llm.ts";
import type { ModelInfo } from "../runtime/run_spec.ts";

/** A model that an agent asks, and how its record names it. */
export interface AgentModel {
  /** Asks it, once a step. */
  readonly llm: Llm;
  /** How the record names it. */
  readonly info: ModelInfo;
  /** What it answers, step by step, if it is scripted. */
  readonly script?: readonly ScriptStep[] | undefined;
}

/** How a record names a model of which nothing but the function is known. */
const OWN_MODEL: ModelInfo = {
  execution_path: "hosted",
  provider: "own",
  model: "own",
  script_sha256: null,
};

/** A function that asks a model, with the name that a record gives it. */
export function namedModel(model: AgentModel | Llm): AgentModel {
  return typeof model === "function" ? { llm: model, info: OWN_MODEL } : model;
}
