import type { MaxCost } from "../../policy/document/max_cost.ts";
import type { ReadRedaction } from "../report/report_redaction.ts";

/** Reads in the policy of a run what a check needs of it, beside the decisions. */
export interface PolicyReader {
  /** What the report leaves out; nothing when the text is no policy, as a forged one may be. */
  readonly redaction: ReadRedaction;
  /** For how many seconds a written answer counts; `undefined` when the text does not say. */
  expiresSeconds(policyText: string): number | undefined;
  /** What the answers may cost, with the prices; `undefined` when the text does not say. */
  maxCost(policyText: string): MaxCost | undefined;
}
