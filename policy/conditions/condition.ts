import { z } from "../../deps.ts";
import {
  described,
  type KeyText,
  optionalKey,
} from "../../tools/data/described.ts";
import { compilePattern } from "../../tools/data/pattern.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { type Label, LABELS } from "../../tools/label.ts";
import { compileJsonPath } from "../redaction/json_path.ts";
import { anyToolPattern } from "../tool_pattern.ts";
import { parseUrlEntry } from "../url_entry.ts";
import { refusalOfUrlText } from "./condition_url.ts";
import { domainFault } from "./domain.ts";
import { globFault } from "./glob.ts";

/** A text, a number or a boolean, as JSON has them. */
export type Scalar = string | number | boolean;

/** Where a value may have been seen before it came back in a call. */
export type Source =
  | "question"
  | {
    /** Exact name of a tool that is not labelled untrusted. */
    readonly tool: string;
    /** A JSONPath into its results. */
    readonly at: string;
  };

/** What is said of a value, by exactly one key. */
export interface Operators {
  /** It is this text, number or boolean. */
  readonly equals?: Scalar | undefined;
  /** It is another than this text, number or boolean. */
  readonly not_equals?: Scalar | undefined;
  /** It is one of these. */
  readonly one_of?: readonly Scalar[] | undefined;
  /** It is none of these. */
  readonly not_one_of?: readonly Scalar[] | undefined;
  /** It is a text that begins with this one. */
  readonly starts_with?: string | undefined;
  /** It is a text that ends with this one. */
  readonly ends_with?: string | undefined;
  /** It is a text that contains this one. */
  readonly contains?: string | undefined;
  /** It is a text in which this regular expression of RE2's syntax is found. */
  readonly matches?: string | undefined;
  /** It is a number above this one. */
  readonly greater_than?: number | undefined;
  /** It is this number or one above it. */
  readonly at_least?: number | undefined;
  /** It is a number below this one. */
  readonly less_than?: number | undefined;
  /** It is this number or one below it. */
  readonly at_most?: number | undefined;
  /** It is a text or a list longer than this, in UTF-16 code units or items. */
  readonly longer_than?: number | undefined;
  /** It is a text or a list of more characters (code points) or items than this. */
  readonly more_characters_than?: number | undefined;
  /** It is a text or a list of fewer characters (code points) or items than this. */
  readonly fewer_characters_than?: number | undefined;
  /** Whether it is there at all. */
  readonly present?: boolean | undefined;
  /** It is a path that leads to a place below the sandbox which one of these matches: `*` within a name, `**` across. */
  readonly glob?: string | readonly string[] | undefined;
  /** It is a URL that one of these entries lists, as in `url_allowlist`, with a path if they have one. */
  readonly url?: string | readonly string[] | undefined;
  /** It is one of these hosts, or an e-mail address at one of them: `example.com`, `*.example.com`. */
  readonly domain?: string | readonly string[] | undefined;
  /** It was seen before: in the question, or in what a tool returned. */
  readonly seen_in?: readonly Source[] | undefined;
  /** It is a list, and this holds of each item. */
  readonly each?: ItemCondition | undefined;
  /** It is a list, and this holds of some item. */
  readonly some?: ItemCondition | undefined;
}

/** What is said of an item of a list. */
export type ItemCondition = Omit<Operators, "each" | "some" | "present">;

/**
 * Something that holds of a call, or does not, or is unknown: of a value among
 * its arguments, or of the run so far; or a combination of such conditions.
 */
export interface Condition extends Operators {
  /** Name of an argument, or a JSONPath into the arguments, which begins with `$`. */
  readonly argument?: string | undefined;
  /** Every key, text, number and boolean of the arguments, at every depth. */
  readonly any_argument?: true | undefined;
  /** Calls of this run have set all these labels. */
  readonly after?: Label | readonly Label[] | undefined;
  /** So many calls of these tools have begun. */
  readonly ran?: {
    readonly tools: readonly string[];
    /** Default: 1. */
    readonly at_least?: number | undefined;
  } | undefined;
  /** One of these holds. */
  readonly any?: readonly Condition[] | undefined;
  /** All of these hold. */
  readonly all?: readonly Condition[] | undefined;
  /** This does not hold. */
  readonly not?: Condition | undefined;
}

/** How deep combinations may be nested. */
const MAX_DEPTH = 4;
/** How many instructions a pattern may have. Each character of a text takes at most that many steps. */
const MAX_INSTRUCTIONS = 1000;
const MAX_PATTERN_LENGTH = 1000;
/** How many values one key may list. */
const MAX_LISTED = 1000;

