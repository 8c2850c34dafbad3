/** A command line taken apart without judging it: the command itself does that. */
export interface CommandLineParts {
  /** Values by the name of their option; of one that comes twice the last one. */
  readonly options: ReadonlyMap<string, string>;
  /** All values of an option that may come several times. */
  every(name: string): readonly string[];
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
  const values: { readonly name: string; readonly value: string }[] = [];
  const flags = new Set<string>();
  const operands: string[] = [];
  const left = args[Symbol.iterator]();
  for (const arg of left) {
    if (arg === "--") break;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (name === undefined) operands.push(arg);
    else if (!valued.includes(name)) flags.add(name);
    else {
      const given = value ?? left.next().value ?? "";
      options.set(name, given);
      values.push({ name, value: given });
    }
  }
  return {
    options,
    every: (name) =>
      values.filter((each) => each.name === name).map(({ value }) => value),
    flags,
    operands,
    rest: [...left],
  };
}

/** The values of those of some options that are given. */
export function named(
  { options }: CommandLineParts,
  names: readonly string[],
): readonly string[] {
  return names.flatMap((name) => options.get(name) ?? []);
}

/** The modules of tools that a command line names. */
export function modulesIn(parts: CommandLineParts): readonly string[] {
  return named(parts, ["tools"]).filter((path) => !path.endsWith(".json"));
}
