import { definitionHash } from "../../tools/definition_hash.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { Listing } from "../tool_listing.ts";
import type { Metadata, Opinion, Proposal, Rule } from "../rule.ts";

/**
 * How a definition differs from the one that counts. `other_definition`: the policy
 * pins another one. `changed`: it was another one when the run began. `later`: the
 * tool was not there then, and the policy does not name it in full.
 */
export type PinMatch = "other_definition" | "changed" | "later";

/** What the rule finds wrong with a definition; `undefined` when it is not about that. */
export function pinMatch({ pin_match }: Metadata): PinMatch | undefined {
  return PIN_MATCHES.find((each) => each === pin_match);
}

/** Finds how a definition differs from the one that counts, if it does. */
export function pinMismatch(
  { allowed, pins = {} }: Pick<
    PolicyDocument["tool_registry"],
    "allowed" | "pins"
  >,
): (tool: ToolDefinition, listing: Listing) => PinMatch | undefined {
  const pinned = new Map(Object.entries(pins));
  return (tool, listing) => {
    const pin = pinned.get(tool.name);
    if (pin !== undefined && definitionHash(tool) !== pin) {
      return "other_definition";
    }
    if (listing === "changed") return "changed";
    const isNamed = pin !== undefined || allowed.includes(tool.name);
    return listing === "later" && !isNamed ? "later" : undefined;
  };
}

/**
 * Denies a tool whose definition is not the one that the policy pins, or not the
 * one that the run began with. A tool that came later runs only when the policy
 * names it in full.
 */
export function toolPin(
  { allowed, pins = {} }: PolicyDocument["tool_registry"],
): Rule {
  const mismatch = pinMismatch({ allowed, pins });
  function opinion({ name, tool, listing }: Proposal): Opinion | undefined {
    if (tool === undefined) return undefined;
    const pin_match = mismatch(tool, listing);
    if (pin_match === undefined) return undefined;
    const pin = Object.hasOwn(pins, name) ? pins[name] : undefined;
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

const REASONS: Readonly<Record<PinMatch, string>> = {
  other_definition:
    "the definition of this tool is not the one that the policy pins",
  changed: "the definition of this tool has changed during the run",
  later:
    "this tool was not there when the run began, and the policy does not name it in full",
} as const;

const PIN_MATCHES = ["other_definition", "changed", "later"] as const;
