import type { z } from "../../deps.ts";
import { counted } from "../../tools/data/counted.ts";

/**
 * Words what a schema finds so that it says what would be right, and what was
 * found; `undefined` for what says so itself.
 */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown ${issue.keys.length === 1 ? "key" : "keys"} ${
        issue.keys.map((key: string) => `"${key}"`).join(", ")
      }`;
    case "invalid_type":
      return issue.input === undefined
        ? `missing; expected ${issue.expected}`
        : `expected ${issue.expected}, found ${nameOfType(issue.input)}`;
    case "invalid_value": {
      const values = issue.values.map((value: unknown) =>
        JSON.stringify(value)
      );
      return `expected ${values.join(" or ")}, found ${
        JSON.stringify(issue.input) ?? "nothing"
      }`;
    }
    case "too_small":
      return `expected ${
        issue.inclusive === false ? "more than" : "at least"
      } ${amount(issue.origin, issue.minimum)}, found ${sizeOf(issue.input)}`;
    case "too_big":
      return `expected ${issue.inclusive === false ? "less than" : "at most"} ${
        amount(issue.origin, issue.maximum)
      }, found ${sizeOf(issue.input)}`;
  }
}

/** A limit, with what it counts. */
function amount(origin: string, limit: number | bigint): string {
  switch (origin) {
    case "string":
      return counted(Number(limit), "character");
    case "array":
    case "set":
      return counted(Number(limit), "item");
    case "object":
    case "record":
    case "map":
      return counted(Number(limit), "key");
    default:
      return String(limit);
  }
}

/** What a limit is compared with. */
function sizeOf(value: unknown): string {
  if (typeof value === "string" || Array.isArray(value)) {
    return value.length === 0 ? "none" : String(value.length);
  }
  return typeof value === "object" && value !== null
    ? String(Object.keys(value).length)
    : String(value);
}

function nameOfType(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number") return `number ${value}`;
  return `${typeof value} ${JSON.stringify(value)}`;
}
