/** One thing that is wrong with a file that a person wrote. */
export interface InputProblem {
  /** Where in the document: `loop_budget.max_tokens`, `script[2].calls`. Empty for the whole. */
  readonly path: string;
  /** 1-based; left out when it cannot be told. */
  readonly line?: number | undefined;
  readonly message: string;
}

/**
 * A policy, a task or a corpus that cannot be used. Its message has one line a
 * problem: `FILE:LINE: PATH: what was expected`.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly source: string;
  readonly problems: readonly InputProblem[];

  /** Lists what is wrong with `source`, as its reader named it. */
  constructor(
    source: string,
    problems: readonly InputProblem[],
    options?: ErrorOptions,
  ) {
    super(problems.map((each) => describe(source, each)).join("\n"), options);
    this.source = source;
    this.problems = problems;
  }
}

function describe(source: string, problem: InputProblem): string {
  const place = problem.line === undefined
    ? source
    : `${source}:${problem.line}`;
  return [place, problem.path, problem.message]
    .filter((part) => part !== "").join(": ");
}
