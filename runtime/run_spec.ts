import type { Policy } from "../policy/document/load.ts";
import type { Rule } from "../policy/rule.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import type { ExecutionPath } from "./record/vocabulary.ts";
import type { Llm } from "./llm/llm.ts";
import type { ModelSettings } from "./record/model_settings.ts";

/** Which model a run asks, as its record names it. */
export interface ModelInfo {
  /** Where the answers come from; `stub` for a scripted model, `replay` for a cassette. */
  readonly execution_path: ExecutionPath;
  /** As in `gen_ai.provider.name`. */
  readonly provider: string;
  /** As in `gen_ai.request.model`. */
  readonly model: string;
  /** SHA-256 of a scripted model's script or of a cassette, 64 hex digits; `null` for any other model. */
  readonly script_sha256: string | null;
  /** What goes with each request beside the conversation. Default: nothing. */
  readonly settings?: ModelSettings | undefined;
}

/** Everything that decides what a run does, apart from the outside world. */
export interface RunSpec {
  /** Names the run in each of its artifacts; nothing checks that it is unique. */
  readonly runId: string;
  /** An integer; seeds the jitter of retries and the ids of spans. */
  readonly seed: number;
  /** `runtime_version` of a record that has one, when it is executed again. Default: none. */
  readonly runtimeVersion?: string | undefined;
  /** The job that the agent is given. */
  readonly task: {
    /** Names the task in record and report. */
    readonly id: string;
    /** What the model is asked. */
    readonly question: string;
    /** The whole task as its author wrote it, for the record. */
    readonly text: string;
  };
  /** Judges every call and bounds the run; the record carries its text. */
  readonly policy: Policy;
  /** The tools that exist; which of them may be called, the policy says. */
  readonly tools: ToolRegistry;
  /** Where the policy looks paths up. */
  readonly sandbox: Pick<Sandbox, "inspect">;
  /** Said where that is a folder which is not kept with the record. Default: it is kept. */
  readonly sandboxIsElsewhere?: boolean | undefined;
  /** The model that is asked, once a step. */
  readonly llm: Llm;
  /** How the record names `llm`; nothing checks that it fits. */
  readonly model: ModelInfo;
  /** For the record: hash of the documents (64 hex digits) and how many there are. The loop reads none. */
  readonly corpus: { readonly sha256: string; readonly documents: number };
}

/** A run with the rules that judge its calls. */
export interface GovernedSpec extends RunSpec {
  readonly rules: readonly Rule[];
}
