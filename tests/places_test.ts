import { assertEquals, assertStringIncludes } from "@std/assert";
import { execute } from "../cli/execution/execute.ts";
import { readTaskInputs } from "../cli/input/task_inputs.ts";
import { openToolHost } from "../cli/machine/tool_host.ts";
import { join } from "../deps.ts";
import { runDirectory } from "../evidence/store/run_directory.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };

const PLACE = "notes/maintenance.md";
const PRICES = "One costs 100.";
const TOOLS = ["read", "write"] as const;
type ToolName = typeof TOOLS[number];

/** The first call writes the price list, the second one is for the place. */
function task(tool: ToolName): string {
  const content = tool === "write" ? ", content: Closed on Monday." : "";
  return `id: upkeep
question: See to the note about maintenance, please.
policy: policy.yaml
script:
  - calls:
      - tool: write
        args: { path: pricelist.md, content: ${PRICES} }
      - tool: ${tool}
        args: { path: ${PLACE}${content} }
  - answer: Done.
`;
}

const ESCALATE = `
escalate:
  - tools: [read, write]
    when:
      - { argument: path, starts_with: notes/ }
    reason: notes are read by customers
`;

/** What another program does to the sandbox, in which it may do anything, after a call was judged. */
interface Change {
  readonly what: string;
  readonly make: (sandbox: string) => void;
}

function folder(path: string): void {
  Deno.mkdirSync(path, { recursive: true });
}

function note(sandbox: string, text = "Open."): void {
  folder(join(sandbox, "notes"));
  Deno.writeTextFileSync(join(sandbox, PLACE), text);
}

/** Those of the beginning are tried in every way. */
const SWAPS: readonly Change[] = [
  {
    what: "the place becomes a link to another file",
    make(sandbox) {
      folder(join(sandbox, "notes"));
      Deno.symlinkSync("../pricelist.md", join(sandbox, PLACE));
    },
  },
  {
    what: "its directory becomes a link to another one",
    make(sandbox) {
      folder(join(sandbox, "prices"));
      Deno.renameSync(
        join(sandbox, "pricelist.md"),
        join(sandbox, "prices/maintenance.md"),
      );
      Deno.symlinkSync("prices", join(sandbox, "notes"));
      Deno.symlinkSync("prices/maintenance.md", join(sandbox, "pricelist.md"));
    },
  },
  {
    what: "the place becomes a hard link to another file",
    make(sandbox) {
      folder(join(sandbox, "notes"));
      Deno.linkSync(join(sandbox, "pricelist.md"), join(sandbox, PLACE));
    },
  },
  {
    what: "its directory is exchanged for one with a link in it",
    make(sandbox) {
      note(sandbox);
      folder(join(sandbox, "prices"));
      Deno.symlinkSync(
        "../pricelist.md",
        join(sandbox, "prices/maintenance.md"),
      );
      Deno.renameSync(join(sandbox, "notes"), join(sandbox, "aside"));
      Deno.renameSync(join(sandbox, "prices"), join(sandbox, "notes"));
      Deno.renameSync(join(sandbox, "aside"), join(sandbox, "prices"));
    },
  },
  {
    what: "a file at the place is replaced by a link to another file",
    make(sandbox) {
      note(sandbox);
      Deno.removeSync(join(sandbox, PLACE));
      Deno.symlinkSync(join(sandbox, "pricelist.md"), join(sandbox, PLACE));
    },
  },
  {
    what: "the place becomes a link to where no file is yet",
    make(sandbox) {
      folder(join(sandbox, "notes"));
      Deno.symlinkSync("../new.md", join(sandbox, PLACE));
    },
  },
  {
    what: "its directory becomes a link to the sandbox itself",
    make: (sandbox) => Deno.symlinkSync(".", join(sandbox, "notes")),
  },
  {
    what: "the place becomes a directory",
    make: (sandbox) => folder(join(sandbox, PLACE)),
  },
];

