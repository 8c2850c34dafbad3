import type { Durability } from "../../evidence/recording/record_run.ts";
import type { Policy } from "../../policy/document/load.ts";
import type { ProgressForm } from "../progress/progress_form.ts";
import type { ApprovalWay } from "./approval_way.ts";

/** How the calls of sessions are judged, recorded and told. */
export interface SessionOptions {
  readonly policy: Policy;
  readonly name: string;
  readonly approve: ApprovalWay;
  readonly showDenied: boolean;
  readonly durability: Durability;
  /** How calls are told on standard error. */
  readonly form: ProgressForm;
}