const text = z.string().check(z.minLength(1, "expected a text, found none"));
const scalar: z.ZodMiniType<Scalar> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
]);
const count = z.int().check(z.minimum(0));

/** A key that may be left out, with what an editor shows of it. */
function key<T>(
  text: string | KeyText,
  schema: z.ZodMiniType<T>,
): z.ZodMiniOptional<z.ZodMiniType<T>> {
  return optionalKey(schema, text);
}

function listOf<T>(schema: z.ZodMiniType<T>): z.ZodMiniType<T[]> {
  return z.array(schema).check(
    z.minLength(1, "expected at least one"),
    z.maxLength(MAX_LISTED, `expected at most ${MAX_LISTED}`),
  );
}

/** The schema of a text, or of several, each refused when a function finds a fault in it. */
function oneOrMore(
  faultOf: (text: string) => string | undefined,
): z.ZodMiniType<string | string[]> {
  return z.union([text, listOf(text)]).check(({ value, issues }) => {
    for (const [index, each] of [value].flat().entries()) {
      const message = faultOf(each);
      if (message === undefined) continue;
      const path = Array.isArray(value) ? [index] : [];
      issues.push({ code: "custom", input: each, path, message });
    }
  });
}

/** The schema of a text that is refused when a function finds a fault in it. */
function sound(
  faultOf: (text: string) => string | undefined,
): z.ZodMiniType<string> {
  return text.check((context) => {
    const message = faultOf(context.value);
    if (message === undefined) return;
    context.issues.push({ code: "custom", input: context.value, message });
  });
}

const pattern = sound((expression) => {
  if (expression.length > MAX_PATTERN_LENGTH) {
    return `expected at most ${MAX_PATTERN_LENGTH} characters`;
  }
  try {
    const { size } = compilePattern(expression);
    return size > MAX_INSTRUCTIONS
      ? `the pattern has ${size} instructions, more than ${MAX_INSTRUCTIONS}`
      : undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `expected a regular expression of RE2's syntax: ${
      why.replace(/^error parsing regexp: /, "")
    }`;
  }
});

/** Why a text does not name an argument or places in the arguments, if it does not. */
export function argumentFault(name: string): string | undefined {
  if (!name.startsWith("$")) return undefined;
  return faultOf(() => compileJsonPath(name));
}

function faultOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const source: z.ZodMiniType<Source> = z.union([
  z.literal("question"),
  z.strictObject({
    tool: described(
      text,
      "Exact name of a tool that is not labelled untrusted",
    ),
    at: described(
      sound((path) => faultOf(() => compileJsonPath(path))),
      "A JSONPath into what it returned, such as $.items[*].recipient",
    ),
  }),
]);

const ITEM_OPERATORS = {
  equals: key("It is this text, number or boolean", scalar),
  not_equals: key("It is another text, number or boolean than this", scalar),
  one_of: key("It is one of these", listOf(scalar)),
  not_one_of: key("It is none of these", listOf(scalar)),
  starts_with: key("It is a text that begins with this one", text),
  ends_with: key("It is a text that ends with this one", text),
  contains: key("It is a text that contains this one", text),
  matches: key(
    "It is a text in which this regular expression of RE2's syntax is found",
    pattern,
  ),
  greater_than: key("It is a number above this one", z.number()),
  at_least: key("It is this number or one above it", z.number()),
  less_than: key("It is a number below this one", z.number()),
  at_most: key("It is this number or one below it", z.number()),
  longer_than: key(
    "It is a text or a list longer than this, in UTF-16 code units or items",
    count,
  ),
  more_characters_than: key(
    "It is a text of more characters, or a list of more items, than this",
    count,
  ),
  fewer_characters_than: key(
    "It is a text of fewer characters, or a list of fewer items, than this",
    count,
  ),
  glob: key(
    "It is a path that leads to a place below the sandbox which this matches: * within a name, ** across",
    oneOrMore(globFault),
  ),
  url: key(
    "It is a URL that this entry lists: host, *.host, host:port, http://host, each with a path such as /v1/*",
    oneOrMore((entry) => faultOf(() => parseUrlEntry(entry))),
  ),
  domain: key(
    "It is this host, or an e-mail address at it: example.com, *.example.com",
    oneOrMore(domainFault),
  ),
  seen_in: key(
    "It was seen before: in the question, or at a place in what a tool returned",
    listOf(source),
  ),
};

