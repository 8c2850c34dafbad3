import type { PolicyDocument } from "../../policy/document/document.ts";
import { UsageError } from "../command/command.ts";

/** A policy that enforces nothing is followed only where the command line says so, too. */
export function refuseOtherMode(
  { mode }: PolicyDocument,
  isAudit: boolean,
): void {
  if ((mode === "audit") === isAudit) return;
  throw new UsageError(
    isAudit
      ? "Cannot use --audit: the policy enforces what it says; write `mode: audit` in it"
      : "Cannot run: the policy has `mode: audit`, so it enforces next to nothing; say so with --audit",
  );
}
