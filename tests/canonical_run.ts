/**
 * The names that follow from policy/v1.yaml, so that no test has to quote its hash.
 *
 * @module
 */
import { hash } from "node:crypto";
import policyText from "../policy/v1.yaml" with { type: "text" };

const digest = hash("sha256", policyText);

/** The first 12 hex digits of its SHA-256, as decisions name it. */
export const POLICY_VERSION = digest.slice(0, 12);

/** The name of the canonical run, a folder below runs/: date, policy, seed. */
export const CANONICAL_RUN = `2026-11-22_${digest.slice(0, 8)}_0`;
