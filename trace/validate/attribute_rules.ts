import { show } from "./json_node.ts";
import type { AttributeValue } from "./otlp_attributes.ts";

/** Why an attribute value breaks its rule. */
export interface Objection {
  readonly code: "attribute_type" | "attribute_value";
  readonly message: string;
}

/** Returns what is wrong with an attribute value, if anything. */
export type AttributeRule = (value: AttributeValue) => Objection | undefined;

function mustBe(wanted: string, value: AttributeValue): Objection {
  const message = `Must be of type ${wanted}, is ${value.type}`;
  return { code: "attribute_type", message };
}

function outOfRange(message: string): Objection {
  return { code: "attribute_value", message };
}

/** Accepts every value. */
export function anything(): undefined {}

/** Accepts a string, even an empty one. */
export function string(value: AttributeValue): Objection | undefined {
  if (value.type !== "string") return mustBe("string", value);
}

/** Accepts a string that is not empty. */
export function text(value: AttributeValue): Objection | undefined {
  if (value.type !== "string") return mustBe("string", value);
  if (value.value === "") return outOfRange("Must not be empty");
}

/** Accepts `false` alone, of what is said only where it is so. */
export function onlyFalse(value: AttributeValue): Objection | undefined {
  if (value.type !== "boolean") return mustBe("boolean", value);
  if (value.value) return outOfRange("Must be false or left out");
}

/** Accepts an array of strings. */
export function strings(value: AttributeValue): Objection | undefined {
  if (value.type !== "array") return mustBe("array", value);
  const other = value.values.find(({ type }) => type !== "string");
  if (other !== undefined) return mustBe("array of strings", other);
}

/** Accepts an int that is not below `min`. */
export function intFrom(min: bigint): AttributeRule {
  return (value) => {
    if (value.type !== "int") return mustBe("int", value);
    if (value.value < min) {
      return outOfRange(`Must be at least ${min}, is ${value.value}`);
    }
  };
}

/** Accepts a duration: an int, or a double if it has a fraction. */
export function duration(value: AttributeValue): Objection | undefined {
  if (value.type !== "int" && value.type !== "double") {
    return mustBe("int", value);
  }
  if (value.value < 0) {
    return outOfRange(`Must not be negative, is ${value.value}`);
  }
  if (value.type === "double" && Number.isInteger(value.value)) {
    return mustBe("int (there is no fraction)", value);
  }
}

/** Accepts one of the listed strings. */
export function oneOf(...allowed: readonly string[]): AttributeRule {
  return (value) => {
    if (value.type !== "string") return mustBe("string", value);
    if (!allowed.includes(value.value)) {
      const list = allowed.join(", ");
      return outOfRange(`Must be one of ${list}, is ${show(value.value)}`);
    }
  };
}

/** Accepts a string that `pattern` matches. */
export function matching(pattern: RegExp, wanted: string): AttributeRule {
  return (value) => {
    if (value.type !== "string") return mustBe("string", value);
    if (!pattern.test(value.value)) {
      return outOfRange(`Must be ${wanted}, is ${show(value.value)}`);
    }
  };
}
