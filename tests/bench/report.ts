/**
 * Runs the benchmarks and prints what they come to: how a cold start compares
 * with importing the two largest packages, what importing an entry costs, what a
 * step costs, and what of it is governance when a model is asked over HTTP.
 *
 * The minimum is quoted, since whatever else a machine does only ever adds.
 *
 * @module
 */
import { fromFileUrl } from "../../deps.ts";
import { entryTimes } from "./entries.ts";
import { HEAVY_ARGUMENTS } from "../hostile/heavy_inputs.ts";

interface Figure {
  readonly n: number;
  /** Nanoseconds. */
  readonly min: number;
  readonly avg: number;
}

interface Report {
  readonly runtime: string;
  readonly cpu: string;
  readonly benches: readonly {
    readonly name: string;
    readonly results: readonly { readonly ok?: Figure }[];
  }[];
}

const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    "bench",
    "--quiet",
    "--json",
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-run",
    "--allow-net=127.0.0.1",
    fromFileUrl(new URL(".", import.meta.url)),
  ],
}).output();
const decoder = new TextDecoder();
if (!success) throw new Error(decoder.decode(stderr));
const report: Report = JSON.parse(decoder.decode(stdout));

function figure(name: string): Figure {
  const bench = report.benches.find((each) => each.name === name);
  const found = bench?.results[0]?.ok;
  if (found === undefined) throw new Error(`Cannot find the figure "${name}"`);
  return found;
}

function line(
  name: string,
  { min, avg, n }: Figure,
  { unit, scale }: { readonly unit: string; readonly scale: number },
): string {
  const [least, mean] = [min, avg].map((time) => (time / scale).toFixed(1));
  return `${name.padEnd(38)} min ${least} ${unit}, mean ${mean} (n = ${n})`;
}

function ratio(name: string, a: number, b: number): string {
  return `${name.padEnd(38)} ${(a / b).toFixed(2)}`;
}

/** What a step with a live model costs, and how much of it is not the asking. */
function live(tool: "read" | "write"): readonly string[] {
  const [governed, asked] = [
    figure(`a live run of 30 steps, ${tool}, governed`),
    figure(`a live run of 30 steps, ${tool}, only asked`),
  ];
  const micros = (governed.min - asked.min) / 30 / 1e3;
  return [
    line(`a live step that ${tool}s, governed`, governed, perStep(30)),
    line("  the model alone", asked, perStep(30)),
    `${"  governance around it".padEnd(38)} ${micros.toFixed(1)} µs a step`,
  ];
}

const MILLISECONDS = { unit: "ms", scale: 1e6 };
const perStep = (steps: number) => ({
  unit: "µs a step",
  scale: steps * 1e3,
});

const perCall = (calls: number) => ({ unit: "µs a call", scale: calls * 1e3 });

const entries = (await entryTimes()).map(({ name, ms, ofZod, ofZodAlone }) =>
  `${`import ${name}, processor time`.padEnd(38)} min ${ms.toFixed(1)} ms, ${
    ofZod.toFixed(2)
  } of zod's, ${ofZodAlone.toFixed(2)} without an empty program`
);

const baseline = figure("cold start: import zod and @std/yaml");
const canonical = figure("cold start: canonical");
const short = figure("a run of 50 steps, recorded");
const long = figure("a run of 5000 steps, recorded");
const shortSession = figure("a session of 50 calls, recorded");
const longSession = figure("a session of 5000 calls, recorded");
const desk = figure("calls of a support desk");

/** What a decision over 64 KiB of arguments takes, on average over all of them. */
function heavy(name: string): string {
  const count = Object.keys(HEAVY_ARGUMENTS).length;
  return line(name, figure(name), {
    unit: "ms a decision",
    scale: count * 1e6,
  });
}

console.log([
  `${report.runtime}, ${report.cpu}, ${navigator.hardwareConcurrency} cores`,
  line("cold start: import zod and @std/yaml", baseline, MILLISECONDS),
  line("cold start: canonical", canonical, MILLISECONDS),
  ratio("  canonical / import", canonical.min, baseline.min),
  ...entries,
  line("a run of 50 steps, recorded", short, perStep(50)),
  line("a run of 5000 steps, recorded", long, perStep(5000)),
  ratio("  a step of 5000 / a step of 50", long.min / 5000, short.min / 50),
  line("a session of 50 calls, recorded", shortSession, perCall(50)),
  ratio("  a call / a step", shortSession.min, short.min),
  line("a session of 5000 calls, recorded", longSession, perCall(5000)),
  ratio("  a call / a step", longSession.min, long.min),
  ...live("read"),
  ...live("write"),
  heavy("no clauses, 64 KiB of arguments"),
  heavy("200 clauses, 64 KiB of arguments"),
  heavy("16 patterns, 64 KiB of arguments"),
  line("calls of a support desk", desk, { unit: "µs a call", scale: 60e3 }),
].join("\n"));
