import { definitionHash } from "../../tools/definition_hash.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Opinion, Proposal, Rule } from "../rule.ts";

/**
 * Denies a tool whose definition is not the one that the policy pins, or not the
 * one that the run began with. A tool that came later runs only when the policy
 * names it in full.
 */
export function toolPin(
  { allowed, pins = {} }: PolicyDocument["tool_registry"],
): Rule {
  const pinned = new Map(Object.entries(pins));
  function opinion({ name, tool, listing }: Proposal): Opinion | undefined {
    if (tool === undefined) return undefined;
    const pin = pinned.get(name);
    const pin_match = pin !== undefined && definitionHash(tool) !== pin
      ? "other_definition"
      : listing === "changed"
      ? "changed"
      : listing === "later" && pin === undefined && !allowed.includes(name)
      ? "later"
      : undefined;
    if (pin_match === undefined) return undefined;
    return {
      effect: "deny",
      reason: `${REASONS[pin_match]}: ${JSON.stringify(name)}`,
      metadata: {
        pin_match,
        definition_sha256: definitionHash(tool),
        ...pin === undefined ? {} : { pinned_sha256: pin },
      },
    };
  }
  return {
    id: "tool_pin",
    opinion,
    deniesAlways: (proposal) => opinion(proposal) !== undefined,
  };
}

const REASONS = {
  other_definition:
    "the definition of this tool is not the one that the policy pins",
  changed: "the definition of this tool has changed during the run",
  later:
    "this tool was not there when the run began, and the policy does not name it in full",
} as const;
