import { assert, assertEquals } from "@std/assert";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { JudgedPlace } from "../tools/sandbox/judged_place.ts";
import type { Leftover } from "../tools/sandbox/leftover.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { ToolError } from "../tools/tool_error.ts";
import { judged } from "./judged.ts";
import { exchangingInside } from "./exchanging_inside.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

/** How many calls are made of what was judged as below drafts/; new files take longer, since they leave things behind. */
const ROUNDS = Deno.args.includes("--full")
  ? { same: 4_000, fresh: 2_000 }
  : { same: 200, fresh: 60 };
/** It runs up to this many times as long while no call was won, or none was refused. */
const MAX_STRETCH = 50;

/** Two things inside that are exchanged, and the call that is made meanwhile. */
interface Race {
  readonly name: string;
  readonly exchanged: readonly [string, string];
  /** Each round has its own path, or all have the same. */
  readonly path: (round: number) => string;
  readonly act: (sandbox: Sandbox, at: JudgedPlace, text: string) => unknown;
}

const read = (sandbox: Sandbox, at: JudgedPlace) => sandbox.readText(at);
const write = (sandbox: Sandbox, at: JudgedPlace, text: string) =>
  sandbox.writeText(at, text);
const plan = () => "drafts/plan.md";
const fresh = (round: number) => `drafts/new${round}.md`;
const deep = (round: number) => `drafts/a${round}/b${round}/new${round}.md`;

/** Exchanged for a link, what stands at the other end is elsewhere whenever it is touched. */
const LINKS: readonly Race[] = [
  {
    name: "a read below a directory that is exchanged for a link",
    exchanged: ["drafts", "link to notes"],
    path: plan,
    act: read,
  },
  {
    name: "a write below a directory that is exchanged for a link",
    exchanged: ["drafts", "link to notes"],
    path: plan,
    act: write,
  },
  {
    name: "a new file below a directory that is exchanged for a link",
    exchanged: ["drafts", "link to notes"],
    path: fresh,
    act: write,
  },
  {
    name: "new directories below one that is exchanged for a link",
    exchanged: ["drafts", "link to notes"],
    path: deep,
    act: write,
  },
  {
    name: "a write of a file that is exchanged for a link",
    exchanged: ["drafts/plan.md", "drafts/link to notes"],
    path: plan,
    act: write,
  },
  {
    name: "a write of a file that is exchanged for a hard link",
    exchanged: ["drafts/plan.md", "drafts/notes by another name"],
    path: plan,
    act: write,
  },
];

/** Of two directories that are exchanged, elsewhere is the one that did not stand there when the call first looked. */
const DIRECTORIES: readonly Race[] = [
  { name: "a read", path: plan, act: read },
  { name: "a write", path: plan, act: write },
  { name: "a new file", path: fresh, act: write },
  { name: "new directories", path: deep, act: write },
].map(({ name, ...race }) => ({
  ...race,
  name: `${name} below a directory that is exchanged for another one`,
  exchanged: ["drafts", "notes"],
}));

const OLD = { drafts: "a draft", notes: "SECRET" };
type Standing = keyof typeof OLD;

/** Directories of different standing, with links from one to the other. */
function build(root: string): void {
  for (const [name, text] of Object.entries(OLD)) {
    Deno.mkdirSync(`${root}/${name}`, { recursive: true });
    Deno.writeTextFileSync(`${root}/${name}/plan.md`, text);
  }
  Deno.writeTextFileSync(`${root}/notes/prices.md`, OLD.notes);
  Deno.symlinkSync("notes", `${root}/link to notes`);
  Deno.symlinkSync("../notes/plan.md", `${root}/drafts/link to notes`);
  Deno.linkSync(
    `${root}/notes/prices.md`,
    `${root}/drafts/notes by another name`,
  );
}

/** Notes which directory a call saw first at `path`. */
function firstLooks(path: string) {
  const { lstatSync } = Deno;
  let first: number | null | undefined;
  Object.defineProperty(Deno, "lstatSync", {
    value(at: string) {
      const found = lstatSync(at);
      if (at === path) first ??= found.ino;
      return found;
    },
  });
  return {
    forget: () => first = undefined,
    first: () => first,
    [Symbol.dispose]: () =>
      Object.defineProperty(Deno, "lstatSync", { value: lstatSync }),
  };
}

/** What came of all calls. */
interface Played {
  /** How the calls ended, each with its path; the text when it was read. */
  readonly outcomes: readonly {
    readonly path: string;
    readonly type: string;
    /** What it was to write. */
    readonly text: string;
    /** The directory that stood at drafts/ when it first looked. */
    readonly below: Standing | undefined;
    /** Where the text is that was there before, when it was written over just now. */
    readonly over: Standing | undefined;
    readonly read?: string;
  }[];
  readonly leftovers: readonly Leftover[];
}

