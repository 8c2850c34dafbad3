import { parseArgs as parse } from "npm:deno-std@1.3.1/cli/parse_args.js";

/** Takes a command line apart: options by name, operands under `_`. */
export const parseArgs: (
  args: readonly string[],
  options: {
    readonly string: readonly string[];
    readonly boolean: readonly string[];
    /** Those of `string` that may come several times; the value is a list. */
    readonly collect: readonly string[];
    /** Called with each argument that is not one of the options above. */
    readonly unknown: (argument: string) => void;
  },
) => { readonly _: readonly unknown[]; readonly [name: string]: unknown } =
  parse;
