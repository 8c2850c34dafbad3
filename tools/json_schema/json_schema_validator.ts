import { Ajv2020, type ErrorObject } from "npm:ajv@8.20.0/dist/2020.js";
import { compilePattern } from "../data/pattern.ts";
import { canonicalJson } from "../data/canonical_json.ts";
import type { Json, JsonObject } from "../data/json.ts";
import type { Schema } from "../schema.ts";
import { asDraft2020, schemasIn } from "./draft_2020.ts";
import { re2Syntax } from "./re2_syntax.ts";
import { refuseMisshapen } from "./schema_shape.ts";

/** How many schemas one validation may evaluate, counting each evaluation. */
const MAX_SCHEMAS = 2 ** 20;

/** How many steps the patterns may take in one validation: characters times instructions. */
const MAX_PATTERN_STEPS = 2 ** 26;

/** Keywords that may make a schema unusable although it has the shape of one. */
const DOUBTFUL = new Set([
  ...["$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor"],
  ...["pattern", "patternProperties", "nullable"],
]);

/** How deep a schema without them may be, so that compiling it is sure to work. */
const MAX_SURE_DEPTH = 10;

/** How many instructions all patterns of a schema may have. */
const MAX_INSTRUCTIONS = 20_000;

/** The keyword that counts. No name that a file gives it reaches the validator. */
const COUNTER = "$$schemas";

/** The remaining budget of a validation, which throws when the budget is used up. */
interface Budget {
  schemas: number;
  patternSteps: number;
  /** The remaining instructions for the patterns of a schema while it is compiled. */
  instructions: number;
}

class OverBudget extends Error {}

/** Like the validator's own check, which compares each pair of items. */
const UNIQUE_ITEMS = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: { message: "must not have the same item twice" },
  validate: (unique: boolean, items: readonly Json[]) =>
    !unique || areUnique(items),
} as const;

function areUnique(items: readonly Json[]): boolean {
  const seen = new Set<string>();
  return items.every((item) => seen.size < seen.add(canonicalJson(item)).size);
}

/**
 * Makes a compiler that offers JSON Schemas of any dialect from draft-04 on as
 * Standard Schemas. Values are not coerced or completed, and a top-level
 * property that the schema does not describe is refused. Patterns are searched
 * without backtracking, and the work is counted: a value that would take too
 * long is refused. It throws a `RangeError` for a schema that cannot be used; what
 * takes long, compiling it, waits for the first value where it is sure to work, since
 * of the tools of a server few are called.
 */
export function jsonSchemaValidator(): (given: JsonObject) => Schema<unknown> {
  const budget: Budget = { schemas: 0, patternSteps: 0, instructions: 0 };
  const ajv = validatorFor(budget);
  return (given) => {
    const strict = { unevaluatedProperties: false, ...given };
    const schema = asDraft2020(strict);
    const counted = asDraft2020(strict, {
      add: (schemas) => ({ [COUNTER]: schemas + 1 }),
    });
    refuseMisshapen(counted);
    renew(budget);
    let validate = isSure(counted) ? undefined : compiled(ajv, counted);
    return {
      "~standard": {
        version: 1,
        vendor: "ajv",
        validate(value) {
          renew(budget);
          validate ??= compiled(ajv, counted);
          try {
            return validate(value)
              ? { value }
              : { issues: (validate.errors ?? []).map(issueOf) };
          } catch (error) {
            return { issues: [{ message: whyStopped(error), path: [] }] };
          }
        },
        jsonSchema: { input: () => schema },
      },
    };
  };
}

/** Whether compiling a schema, which has the shape of one, is sure to work. */
function isSure(schema: JsonObject, depth = 0): boolean {
  const { enum: values } = schema;
  return depth <= MAX_SURE_DEPTH &&
    Object.keys(schema).every((key) => !DOUBTFUL.has(key)) &&
    !(Array.isArray(values) && values.length === 0) &&
    schemasIn(schema).every((below) => isSure(below, depth + 1));
}

/** Compiles a schema and forgets it, so that schemas cannot see each other. */
function compiled(ajv: Ajv2020, schema: JsonObject) {
  const known = new Set(Object.keys(ajv.refs));
  try {
    return ajv.compile<unknown>(schema);
  } catch (cause) {
    if (!(cause instanceof RangeError && /call stack/.test(cause.message))) {
      throw cause;
    }
    throw new RangeError("it is too large", { cause });
  } finally {
    ajv.removeSchema(schema);
    for (const reference of Object.keys(ajv.refs)) {
      if (!known.has(reference)) delete ajv.refs[reference];
    }
  }
}

function renew(budget: Budget): void {
  budget.schemas = MAX_SCHEMAS;
  budget.patternSteps = MAX_PATTERN_STEPS;
  budget.instructions = MAX_INSTRUCTIONS;
}

function whyStopped(error: unknown): string {
  if (error instanceof OverBudget) return error.message;
  // A reference to itself overflows the stack before the budget is used up.
  if (error instanceof RangeError) return "the schema leads to itself";
  throw error;
}

function validatorFor(budget: Budget): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    // Each schema was looked at before.
    meta: false,
    validateSchema: false,
    validateFormats: false,
    // Each reference is a function of its own, however often a schema has it.
    inlineRefs: false,
    logger: false,
    // Making the code shorter takes ten times as long as making it.
    code: { regExp: patternEngine(budget), optimize: false },
  });
  ajv.removeKeyword("uniqueItems").addKeyword(UNIQUE_ITEMS);
  ajv.addKeyword({
    keyword: COUNTER,
    // It comes first, so that each schema is counted before it is evaluated.
    before: "$dynamicAnchor",
    validate(schemas: number) {
      budget.schemas -= schemas;
      if (budget.schemas >= 0) return true;
      throw new OverBudget("the schema cannot be checked within its budget");
    },
  });
  return ajv;
}

function patternEngine(budget: Budget) {
  function compile(pattern: string) {
    const { size, matches } = compiledPattern(pattern);
    budget.instructions -= size;
    if (budget.instructions < 0) {
      throw new RangeError(
        `its patterns have more than ${MAX_INSTRUCTIONS} instructions`,
      );
    }
    return {
      test(text: string): boolean {
        budget.patternSteps -= (text.length + 1) * size;
        if (budget.patternSteps < 0) {
          throw new OverBudget(
            `the pattern ${
              JSON.stringify(pattern)
            } cannot be checked within its budget`,
          );
        }
        const [found] = matches(text);
        return found !== undefined;
      },
      // By this the validator tells patterns apart.
      toString: () => pattern,
    };
  }
  return Object.assign(compile, { code: "re2" });
}

function compiledPattern(pattern: string) {
  try {
    return compilePattern(re2Syntax(pattern));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `its pattern ${
        JSON.stringify(pattern)
      } is not one of RE2, which searches without backtracking: ${
        why.replace(/^error parsing regexp: /, "")
      }`,
      { cause },
    );
  }
}

function issueOf({ message, instancePath, params }: ErrorObject) {
  const extra = params.unevaluatedProperty ?? params.additionalProperty;
  const path = instancePath.split("/").slice(1);
  return {
    message: extra === undefined
      ? message ?? "does not fit"
      : `unknown key "${extra}"`,
    path,
  };
}