const HARMLESS: readonly Change[] = [
  { what: "a file is put there", make: note },
  {
    what: "a file there is replaced by another one",
    make(sandbox) {
      note(sandbox);
      Deno.writeTextFileSync(join(sandbox, "notes/next.md"), "Open, too.");
      Deno.renameSync(join(sandbox, "notes/next.md"), join(sandbox, PLACE));
    },
  },
  {
    what: "its directory is renamed, and made anew",
    make(sandbox) {
      note(sandbox);
      Deno.renameSync(join(sandbox, "notes"), join(sandbox, "old notes"));
      note(sandbox);
    },
  },
  {
    what: "a link to it is made elsewhere",
    make(sandbox) {
      note(sandbox);
      Deno.symlinkSync("notes", join(sandbox, "link"));
    },
  },
];

/** A task and its policy in a new folder; the run is `run` in there. */
function laidDown(
  tool: ToolName,
  { escalate = "", isolation = "process" }: {
    readonly escalate?: string;
    readonly isolation?: "process" | "worker";
  },
) {
  const temporary = temporaryFolder();
  const { path } = temporary;
  const committed = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace("isolation: process", `isolation: ${isolation}`);
  assertStringIncludes(committed, `isolation: ${isolation}`);
  Deno.writeTextFileSync(join(path, "policy.yaml"), committed + escalate);
  Deno.writeTextFileSync(join(path, "task.yaml"), task(tool));
  const sandbox = join(path, "run/sandbox");
  return {
    path,
    sandbox,
    async call(...args: readonly string[]) {
      const ended = await warmProgram(args, { cwd: path });
      return { ...ended, shown: ended.stdout + ended.stderr };
    },
    prices: () => Deno.readTextFileSync(join(sandbox, "pricelist.md")),
    ledger: () =>
      Deno.readTextFileSync(join(path, "run/state.jsonl")).split("\n")
        .slice(0, -1),
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  };
}

type Laid = ReturnType<typeof laidDown>;

/** What is on record of the call for the place, which comes last. */
function receipt({ ledger }: Laid) {
  const line = ledger()
    .findLast((line) => line.includes('"type":"tool_finished"'));
  const { result, error } = JSON.parse(line ?? "{}");
  return { result, error: error?.type ?? null };
}

/**
 * The record holds, and playing it again comes to the same. What the test itself
 * has put into the sandbox, verify may find there.
 */
async function assertOnRecord(here: Laid): Promise<void> {
  const verified = await here.call("verify", "run");
  const others = verified.shown.split("\n").filter((line) =>
    !/^run\/sandbox: other_content: |^run: verified |^$/.test(line)
  );
  assertEquals(others, []);
  const replayed = await here.call("replay", "run");
  assertEquals(replayed.code, 0, replayed.shown);
}

async function assertRefused(here: Laid): Promise<void> {
  assertEquals(here.prices(), PRICES);
  const { result, error } = receipt(here);
  assertEquals(result, null);
  assertEquals(
    ["sandbox_violation", "not_a_file"].includes(error),
    true,
    `the receipt says ${error}`,
  );
  const everywhere = [...walk(here.sandbox)];
  assertEquals(everywhere.filter((text) => text.includes("Closed")), []);
  await assertOnRecord(here);
}

async function assertDone(here: Laid, tool: ToolName): Promise<void> {
  assertEquals(here.prices(), PRICES);
  const { result, error } = receipt(here);
  assertEquals([error, result?.path], [null, PLACE]);
  if (tool === "write") {
    const text = Deno.readTextFileSync(join(here.sandbox, PLACE));
    assertEquals(text, "Closed on Monday.");
  }
  await assertOnRecord(here);
}

/** The text of every file. */
function* walk(directory: string): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) yield* walk(path);
    if (isFile) yield Deno.readTextFileSync(path);
  }
}

/** Waits for approval, is changed, gets it, and is resumed. */
async function approved(here: Laid, { make }: Change): Promise<void> {
  const waiting = await here.call(
    ...["run", "task.yaml", "--out", "run", "--approve", "file"],
  );
  assertEquals(waiting.code, 3, waiting.shown);
  make(here.sandbox);
  const answer = await here.call("approvals", "approve", "run", "--by", "ada");
  assertEquals(answer.code, 0, answer.shown);
  await here.call("resume", "run");
}

