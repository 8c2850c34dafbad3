import fc from "fast-check";

/** Something that holds for every input. */
export interface Property {
  /** One sentence that says what holds. */
  readonly name: string;
  /** Whether it needs files on the disk. */
  readonly disk: boolean;
  /** Looks for a counterexample; returns a report of it, or `undefined`. */
  search(sample: Sample): Promise<string | undefined>;
}

/** Which inputs are tried. */
export interface Sample {
  readonly seed: number;
  readonly cases: number;
  /** Stops when so much time has passed. Default: when all cases are done. */
  readonly millis?: number;
}

/** Makes a property of what fast-check can run. */
export function property<Input>(
  name: string,
  checked: fc.IRawProperty<Input>,
): Property {
  return { name, disk: false, search: (sample) => search(checked, sample) };
}

/** The files on the disk during one search. */
export interface Laid<Input> extends Disposable {
  readonly checked: fc.IRawProperty<Input>;
}

/** Makes a property of what needs files of its own. */
export function diskProperty<Input>(
  name: string,
  lay: () => Laid<Input>,
): Property {
  return {
    name,
    disk: true,
    async search(sample) {
      using laid = lay();
      return await search(laid.checked, sample);
    },
  };
}

async function search<Input>(
  checked: fc.IRawProperty<Input>,
  { seed, cases, millis }: Sample,
): Promise<string | undefined> {
  const details = await fc.check(checked, {
    seed,
    numRuns: cases,
    ...millis === undefined ? {} : { interruptAfterTimeLimit: millis },
  });
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}
