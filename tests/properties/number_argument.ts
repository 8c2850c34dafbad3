/** Reads `--name N` from the arguments after `--`: a whole number from 0. */
export function numberArgument(
  args: readonly string[],
  name: string,
): number | undefined {
  const index = args.indexOf(`--${name}`);
  if (index < 0) return undefined;
  const text = args[index + 1] ?? "";
  if (!/^\d+$/.test(text)) {
    throw new RangeError(
      `Cannot read --${name} "${text}": give a whole number`,
    );
  }
  return Number(text);
}
