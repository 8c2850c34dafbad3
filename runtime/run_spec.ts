import type { Policy } from "../policy/load.ts";
import type { Rule } from "../policy/rule.ts";
import type { ToolRegistry } from "../tools/registry.ts";
import type { Sandbox } from "../tools/sandbox.ts";
import type { ExecutionPath } from "./event.ts";
import type { Llm } from "./llm.ts";

/** Which model a run asks, as its record names it. */
export interface ModelInfo {
  readonly execution_path: ExecutionPath;
  /** As in `gen_ai.provider.name`. */
  readonly provider: string;
  /** As in `gen_ai.request.model`. */
  readonly model: string;
  /** SHA-256 of the script, for a scripted model. */
  readonly script_sha256: string | null;
}

/** Everything that decides what a run does, apart from the outside world. */
export interface RunSpec {
  readonly runId: string;
  /** Seeds the jitter of retries. */
  readonly seed: number;
  /** Version of the program, for the record. */
  readonly runtimeVersion: string;
  readonly task: {
    readonly id: string;
    /** What the model is asked. */
    readonly question: string;
    /** The whole task as its author wrote it, for the record. */
    readonly text: string;
  };
  readonly policy: Policy;
  readonly tools: ToolRegistry;
  /** Where the policy looks paths up. */
  readonly sandbox: Pick<Sandbox, "inspect">;
  readonly llm: Llm;
  readonly model: ModelInfo;
  readonly corpus: { readonly sha256: string; readonly documents: number };
}

/** A run with the rules that judge its calls. */
export interface GovernedSpec extends RunSpec {
  readonly rules: readonly Rule[];
}
