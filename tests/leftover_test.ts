import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { outputTo } from "../cli/command/output.ts";
import { run } from "../cli/run.ts";
import { join } from "../deps.ts";
import { exchangingInside } from "./exchanging_inside.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };
const linux = { ignore: needs.ignore || Deno.build.os !== "linux" };

/** How many writes a run makes while directories are exchanged, and how many runs are tried. */
const { WRITES, TRIES } = { WRITES: 24, TRIES: 5 };

/** The first call waits for approval, so that the directories can be made. */
function laidDown(paths: readonly string[], isolation: "process" | "worker") {
  const folder = temporaryFolder();
  const committed = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
    .replace("isolation: process", `isolation: ${isolation}`);
  Deno.writeTextFileSync(
    join(folder.path, "policy.yaml"),
    `${committed}
escalate:
  - tools: [write]
    when:
      - { argument: path, equals: first.md }
    reason: it comes first
`,
  );
  const calls = paths.map((path) => ({
    tool: "write",
    args: { path, content: "TEXT" },
  }));
  Deno.writeTextFileSync(
    join(folder.path, "task.yaml"),
    JSON.stringify({
      id: "notes",
      question: "Write notes, please.",
      policy: "policy.yaml",
      script: [{ calls }, { answer: "Done." }],
    }),
  );
  return folder;
}

interface LeftoverLine {
  readonly type: string;
  readonly kind: string;
  readonly place: string;
}

function leftoversIn(directory: string): readonly LeftoverLine[] {
  try {
    const text = Deno.readTextFileSync(join(directory, "incidents.jsonl"));
    return text.split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === "leftover");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

Deno.test(
  "an entry that a write cannot remove is an incident, which inspect prints",
  needs,
  async () => {
    using folder = laidDown(["drafts/new.md"], "process");
    const out = join(folder.path, "run");
    const { linkSync } = Deno;
    // As when drafts/ is exchanged between the two walks of the system.
    Object.defineProperty(Deno, "linkSync", {
      value(from: string) {
        Deno.mkdirSync(join(out, "sandbox/notes"));
        linkSync(from, join(out, "sandbox/notes/new.md"));
      },
    });
    try {
      const output = outputTo({ data() {}, note() {}, isTerminal: false });
      await run.run([join(folder.path, "task.yaml"), "--out", out], output);
    } finally {
      Object.defineProperty(Deno, "linkSync", { value: linkSync });
    }
    const left = leftoversIn(out).map(({ kind, place }) => [kind, place]);
    assertEquals(left, [
      ["file", "<sandbox>/drafts/new.md"],
      ["directory", "<sandbox>/drafts"],
    ]);
    const found = Deno.readTextFileSync(join(out, "sandbox/notes/new.md"));
    assertEquals(found, "");
    const text = Deno.readTextFileSync(join(out, "incidents.jsonl"));
    assert(!text.includes(folder.path), text);
    const inspected = await warmProgram(["inspect", "run"], {
      cwd: folder.path,
    });
    assertStringIncludes(
      inspected.stdout,
      '"type":"leftover","kind":"file","place":"<sandbox>/drafts/new.md"',
    );
    const verified = await warmProgram(["verify", "run"], {
      cwd: folder.path,
    });
    assertEquals(verified.code, 0, verified.stdout);
  },
);

Deno.test(
  "a run continues when such an incident cannot be written",
  needs,
  async () => {
    using folder = laidDown(["drafts/new.md"], "process");
    const out = join(folder.path, "run");
    const { linkSync } = Deno;
    Object.defineProperty(Deno, "linkSync", {
      value() {
        Deno.mkdirSync(join(out, "incidents.jsonl"));
        throw new Deno.errors.NotSupported("no hard links");
      },
    });
    const notes: string[] = [];
    try {
      const output = outputTo({
        data() {},
        note: (text) => notes.push(text),
        isTerminal: false,
      });
      await run.run([join(folder.path, "task.yaml"), "--out", out], output);
    } finally {
      Object.defineProperty(Deno, "linkSync", { value: linkSync });
    }
    const said = notes.filter((text) => text.includes("incidents.jsonl"));
    assertEquals(said.length, 1, notes.join("\n"));
    const ledger = Deno.readTextFileSync(join(out, "state.jsonl"));
    assertStringIncludes(ledger, '"type":"io_error"');
    assertStringIncludes(ledger, '"terminal_reason":"final_answer"');
  },
);

for (const isolation of ["process", "worker"] as const) {
  Deno.test(
    `what is left behind while directories are exchanged is an incident (${isolation})`,
    linux,
    async () => {
      for (let tries = 1; tries <= TRIES; tries++) {
        using folder = laidDown([
          "first.md",
          ...Array.from({ length: WRITES }, (_, n) => `drafts/a${n}/b${n}.md`),
        ], isolation);
        const left = await leftAfterExchange(folder.path);
        if (left > 0) return;
      }
      throw new Error("nothing was left behind, so nothing was tried");
    },
  );
}

/** Plays a run while drafts/ and notes/ are exchanged; returns how much it left behind. */
async function leftAfterExchange(cwd: string): Promise<number> {
  const call = (...args: readonly string[]) => warmProgram(args, { cwd });
  await call("run", "task.yaml", "--out", "run", "--approve", "file");
  const out = join(cwd, "run");
  const sandbox = join(Deno.realPathSync(out), "sandbox");
  for (const name of ["drafts", "notes"]) Deno.mkdirSync(join(sandbox, name));
  await call("approvals", "approve", "run", "--by", "ada");
  {
    await using _exchange = await exchangingInside(sandbox, [
      "drafts",
      "notes",
    ]);
    await call("resume", "run");
  }
  // The text is at the present place of the exchanged directories.
  const verified = await call("verify", "run");
  const others = verified.stdout.split("\n").filter((line) =>
    !/^run\/sandbox: other_content: |^run: (verified|\d+ more) |^$/.test(line)
  );
  assertEquals([others, verified.stderr], [[], ""]);
  const left = leftoversIn(out);
  const names = new Set(left.map(({ place }) => nameOf(place)));
  const done = pathsDone(Deno.readTextFileSync(join(out, "state.jsonl")));
  const unreported = [...emptyBelow(sandbox)].map(nameOf)
    .filter((name) => !names.has(name) && !done.has(name));
  assertEquals(unreported, []);
  return left.length;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The names on the paths of all writes that are on record as done. */
function pathsDone(ledger: string): ReadonlySet<string> {
  return new Set(
    ledger.split("\n").filter((line) =>
      line.includes('"type":"tool_finished"') && line.includes('"error":null')
    ).flatMap((line) => String(JSON.parse(line).result.path).split("/")),
  );
}

/** Directories that are not empty count too: somebody has to know of them. */
function* emptyBelow(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isDirectory) {
      if (name !== "drafts" && name !== "notes") yield path;
      yield* emptyBelow(path);
    } else if (Deno.statSync(path).size === 0) yield path;
  }
}
