import { scriptedLlm, type ScriptStep } from "../runtime/llm/scripted_llm.ts";
import type { AgentModel } from "./agent_model.ts";

/**
 * A model that follows a script, for tests of an agent: the same script gives the
 * same record, byte for byte, as far as the tools return the same.
 *
 * @throws {Error} when the script holds what JSON cannot
 */
export function scriptedModel(script: readonly ScriptStep[]): AgentModel {
  const { llm, sha256 } = scriptedLlm(script);
  return {
    llm,
    info: {
      execution_path: "stub",
      provider: "scripted",
      model: "script",
      script_sha256: sha256,
    },
    script,
  };
}
