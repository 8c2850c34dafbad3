import { ARGUMENT_PROPERTIES } from "./arg_schema.ts";
import { CLAUSE_PROPERTIES } from "./clauses.ts";
import { CYCLE_PROPERTIES } from "./cycle_detection.ts";
import { ESCALATION_PROPERTIES } from "./escalation.ts";
import { BUDGET_PROPERTIES } from "./loop_budget.ts";
import { ORDER_PROPERTIES } from "./order.ts";
import type { Property } from "./property.ts";
import { PATH_PROPERTIES } from "./sandbox_path.ts";
import { JSON_PROPERTIES } from "./strict_json.ts";
import { REGISTRY_PROPERTIES } from "./tool_registry.ts";
import { URL_PROPERTIES } from "./url_allowlist.ts";
import { VERSION_1_PROPERTIES } from "./version_1.ts";

/** Everything that must hold of the gates, whatever a model proposes. */
export const PROPERTIES: readonly Property[] = [
  ...REGISTRY_PROPERTIES,
  ...URL_PROPERTIES,
  ...ESCALATION_PROPERTIES,
  ...PATH_PROPERTIES,
  ...ARGUMENT_PROPERTIES,
  ...JSON_PROPERTIES,
  ...CYCLE_PROPERTIES,
  ...BUDGET_PROPERTIES,
  ...ORDER_PROPERTIES,
  ...CLAUSE_PROPERTIES,
  ...VERSION_1_PROPERTIES,
];