async function play(root: string, race: Race): Promise<Played> {
  const leftovers: Leftover[] = [];
  const sandbox = directorySandbox(root, {
    leftover: (leftover) => leftovers.push(leftover),
  });
  const standing = new Map<unknown, Standing>([
    [Deno.lstatSync(`${root}/drafts`).ino, "drafts"],
    [Deno.lstatSync(`${root}/notes`).ino, "notes"],
  ]);
  using draft = Deno.openSync(`${root}/drafts/plan.md`);
  using note = Deno.openSync(`${root}/notes/plan.md`);
  const outcomes: Played["outcomes"][number][] = [];
  await using _exchange = await exchangingInside(root, race.exchanged);
  using looks = firstLooks(`${root}/drafts`);
  const rounds = race.path === plan ? ROUNDS.same : ROUNDS.fresh;
  const mayEnd = () =>
    outcomes.length >= rounds * MAX_STRETCH ||
    outcomes.length >= rounds && isRaced(outcomes);
  for (let round = 0; !mayEnd(); round++) {
    const path = race.path(round);
    const text = `NEW ${round}`;
    const at = judged(sandbox, path);
    if (round % 16 === 0) await new Promise((resolve) => setTimeout(resolve));
    // Judged as elsewhere it may go there.
    if (at.resolved !== `<sandbox>/${path}`) continue;
    looks.forget();
    const outcome = await outcomeOf(() => race.act(sandbox, at, text));
    const below = standing.get(looks.first());
    const over = textOf(note) === text
      ? "notes"
      : textOf(draft) === text
      ? "drafts"
      : undefined;
    outcomes.push({ path, text, below, over, ...outcome });
  }
  return { outcomes, leftovers };
}

async function outcomeOf(act: () => unknown) {
  try {
    const done = await act();
    return typeof done === "string"
      ? { type: "done", read: done }
      : { type: "done" };
  } catch (error) {
    if (error instanceof ToolError) return { type: error.type };
    throw error;
  }
}

function textOf(file: Deno.FsFile): string {
  const bytes = new Uint8Array(256);
  file.seekSync(0, Deno.SeekMode.Start);
  return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
}

/** Everything below a directory, with the text of files; `null` for directories. */
function* contents(
  directory: string,
): Generator<readonly [path: string, text: string | null]> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    if (isFile) yield [path, Deno.readTextFileSync(path)];
    if (!isDirectory) continue;
    yield [path, null];
    yield* contents(path);
  }
}

/** Otherwise nothing was won, or nothing was tried. */
function isRaced(outcomes: Played["outcomes"]): boolean {
  const refusals = ["sandbox_violation", "not_a_file"];
  return outcomes.some(({ type }) => type === "done") &&
    outcomes.some(({ type }) => refusals.includes(type));
}

/** Every empty entry there belongs to a finished call, or was reported. */
function assertReported(root: string, { outcomes, leftovers }: Played): void {
  const last = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const accounted = new Set([
    ...Object.keys(OLD),
    ...leftovers.map(({ place }) => last(place)),
    ...outcomes.filter(({ type }) => type === "done")
      .flatMap(({ path }) => path.split("/")),
  ]);
  const unreported = [...contents(root)]
    .filter(([path, text]) => !text && !accounted.has(last(path)));
  assertEquals(unreported, []);
  for (const { place } of leftovers) assert(place.startsWith("<sandbox>/"));
}

const linux = {
  ignore: lacks("read", "write", "run") || Deno.build.os !== "linux",
};

/** Calls of which something is in the directory `name`, of those for which `isElsewhere` it is. */
function misplaced(
  root: string,
  { outcomes }: Played,
  isElsewhere: (name: Standing, outcome: Played["outcomes"][number]) => boolean,
) {
  const names: readonly Standing[] = ["drafts", "notes"];
  return names.flatMap((name) => {
    const texts = new Set([...contents(`${root}/${name}`)]
      .map(([, text]) => text));
    return outcomes.filter((outcome) => isElsewhere(name, outcome))
      .filter(({ text, over, read }) =>
        texts.has(text) || over === name || read === OLD[name]
      );
  });
}

async function playHere(
  race: Race,
  check: (root: string, played: Played) => void,
) {
  using folder = temporaryFolder();
  const root = `${Deno.realPathSync(folder.path)}/sandbox`;
  build(root);
  const played = await play(root, race);
  check(root, played);
  assertReported(root, played);
  assert(isRaced(played.outcomes), "no call was won, or none was refused");
}

for (const race of LINKS) {
  Deno.test(
    `nothing lands elsewhere in ${race.name}`,
    linux,
    () =>
      playHere(race, (root, played) => {
        assertEquals(misplaced(root, played, (name) => name === "notes"), []);
        const prices = Deno.readTextFileSync(`${root}/notes/prices.md`);
        assertEquals(prices, OLD.notes);
      }),
  );
}

for (const race of DIRECTORIES) {
  Deno.test(
    `nothing lands elsewhere in ${race.name}`,
    linux,
    () =>
      playHere(race, (root, played) => {
        const isElsewhere = (
          name: Standing,
          { below, type }: Played["outcomes"][number],
        ) => type !== "done" || below !== name;
        assertEquals(misplaced(root, played, isElsewhere), []);
      }),
  );
}
