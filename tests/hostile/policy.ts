import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { withOverrides } from "../../tasks/policy_overrides.ts";
import type { JsonObject } from "../../tools/data/json.ts";

const BASE = loadPolicy(policyText, "policy/v1.yaml");

/** The committed policy with some keys changed, as strictly checked. */
export function policyWith(changes: JsonObject): Policy {
  return withOverrides(BASE, changes, "hostile case");
}
