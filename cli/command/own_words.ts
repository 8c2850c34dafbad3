/** Everything before `--`, after which nothing is an option of ours. */
export function ownWords(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}
