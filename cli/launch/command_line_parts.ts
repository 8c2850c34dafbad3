/** A command line taken apart without judging it: the command itself does that. */
export interface CommandLineParts {
  /** Values by the name of their option. */
  readonly options: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly string[];
  /** What comes after `--`. */
  readonly rest: readonly string[];
}

/** Takes a command line apart; `valued` has the options that take a value. */
export function commandLineParts(
  args: readonly string[],
  valued: readonly string[],
): CommandLineParts {
  const options = new Map<string, string>();
  const flags = new Set<string>();
  const operands: string[] = [];
  const left = args[Symbol.iterator]();
  for (const arg of left) {
    if (arg === "--") break;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) operands.push(arg);
    else if (!valued.includes(name)) flags.add(name);
    else options.set(name, value ?? left.next().value ?? "");
  }
  return { options, flags, operands, rest: [...left] };
}
