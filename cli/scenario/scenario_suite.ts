import { CORPUS_V1 } from "../../corpus/v1.ts";
import { join } from "../../deps.ts";
import { openStaging } from "../../evidence/store/staging.ts";
import { loadPolicy, type Policy } from "../../policy/document/load.ts";
import policyText from "../../policy/v1.yaml" with { type: "text" };
import { withOverrides } from "../../tasks/policy_overrides.ts";
import type { Fixture } from "../../tasks/suites.ts";
import { loadTask } from "../../tasks/task.ts";
import { didYouMean } from "../../tools/data/nearest.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { type Command, EXIT, UsageError } from "../command/command.ts";
import { checkRuns, type CommittedRun, emitRuns, RUNS } from "./suite.ts";

/** A suite of fixtures whose runs are committed. */
export interface Suite {
  /** Of the command. */
  readonly name: string;
  /** Below `runs/`. */
  readonly folder: string;
  readonly what: string;
  readonly fixtures: readonly Fixture[];
}

/** The command that emits the runs of a suite, or checks them. */
export function scenarioSuite(
  { name, folder, what, fixtures }: Suite,
): Command {
  return {
    summary: `emit the ${what} runs, or re-emit them and compare`,
    help: `Usage: ${name} [--scenario ID] [--check] [--json]

Plays the ${what} scenarios of tasks/${folder}/ and leaves their artifacts in
runs/${folder}/<scenario>/ below the current folder. A run that does not meet
the expectations of its scenario is not put there; exit 2.

  --scenario ID  only this one: ${fixtures.map(({ id }) => id).join(", ")}
  --check        compare every byte with what is in runs/, the three volatile
                 values of a manifest aside; exit 2 when anything differs
  --json         print the results as JSON, a line a run
`,
    async run(args, output) {
      const given = parseCommandLine(args, {
        options: ["scenario"],
        flags: ["check", "json"],
      });
      const wanted = given.option("scenario");
      const chosen = wanted === undefined
        ? fixtures
        : fixtures.filter(({ id }) => id === wanted);
      if (wanted !== undefined && chosen.length === 0) {
        const ids = fixtures.map(({ id }) => id);
        throw new UsageError(
          `Cannot find the scenario "${wanted}"${didYouMean(wanted, ids)}`,
        );
      }
      const policy = loadPolicy(policyText, "policy/v1.yaml");
      const runs = chosen.map((fixture) =>
        committedRun(fixture, { folder, policy })
      );
      using staging = openStaging(RUNS);
      const options = { staging, output, json: given.flag("json") };
      const stale = wanted === undefined ? staleRuns(folder, fixtures) : [];
      if (given.flag("check")) {
        for (const path of stale) {
          output.error(
            `${terminalLine(path)}: stale; the scenario does not exist`,
          );
        }
        const code = await checkRuns(runs, options);
        return stale.length > 0 ? EXIT.no : code;
      }
      const code = await emitRuns(runs, options);
      for (const path of code === EXIT.ok ? stale : []) {
        Deno.removeSync(path, { recursive: true });
        output.note(
          `removed ${terminalLine(path)}, since its scenario does not exist`,
        );
      }
      return code;
    },
  };
}

function committedRun(
  { id, path, text }: Fixture,
  { folder, policy }: { readonly folder: string; readonly policy: Policy },
): CommittedRun {
  const task = loadTask(text, path);
  const { policy_overrides, corpus } = task.document;
  return {
    name: `${folder}/${id}`,
    scenario: {
      task,
      policy: withOverrides(policy, policy_overrides, path),
      documents: corpus === undefined ? [] : CORPUS_V1,
      runId: id,
    },
  };
}

/** Runs below `runs/<folder>` without a scenario. */
function staleRuns(
  folder: string,
  fixtures: readonly Fixture[],
): readonly string[] {
  const path = join(RUNS, folder);
  try {
    return [...Deno.readDirSync(path)]
      .filter(({ name }) => !fixtures.some(({ id }) => id === name))
      .map(({ name }) => join(path, name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
