import { sha256Text } from "../tools/data/sha256.ts";
import type { RunStarted } from "./record/event.ts";
import { givenSettings } from "./record/model_settings.ts";
import { recordedTool } from "./record/recorded_tool.ts";
import type { RunSpec } from "./run_spec.ts";
import type { Session } from "./session/session.ts";

/** What the first event of a run says of it. */
export type RunIdentity = Pick<
  RunSpec,
  | "runId"
  | "seed"
  | "runtimeVersion"
  | "task"
  | "policy"
  | "tools"
  | "model"
  | "corpus"
  | "sandboxIsElsewhere"
>;

/** The first event of a run. */
export function runStarted(
  session: Pick<Session, "head">,
  spec: RunIdentity,
): RunStarted {
  const { task, policy, model, corpus, runtimeVersion } = spec;
  const { sandboxIsElsewhere } = spec;
  const settings = givenSettings(model.settings);
  const tools = [...spec.tools.values()].map(recordedTool);
  const isAudit = policy.document.mode === "audit";
  return {
    ...session.head(),
    type: "run_started",
    run_id: spec.runId,
    ...runtimeVersion === undefined ? {} : { runtime_version: runtimeVersion },
    seed: spec.seed,
    task: {
      id: task.id,
      question: task.question,
      sha256: sha256Text(task.text),
      text: task.text,
    },
    policy: {
      version: policy.version,
      sha256: policy.sha256,
      text: policy.text,
    },
    llm: {
      execution_path: model.execution_path,
      provider: model.provider,
      model: model.model,
      script_sha256: model.script_sha256,
      ...settings === undefined ? {} : { settings },
    },
    corpus: { sha256: corpus.sha256, documents: corpus.documents },
    tools,
    ...isAudit ? { mode: "audit" } as const : {},
    ...sandboxIsElsewhere === true ? { sandbox: "elsewhere" } as const : {},
  };
}
