import type { RunRecord } from "../evidence/run_store.ts";
import type { Database } from "../evidence/store/postgres/database.ts";
import type { RowStore } from "../evidence/store/postgres/postgres_store.ts";
import { listedRuns } from "../evidence/store/postgres/run_list.ts";
import { checkSchema } from "../evidence/store/postgres/schema.ts";
import { withDatabaseTrouble } from "./fleet/database_trouble.ts";
import { DATABASE_OPTION, openDatabase } from "./fleet/open_database.ts";
import { readStore } from "./fleet/read_store.ts";
import { namesDatabase } from "./fleet/runs_in_database.ts";
import type { WrittenApproval } from "../evidence/approval/approval_file.ts";
import { InputError } from "../tools/data/input_error.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { answeredLine } from "./approval/answered_line.ts";
import { approverName } from "./approval/approver_name.ts";
import { describeRequest } from "./approval/describe_request.ts";
import {
  type Question,
  questionName,
  questionsOf,
} from "./approval/open_questions.ts";
import { processTerminal } from "./approval/terminal.ts";
import { terminalApprover } from "./approval/terminal_approver.ts";
import { watchQuestions } from "./approval/watch_questions.ts";
import { answer, writtenApproval } from "./approval/written_approval.ts";
import { choice } from "./command/choice.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { eachRun } from "./command/each_run.ts";
import { cancelOnSignal } from "./execution/cancellation.ts";
import { resumeHint } from "./execution/resume_hint.ts";
import { namedRuns } from "./input/named_runs.ts";
import { checkDirectory } from "./machine/files.ts";
import { runStore } from "./machine/run_store.ts";
import { wait } from "./machine/world.ts";

const VERBS = ["list", "approve", "reject", "watch"] as const;
const VERDICTS = { approve: "approved", reject: "rejected" } as const;

/** Which options a verb takes, beside those of every command. */
const TAKES: Record<typeof VERBS[number], readonly string[]> = {
  list: ["json", "all", DATABASE_OPTION],
  approve: ["by", "question", DATABASE_OPTION],
  reject: ["by", "question", DATABASE_OPTION],
  watch: ["by", DATABASE_OPTION],
};

const FLAGS = ["json", "all"];

