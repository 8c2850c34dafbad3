import { SANDBOX_ROOT } from "../../tools/sandbox/sandbox.ts";
import type { Operators } from "./condition.ts";
import { plainPath } from "./plain_path.ts";
import type { TextForms } from "./text_forms.ts";
import { textForms } from "./text_forms.ts";

/** A comparison of a text with another one. */
export interface TextOperator {
  readonly operand: TextForms;
  /** Whether it holds of a text; both are of the same form. */
  readonly test: (text: string, operand: string) => boolean;
  /** Whether it holds of a place below the sandbox, however the operand spells it. */
  ofPlace(place: string): boolean;
}

/** How each operator compares, and which places its operand also names. */
const OPERATORS = {
  equals: {
    test: (text: string, operand: string) => text === operand,
    meant: (operand: string) => fromSandbox(operand, { whole: true }),
    mayEndInSlash: true,
  },
  starts_with: {
    test: (text: string, operand: string) => text.startsWith(operand),
    meant: (operand: string) => fromSandbox(operand, { whole: false }),
    mayEndInSlash: true,
  },
  ends_with: {
    test: (text: string, operand: string) => text.endsWith(operand),
    meant: (operand: string) => operand,
    mayEndInSlash: false,
  },
  contains: {
    test: (text: string, operand: string) => text.includes(operand),
    meant: (operand: string) => plainPath(operand),
    mayEndInSlash: false,
  },
} as const;

const KNOWN = new WeakMap<Operators, TextOperator>();

/** The comparison that a condition makes with a text, if it makes one. */
export function textOperator(given: Operators): TextOperator | undefined {
  const known = KNOWN.get(given);
  if (known !== undefined) return known;
  for (
    const name of ["equals", "starts_with", "ends_with", "contains"] as const
  ) {
    const operand = given[name];
    if (typeof operand !== "string") continue;
    const operator = made(name, operand);
    KNOWN.set(given, operator);
    return operator;
  }
}

function made(name: keyof typeof OPERATORS, operand: string): TextOperator {
  const { test, meant, mayEndInSlash } = OPERATORS[name];
  // What names the sandbox itself, as `./` and `/` do, is left as it is.
  const operands = [operand, meant(operand)].filter((each) => each !== "");
  return {
    operand: textForms(operand),
    test,
    ofPlace(place) {
      const places = mayEndInSlash ? [place, `${place}/`] : [place];
      return places.some((each) => operands.some((some) => test(each, some)));
    },
  };
}

/** A path as places are spelled: from the sandbox on, without `./`, `//` and `x/../`. */
function fromSandbox(
  path: string,
  extent: { readonly whole: boolean },
): string {
  const bare = path.startsWith(`${SANDBOX_ROOT}/`)
    ? path.slice(SANDBOX_ROOT.length)
    : path;
  return plainPath(bare.replace(/^\/+/, ""), extent);
}
