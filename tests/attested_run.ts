/**
 * A run to attest: its manifest and the digests of its artifacts, made up apart
 * from the manifest's own.
 *
 * @module
 */
import { hash } from "node:crypto";
import type { AttestedRun } from "../evidence/attest/attestation.ts";

/** A manifest of a run that answered. */
export const ATTESTED_MANIFEST = `{
  "version": 1,
  "run_id": "attested",
  "timestamp": "2026-11-22T09:00:00.123Z",
  "wall_clock_seconds": 0.065,
  "code": {
    "version": "0.0.0",
    "git_sha": "0123456789abcdef0123456789abcdef01234567"
  },
  "inputs": {
    "seed": 7,
    "task_sha256": "${"1".repeat(64)}",
    "policy_sha256": "${"2".repeat(64)}",
    "llm_execution_path": "stub",
    "llm_script_sha256": "${"3".repeat(64)}",
    "corpus_sha256": "${"4".repeat(64)}"
  },
  "outcome": {
    "terminal_reason": "final_answer",
    "totals": {
      "steps": 2,
      "llm_calls": 2,
      "tool_calls": 1,
      "policy_checks": 1,
      "denials": 0,
      "attempts": 1,
      "tokens": 36
    }
  },
  "ledger": {
    "lines": 12,
    "head": "${"5".repeat(64)}"
  },
  "artifacts": {
    "state.jsonl": {
      "sha256": "${"a".repeat(64)}",
      "bytes": 3000
    },
    "trace.json": {
      "sha256": "${"b".repeat(64)}",
      "bytes": 2000
    },
    "run_report.md": {
      "sha256": "${"c".repeat(64)}",
      "bytes": 1000
    }
  }
}
`;

/** The run, as it is attested. */
export const ATTESTED_RUN: AttestedRun = {
  manifest: ATTESTED_MANIFEST,
  digests: {
    "manifest.json": hash("sha256", ATTESTED_MANIFEST),
    "run_report.md": "c".repeat(64),
    "state.jsonl": "a".repeat(64),
    "trace.json": "b".repeat(64),
  },
};
