/**
 * Looks for counterexamples as long as it is asked to, with a seed that it
 * prints: `deno task fuzz --minutes 5`, or `--seconds 30`; `--seed N` begins
 * where an earlier search did. `--cases 10000` gives each property so many inputs,
 * once. Exits with 2 when something does not hold.
 *
 * @module
 */
import { numberArgument } from "./number_argument.ts";
import { PROPERTIES } from "./properties.ts";

/** How many inputs each property is given in its turn. */
const CASES = 1000;

const { minutes, seconds, seed: given, cases } = argumentsOf(Deno.args);
const millis = ((minutes ?? 0) * 60 + (seconds ?? 0)) * 1000 ||
  (cases === undefined ? 60_000 : Infinity);
const first = given ?? Date.now() % 2 ** 31;
const start = performance.now();

console.log(
  `seed ${first}, ${
    cases === undefined ? `${millis / 1000} s` : `${cases} cases a property`
  }`,
);
let tried = 0;
for (let seed = first; millisLeft() > 0 && Deno.exitCode === 0; seed++) {
  for (const { name, search } of PROPERTIES) {
    if (millisLeft() <= 0) break;
    const sample = {
      seed,
      cases: cases ?? CASES,
      ...millis === Infinity ? {} : { millis: millisLeft() },
    };
    const began = performance.now();
    const counterexample = await search(sample);
    tried += 1;
    if (counterexample === undefined) {
      if (cases !== undefined) console.log(`${secondsSince(began)} s: ${name}`);
      continue;
    }
    console.log(`It does not hold that ${name} (--seed ${seed}):`);
    console.log(counterexample);
    Deno.exitCode = 2;
  }
  if (cases !== undefined) break;
}
console.log(
  `${tried} searches of up to ${cases ?? CASES} cases in ${
    secondsSince(start)
  } s`,
);

function secondsSince(moment: number): string {
  return ((performance.now() - moment) / 1000).toFixed(1);
}

function millisLeft(): number {
  return millis - (performance.now() - start);
}

function argumentsOf(args: readonly string[]) {
  return {
    minutes: numberArgument(args, "minutes"),
    seconds: numberArgument(args, "seconds"),
    seed: numberArgument(args, "seed"),
    cases: numberArgument(args, "cases"),
  };
}
