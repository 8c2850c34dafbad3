import { terminalLine } from "./untrusted_text.ts";

/** One problem in a file that a person wrote. */
export interface InputProblem {
  /** Where in the document: `loop_budget.max_tokens`, `script[2].calls`. Empty for the whole. */
  readonly path: string;
  /** 1-based; left out when it is unknown. */
  readonly line?: number | undefined;
  /** What was expected and usually what was found, for people. */
  readonly message: string;
}

/**
 * A file or folder that a person named and that cannot be used: a policy, a
 * task, a corpus, a trace. Its message has one line a problem: `FILE:LINE: PATH:
 * what was expected`, where unknown parts are left out. Control characters are
 * spelled out, so that nothing in a file can add a line.
 */
export class InputError extends Error {
  /** Tells the error apart where `instanceof` cannot, as between two copies of this module. */
  override readonly name = "InputError";
  /** The file or folder, as its reader was told to name it. */
  readonly source: string;
  /** What is wrong, in the order of the message's lines. */
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

/** Says why a file or folder cannot be used as a whole, or from one line on. */
export function unusable(
  source: string,
  message: string,
  { line, cause }: {
    /** 1-based; left out when it is about the whole. */
    readonly line?: number | undefined;
    /** What led to it, if there was an error. */
    readonly cause?: unknown;
  } = {},
): InputError {
  const place = line === undefined ? {} : { line };
  const options = cause === undefined ? {} : { cause };
  return new InputError(source, [{ path: "", ...place, message }], options);
}

function describe(source: string, problem: InputProblem): string {
  const place = problem.line === undefined
    ? source
    : `${source}:${problem.line}`;
  return [place, problem.path, problem.message]
    .filter((part) => part !== "").map(terminalLine).join(": ");
}