/** `approvals`: see what runs wait for, and answer it. */
export const approvals: Command = {
  summary: "see what runs wait for, and answer it",
  help: `Usage: approvals list DIR... [--json]
       approvals approve DIR --by NAME [--question HEX]
       approvals reject DIR --by NAME [--question HEX]
       approvals watch DIR [--by NAME]
       approvals list RUN_ID...|--all --db URL [--json]
       approvals approve|reject RUN_ID --db URL --by NAME [--question HEX]
       approvals watch --db URL [--by NAME]

A run with --approve file stops where its policy wants a person to decide, and a
call of \`govern\` waits there. DIR is the folder of a run, or one that has runs
below it. \`list\` shows every open question, \`approve\` and \`reject\` write an
answer to approvals.jsonl beside the record, and \`resume\` continues the run with
it; a program that calls \`govern\` continues by itself. A run that was begun by a
program that uses this one as a library must be resumed by that program. \`watch\`
waits for questions, and asks you at this terminal about each one, until Ctrl-C.

An answer is valid for this call, its arguments, the definition of its tool and
the policy, for a limited time (approval.expires_seconds). It cannot be taken
back: the first answer counts. \`list\` and \`resume\` report on standard error
which lines of the file they ignore: later answers to this call, answers that
have expired or are from the future, and unreadable lines.

  --by NAME       who answers; it is recorded, so a name with invisible characters,
                  or one that looks like "none", is refused
  --question HEX  which question, by the first digits of what \`list\` calls it;
                  needed where several are open
  --json          print a line of JSON for each question: \`run\`, \`waits_for\`, and
                  \`answer\`, which is null while there is none
  --db URL        the runs are those of a database: postgres://USER:PASSWORD@HOST:PORT/NAME,
                  or env for the variable DATABASE_URL; a worker continues them.
                  There --all and \`watch\` mean all runs that wait

Exit codes: 0 done, 3 (list) a run waits for an answer, 1 it does not wait, has an
answer, or cannot be read.
`,
  async run(args, output) {
    const isEvery = args.includes("--all") ||
      args.includes("watch") && namesDatabase(args);
    const given = parseCommandLine(args, {
      options: ["by", "question", DATABASE_OPTION],
      flags: FLAGS,
      operands: [VERBS.join("|"), ...isEvery ? [] : ["DIR..."]],
    });
    const verb = choice(given.operand(0), {
      where: "Cannot understand",
      of: VERBS,
    });
    const odd = ["by", "question", ...FLAGS, DATABASE_OPTION].find((name) =>
      !TAKES[verb].includes(name) &&
      (FLAGS.includes(name)
        ? given.flag(name)
        : given.option(name) !== undefined)
    );
    if (odd !== undefined) {
      throw new UsageError(`Cannot use --${odd} with approvals ${verb}`);
    }
    if (given.flag("all") && !namesDatabase(args)) {
      throw new UsageError("Cannot use --all without --db");
    }
    const names = given.operands.slice(1);
    if (verb !== "list" && names.length > 1) {
      throw new UsageError(`Cannot ${verb} in several folders at once`);
    }
    if (verb === "watch" && !isEvery) {
      const folder = given.operand(1);
      checkDirectory(folder);
      return await watch({
        place: folder,
        runs: () => runsIn(folder),
        next: nextOf,
      }, { given, output });
    }
    const act = async ({ runs, next }: Asking) =>
      verb === "approve" || verb === "reject"
        ? await answerOne(runs, { verb, next, given, output })
        : await list(runs, { next, output, json: given.flag("json") });
    if (given.option(DATABASE_OPTION) === undefined) {
      return await act({ runs: await namedRuns(names, output), next: nextOf });
    }
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given);
      await checkSchema(database);
      const store = readStore(database);
      const next = () => "a worker continues it";
      const waiting = () => waitingRuns(database, store);
      if (verb === "watch") {
        const place = database.name;
        return await watch({ place, runs: waiting, next }, { given, output });
      }
      const runs = isEvery
        ? await waiting()
        : names.map((name) => store.run(name));
      return await act({ runs, next });
    });
  },
};

/** Runs that may ask something. */
interface Asking {
  readonly runs: readonly RunRecord[];
  /** Says how a run continues once it has its answer. */
  readonly next: (question: Question) => string;
}

/** Shows every open question, and the answers that wait to be used. */
async function list(
  runs: readonly RunRecord[],
  { next, output, json }: {
    readonly next: Asking["next"];
    readonly output: Output;
    readonly json: boolean;
  },
): Promise<number> {
  let shown = 0;
  const code = await eachRun(runs, {
    output,
    async look(run) {
      let code: number = EXIT.ok;
      for (const question of await questionsOf(run)) {
        shown += 1;
        const { approval: given, notes } = await writtenTo(question);
        for (const note of notes) output.note(note);
        if (given === undefined) code = EXIT.waiting;
        if (json) output.json(jsonOf(question, given));
        else output.data(textOf(question, given, next(question)));
      }
      return code;
    },
  });
  if (!json && shown === 0 && code === EXIT.ok) {
    output.data("nothing waits for approval");
  }
  return code;
}

function nextOf({ run, started }: Question): string {
  return resumeHint(run.name, started);
}

function writtenTo({ place, request }: Question) {
  return writtenApproval(place, request.bound_to);
}

function jsonOf(
  { run, request }: Question,
  given: WrittenApproval | undefined,
) {
  return { run: run.name, waits_for: request, answer: given ?? null };
}

function textOf(
  question: Question,
  given: WrittenApproval | undefined,
  next: string,
): string {
  const { run, request } = question;
  const name = `${run.name}: question ${questionName(question)}`;
  return terminalLine(name) +
    (given === undefined
      ? `\n${describeRequest(request)}`
      : `: ${terminalLine(answeredLine(given, next))}`);
}