/** Breaks off after the intent of the call, is changed, and is resumed. */
async function sentAgain(here: Laid, { make }: Change): Promise<void> {
  await here.call("run", "task.yaml", "--out", "run");
  const lines = here.ledger();
  const intent = lines
    .findLastIndex((line) => line.includes('"type":"tool_started"'));
  for (const { name } of [...Deno.readDirSync(join(here.path, "run"))]) {
    if (name !== "sandbox") Deno.removeSync(join(here.path, "run", name));
  }
  Deno.writeTextFileSync(
    join(here.path, "run/state.jsonl"),
    lines.slice(0, intent + 1).map((line) => `${line}\n`).join(""),
  );
  Deno.removeSync(join(here.sandbox, "notes"), { recursive: true });
  make(here.sandbox);
  await here.call("resume", "run");
  const incidents = join(here.path, "run/incidents.jsonl");
  assertStringIncludes(Deno.readTextFileSync(incidents), '"sent_again"');
}

/** Is changed between the judgement and the call. */
async function plain(here: Laid, { make }: Change): Promise<void> {
  const inputs = readTaskInputs(join(here.path, "task.yaml"), {});
  Deno.mkdirSync(here.sandbox, { recursive: true });
  using sink = runDirectory(join(here.path, "run"));
  using host = await openToolHost({
    ...inputs,
    sandbox: here.sandbox,
    online: false,
  });
  await execute({
    ...inputs,
    sandbox: here.sandbox,
    sink,
    durability: "none",
    online: false,
    waits: false,
    signal: new AbortController().signal,
    host: {
      ...host,
      tools: async (documents) =>
        (await host.tools(documents)).map((tool) => ({
          ...tool,
          run(args, context) {
            if (context.places.has(PLACE)) make(here.sandbox);
            return tool.run(args, context);
          },
        })),
    },
  });
}

/** How many of the changes are tried by way of the command line, which takes longer. */
const TRIED = Deno.args.includes("--full")
  ? { swaps: Infinity, harmless: Infinity, reads: Infinity }
  : { swaps: 4, harmless: 1, reads: 2 };

const WAYS = [
  {
    when: "while a person is asked",
    play: approved,
    escalate: ESCALATE,
    tried: TRIED,
  },
  { when: "before an intent is sent again", play: sentAgain, tried: TRIED },
  {
    when: "between judgement and call",
    play: plain,
    tried: { swaps: Infinity, harmless: Infinity },
  },
] as const;

for (const { when, play, tried, ...given } of WAYS) {
  for (const change of SWAPS.slice(0, tried.swaps)) {
    Deno.test(
      `nothing is written elsewhere when ${change.what} ${when}`,
      needs,
      async () => {
        using here = laidDown("write", given);
        await play(here, change);
        await assertRefused(here);
      },
    );
  }
  for (const change of HARMLESS.slice(0, tried.harmless)) {
    Deno.test(
      `a file is written when ${change.what} ${when}`,
      needs,
      async () => {
        using here = laidDown("write", given);
        await play(here, change);
        await assertDone(here, "write");
      },
    );
  }
}

for (const change of SWAPS.slice(0, TRIED.reads)) {
  Deno.test(
    `nothing is read elsewhere when ${change.what} while a person is asked`,
    needs,
    async () => {
      using here = laidDown("read", { escalate: ESCALATE });
      await approved(here, change);
      await assertRefused(here);
      assertEquals(here.ledger().at(-1)?.includes(PRICES), false);
    },
  );
}

for (const tool of TOOLS) {
  const [swap, file] = [SWAPS[0], HARMLESS[0]];
  if (swap === undefined || file === undefined) continue;
  Deno.test(`a Worker gets the judged places of ${tool}`, needs, async () => {
    using here = laidDown(tool, { escalate: ESCALATE, isolation: "worker" });
    await approved(here, swap);
    await assertRefused(here);
  });
  Deno.test(`a Worker ${tool}s at the judged place`, needs, async () => {
    using here = laidDown(tool, { escalate: ESCALATE, isolation: "worker" });
    await approved(here, file);
    await assertDone(here, tool);
  });
}