const itemCondition: z.ZodMiniType<ItemCondition> = z.strictObject(
  ITEM_OPERATORS,
).check((context) =>
  complain(context, operatorFault(operatorsIn(context.value)))
);

const OPERATORS = [
  ...Object.keys(ITEM_OPERATORS),
  ...["present", "each", "some"],
];
const SUBJECTS = ["argument", "any_argument"];
/** What is said without a subject. */
const ALONE = ["after", "ran", "any", "all", "not"];

/** The schema of one condition, which may hold others. */
export const conditionSchema: z.ZodMiniType<Condition> = z.lazy(() =>
  wholeCondition
);

const wholeCondition: z.ZodMiniType<Condition> = z.strictObject({
  argument: key(
    "Name of an argument, or a JSONPath into the arguments such as $.to[*]",
    sound(argumentFault),
  ),
  any_argument: key(
    "Every key, text, number and boolean of the arguments, at every depth",
    z.literal(true),
  ),
  ...ITEM_OPERATORS,
  present: key("Whether it is there at all", z.boolean()),
  each: key("It is a list, and this holds of each item", itemCondition),
  some: key("It is a list, and this holds of some item", itemCondition),
  after: key(
    "Calls of this run have set these labels, all of them",
    z.union([z.enum(LABELS), listOf(z.enum(LABELS))]),
  ),
  ran: key(
    "So many calls of these tools have begun",
    z.strictObject({
      tools: described(
        listOf(anyToolPattern),
        "Exact names of tools, beginnings of names with a * after them, or * for all",
      ),
      at_least: key(
        { description: "How many", default: 1 },
        count.check(z.minimum(1)),
      ),
    }),
  ),
  any: key("One of these holds", listOf(conditionSchema)),
  all: key("All of these hold", listOf(conditionSchema)),
  not: key("This does not hold", conditionSchema),
}).check((context) => {
  const fault = shapeFault(context.value);
  complain(context, fault);
  if (fault === undefined) checkUrlTexts(context);
}, z.meta({ id: "condition" }));

type Given = z.core.ParsePayload<Condition>;

function complain(
  { issues, value }: z.core.ParsePayload<Condition | ItemCondition>,
  message: string | undefined,
): void {
  if (message !== undefined) {
    issues.push({ code: "custom", input: value, message });
  }
}

function shapeFault(condition: Condition): string | undefined {
  const given = Object.entries(condition)
    .filter(([, value]) => value !== undefined).map(([name]) => name);
  const subjects = given.filter((name) => SUBJECTS.includes(name));
  const alone = given.filter((name) => ALONE.includes(name));
  const operators = operatorsIn(condition);
  if (alone.length > 0) {
    return alone.length === 1 && subjects.length + operators.length === 0
      ? depthFault(condition)
      : `"${
        alone[0]
      }" stands alone; put other conditions beside it in the list`;
  }
  if (subjects.length !== 1) {
    return `expected exactly one of ${[...SUBJECTS, ...ALONE].join(", ")}`;
  }
  if (condition.any_argument === true) {
    const odd = operators.find((name) =>
      ["present", "each", "some", "glob", "url"].includes(name)
    );
    if (odd !== undefined) {
      return `"${odd}" goes with an argument that is named`;
    }
  }
  return operatorFault(operators);
}

function operatorsIn(given: Operators): readonly string[] {
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && OPERATORS.includes(name))
    .map(([name]) => name);
}

function operatorFault(operators: readonly string[]): string | undefined {
  return operators.length === 1
    ? undefined
    : `expected exactly one of ${OPERATORS.join(", ")}`;
}

function depthFault(condition: Condition): string | undefined {
  return depthOf(condition) > MAX_DEPTH
    ? `any, all and not may be nested ${MAX_DEPTH} deep`
    : undefined;
}

function depthOf({ any = [], all = [], not }: Condition): number {
  const below = [...any, ...all, ...not === undefined ? [] : [not]];
  return below.length === 0 ? 0 : 1 + Math.max(...below.map(depthOf));
}

/** A text that begins like a URL and can match none is a mistake. */
function checkUrlTexts({ value, issues }: Given): void {
  for (const name of ["equals", "starts_with"] as const) {
    const given = value[name];
    if (typeof given !== "string") continue;
    const why = refusalOfUrlText(given, { whole: name === "equals" });
    if (why === undefined) continue;
    issues.push({
      code: "custom",
      input: given,
      path: [name],
      message: `${quoted(given)} can match no URL: ${why}`,
    });
  }
}