/** Answers the one question that is open, or that is named. */
async function answerOne(
  runs: readonly RunRecord[],
  { verb, next: nextFor, given, output }: {
    readonly verb: keyof typeof VERDICTS;
    readonly next: Asking["next"];
    readonly given: CommandLine;
    readonly output: Output;
  },
): Promise<number> {
  const approver = approverName(given.required("by"));
  const questions: Question[] = [];
  for (const run of runs) questions.push(...await questionsOf(run));
  const question = await chosen(questions, {
    verb,
    folder: given.operand(1),
    name: given.option("question"),
  });
  const { place, request: { bound_to } } = question;
  const next = nextFor(question);
  const verdict = VERDICTS[verb];
  const before = await answer(place, { bound_to, approver, verdict });
  if (before !== undefined) {
    throw new UsageError(`Cannot ${verb}: ${answeredLine(before, next)}`);
  }
  output.data(`${verdict} by ${approver}; ${next}`);
  return EXIT.ok;
}

/** The question that is meant: the named one, or the only one without an answer. */
async function chosen(
  questions: readonly Question[],
  { verb, folder, name }: {
    readonly verb: string;
    readonly folder: string;
    readonly name: string | undefined;
  },
): Promise<Question> {
  if (questions.length === 0) {
    throw new UsageError(`Cannot ${verb}: "${folder}" does not wait`);
  }
  const open: Question[] = [];
  for (const question of questions) {
    if ((await writtenTo(question)).approval === undefined) open.push(question);
  }
  const meant = name === undefined
    ? open.length === 0 ? questions : open
    : questions.filter(({ request }) => request.bound_to.startsWith(name));
  const [only, ...more] = meant;
  if (only === undefined) {
    throw new UsageError(
      `Cannot ${verb}: no open question begins with "${name}"; there ${
        named(questions)
      }`,
    );
  }
  if (more.length === 0) return only;
  throw new UsageError(
    `Cannot ${verb}: which question is meant? Name one with --question; there ${
      named(meant)
    }`,
  );
}

/** How many names of questions a message has. */
const MAX_NAMED = 10;

function named(questions: readonly Question[]): string {
  const names = questions.slice(0, MAX_NAMED).map((question) =>
    terminalLine(
      `${
        questionName(question)
      } (${question.run.name}: ${question.request.tool})`,
    )
  );
  const more = questions.length - names.length;
  const rest = more > 0 ? [`${more} more`] : [];
  const verb = questions.length === 1 ? "is" : "are";
  return `${verb} ${[...names, ...rest].join(", ")}`;
}

/** How often it is looked for questions, in milliseconds. */
const LOOK_AGAIN_MS = 500;

/** What is watched. */
interface Watched {
  /** Where the runs are, in words. */
  readonly place: string;
  /** Those that there are now. */
  readonly runs: () => Promise<readonly RunRecord[]>;
  readonly next: Asking["next"];
}

/** Waits for questions and asks about each one at this terminal. */
async function watch(
  { place, runs, next }: Watched,
  { given, output }: { readonly given: CommandLine; readonly output: Output },
): Promise<number> {
  const by = given.option("by", approverName);
  if (!Deno.stdin.isTerminal()) {
    throw new UsageError("Cannot watch: there is no terminal to ask at");
  }
  using cancellation = cancelOnSignal();
  const terminal = processTerminal(output);
  terminal.note(
    `waiting for questions in ${terminalLine(place)}; Ctrl-C ends it`,
  );
  await watchQuestions({
    runs,
    terminal,
    approver: terminalApprover(terminal, by),
    next,
    rest: (signal) => wait(LOOK_AGAIN_MS, signal),
    signal: cancellation.signal,
  });
  return EXIT.ok;
}

/** The runs of a database that wait for a person. */
async function waitingRuns(
  database: Database,
  store: RowStore,
): Promise<readonly RunRecord[]> {
  const runs: RunRecord[] = [];
  for await (const { run } of listedRuns(database, { state: "waiting" })) {
    runs.push(store.run(run));
  }
  return runs;
}

/** The runs below a folder, which may still have none. */
async function runsIn(folder: string): Promise<readonly RunRecord[]> {
  try {
    const names = await runStore.runsBelow(folder, () => {});
    return names.map((name) => runStore.run(name));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [];
  }
}
