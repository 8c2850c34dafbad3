import { join } from "../../deps.ts";
import type { Database } from "../../evidence/store/postgres/database.ts";
import { incidentsText } from "../../evidence/store/postgres/beside_rows.ts";
import { exportRun } from "../../evidence/store/postgres/exported_run.ts";
import {
  type ListedRun,
  listedRun,
  listedRuns,
  RUN_STATES,
} from "../../evidence/store/postgres/run_list.ts";
import {
  cancelRun,
  retryRun,
} from "../../evidence/store/postgres/run_orders.ts";
import { checkSchema } from "../../evidence/store/postgres/schema.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { useDigest } from "../../tools/data/sha256.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { choice } from "../command/choice.ts";
import { type CommandLine, parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output } from "../command/command.ts";
import { eachRun } from "../command/each_run.ts";
import { nativeDigest } from "../machine/native_digest.ts";
import { verifyEach } from "../verify.ts";
import { withDatabaseTrouble } from "./database_trouble.ts";
import { DATABASE_OPTION, openDatabase } from "./open_database.ts";
import { readStore } from "./read_store.ts";

/** What can be done with runs in a database. */
const VERBS = ["list", "show", "verify", "export", "cancel", "retry"] as const;

type Verb = (typeof VERBS)[number];

/** Whether a command line is about runs in a database. */
export function namesDatabase(args: readonly string[]): boolean {
  return args.some((each) =>
    each === `--${DATABASE_OPTION}` || each.startsWith(`--${DATABASE_OPTION}=`)
  );
}

/** What `runs --help` says of runs in a database. */
export const RUNS_IN_DATABASE_HELP =
  `Usage: runs list --db URL [--tenant NAME] [--state STATE] [--json]
       runs show|verify RUN_ID... --db URL [--json]
       runs verify --all --db URL [--json]
       runs export RUN_ID... --db URL --out DIR
       runs cancel|retry RUN_ID... --db URL

The same for runs that were submitted to a database: list them, show what is known
of one and its incidents, verify them, write them below DIR as a
local run leaves them, cancel those that have not ended, and let those that are
stuck be tried again. --db env means the variable DATABASE_URL.`;

/** `runs --db`: runs that were submitted to a database. */
export async function runsInDatabase(
  args: readonly string[],
  output: Output,
): Promise<number> {
  useDigest(nativeDigest);
  const [word = "", ...rest] = args;
  const verb = choice(word, { where: "Cannot understand", of: VERBS });
  const given = parseCommandLine(rest, {
    options: [
      DATABASE_OPTION,
      ...verb === "list" ? ["tenant", "state"] : [],
      ...verb === "export" ? ["out"] : [],
    ],
    flags: FLAGS[verb] ?? [],
    operands: verb === "list" || rest.includes("--all") ? [] : ["RUN_ID..."],
  });
  return await withDatabaseTrouble(output, async () => {
    await using database = await openDatabase(given);
    await checkSchema(database);
    return await DONE[verb]({ database, given, output });
  });
}

const FLAGS: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  list: ["json"],
  show: ["json"],
  verify: ["json", "all"],
};

interface Asked {
  readonly database: Database;
  readonly given: CommandLine;
  readonly output: Output;
}

const DONE: Readonly<Record<Verb, (asked: Asked) => Promise<number>>> = {
  list,
  show,
  verify,
  export: exported,
  cancel: ({ database, given, output }) =>
    eachRun(given.operands, {
      output,
      async look(run) {
        await cancelRun(database, run);
        output.data(terminalLine(`${run}: cancelled; it ends on record`));
        return EXIT.ok;
      },
    }),
  retry: ({ database, given, output }) =>
    eachRun(given.operands, {
      output,
      async look(run) {
        await retryRun(database, run);
        output.data(terminalLine(`${run}: queued again`));
        return EXIT.ok;
      },
    }),
};

async function list({ database, given, output }: Asked): Promise<number> {
  const state = given.option(
    "state",
    (text) => choice(text, { where: "Cannot use --state", of: RUN_STATES }),
  );
  const chosen = { tenant: given.option("tenant"), state };
  for await (const run of listedRuns(database, chosen)) {
    if (given.flag("json")) output.json(run);
    else output.data(terminalLine(`${run.run}  ${summary(run)}`));
  }
  return EXIT.ok;
}

function summary(run: ListedRun): string {
  const { state, terminal_reason, lines, tenant, cancelled } = run;
  return [
    terminal_reason ?? state,
    ...cancelled && state !== "finished" ? ["cancelled"] : [],
    `${lines} lines`,
    tenant,
  ].join("  ");
}

async function show({ database, given, output }: Asked): Promise<number> {
  return await eachRun(given.operands, {
    output,
    async look(name) {
      const run = await listedRun(database, name);
      if (run === undefined) {
        throw unusable(name, "there is no such run in the database");
      }
      const incidents = (await incidentsText(database, name) ?? "")
        .split("\n").slice(0, -1);
      if (given.flag("json")) {
        const lines = incidents.map((line): unknown => JSON.parse(line));
        output.json({ ...run, incidents: lines });
      } else {
        for (const [key, value] of Object.entries(run)) {
          if (value !== null) output.data(terminalLine(`${key}: ${value}`));
        }
        for (const each of incidents) {
          output.data(terminalLine(`incident: ${each}`));
        }
      }
      return EXIT.ok;
    },
  });
}

async function verify({ database, given, output }: Asked): Promise<number> {
  const store = readStore(database);
  async function* records() {
    for (const name of given.operands) yield store.run(name);
    if (!given.flag("all")) return;
    for await (const { run } of listedRuns(database)) yield store.run(run);
  }
  return await verifyEach(records(), {
    kept: [{}],
    key: undefined,
    output,
    json: given.flag("json"),
  });
}

async function exported({ database, given, output }: Asked): Promise<number> {
  const store = readStore(database);
  const out = given.required("out");
  return await eachRun(given.operands, {
    output,
    async look(name) {
      const run = store.run(name);
      if (!await run.has("manifest.json")) {
        throw unusable(name, "it is not finished, or there is no such run");
      }
      const directory = join(out, name);
      exportRun(await run.source(), directory);
      output.data(terminalLine(directory));
      return EXIT.ok;
    },
  });
}
