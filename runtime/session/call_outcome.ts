import type { RuleId } from "../../policy/rule.ts";
import type { RecordedError } from "../record/event.ts";
import type { AttemptOutcome } from "../record/vocabulary.ts";

/** The outcome of one proposed call. */
export type CallOutcome =
  & {
    /** How each try of the tool ended, in order; those before a redirect too. */
    readonly attempts: readonly AttemptOutcome[];
  }
  & (
    /** `json` is what the tool returned. */
    | { readonly type: "result"; readonly json: string }
    /** The tool failed, and the caller is told and may continue: in a way that it declares, or in any way where a client drives. */
    | { readonly type: "reported"; readonly error: RecordedError }
    /** The call did not run, and the caller may continue. */
    | { readonly type: "denied" } & Denied
    /** No further call may be proposed. */
    | { readonly type: "ended"; readonly why: Ending }
  );

/** Why a call did not run; both are `null` for an unknown tool that no rule denies. */
export interface Denied {
  readonly rule: RuleId | null;
  /** The clause of the policy, by its id or place, where one decided. */
  readonly clause: string | null;
  readonly reason: string | null;
}

/** Why a call was the last one of its run. */
export type Ending =
  | { readonly type: "cancelled" }
  /** The tool failed in a way that it does not declare, or too often. */
  | { readonly type: "failed"; readonly error: RecordedError }
  /** The policy ends a run at the first denial. */
  | { readonly type: "denied" } & Denied
  /** There were more denials than the policy allows. */
  | { readonly type: "denied_too_often" } & Denied
  /** The client has closed its session. */
  | { readonly type: "closed" };
