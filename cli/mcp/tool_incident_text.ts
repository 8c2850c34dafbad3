import type { ToolIncident } from "./server_tools.ts";

/** What is wrong with the definition of a tool, for people. */
export function toolIncidentText({ tool, found }: ToolIncident): string {
  return `${tool}: ${FOUND[found]}; it is hidden and denied`;
}

const FOUND: Readonly<Record<ToolIncident["found"], string>> = {
  other_definition: "its definition is not the one that the policy pins",
  changed: "its definition has changed since the session began",
  later: "it came later, and the policy does not name it in full",
};
