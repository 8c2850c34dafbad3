import { assertEquals } from "@std/assert";
import { approvals } from "../cli/approvals.ts";
import { resume } from "../cli/resume.ts";
import { run } from "../cli/run.ts";
import { verify } from "../cli/verify.ts";
import { dirname, join } from "../deps.ts";
import { copySync } from "./hostile/copied.ts";
import { call, layRuns, type RunState } from "./hostile/laid_runs.ts";
import { lacks } from "./permissions.ts";
import { temporaryFolder } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };

/** Made once; each test works on a copy. */
let laid: Awaited<ReturnType<typeof layRuns>> | undefined;

globalThis.addEventListener("unload", () => laid?.[Symbol.dispose]());

/** A copy of a run in a folder of its own. */
async function copied(state: RunState) {
  const folder = temporaryFolder();
  const path = join(folder.path, state);
  laid ??= await layRuns();
  copySync(laid.path(state), path);
  return {
    folder: folder.path,
    path,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Findings as `verify` prints them, without the folder and the exit code before. */
async function found(path: string): Promise<readonly string[]> {
  const { code, said } = await call(verify, [path]);
  const lines = said.split("\n").map((line) => line.replaceAll(`${path}/`, ""));
  const isFound = lines.some((line) => !line.includes(": verified"));
  const waits = lines.every((line) => line.includes("waits for approval"));
  assertEquals(code, waits ? 3 : isFound ? 2 : 0);
  return code === 0 ? [] : lines;
}

function edit(path: string, change: (text: string) => string): void {
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

/** A change beside the ledger, and what is found of it. */
interface Change {
  readonly what: string;
  /** Default: `finished`. */
  readonly state?: RunState;
  readonly make: (run: string) => void | Promise<void>;
  readonly finds: readonly string[];
}

const DOCUMENTS =
  'sandbox: other_documents: the files in "corpus" are not the 1 document of the run, and no line of state.jsonl wrote to them';

const CHANGES: readonly Change[] = [
  { what: "nothing", make: () => {}, finds: [] },
  {
    what: "another name in an answer",
    make: (run) =>
      edit(join(run, "approvals.jsonl"), (text) => text.replace("ada", "eve")),
    finds: [
      'approvals.jsonl:1: other_answer: the line says approved by "eve"; line 11 of state.jsonl has approved by "ada"',
    ],
  },
  {
    what: "another verdict in an answer",
    make: (run) =>
      edit(
        join(run, "approvals.jsonl"),
        (text) => text.replace("approved", "rejected"),
      ),
    finds: [
      'approvals.jsonl:1: other_answer: the line says rejected by "ada"; line 11 of state.jsonl has approved by "ada"',
    ],
  },
  {
    what: "an answer before the one that counted",
    make: (run) =>
      edit(
        join(run, "approvals.jsonl"),
        (text) => text.replace("ada", "eve") + text,
      ),
    finds: [
      'approvals.jsonl:1: other_answer: the line says approved by "eve"; line 11 of state.jsonl has approved by "ada"',
    ],
  },
  {
    what: "an answer after the one that counted",
    make: (run) =>
      edit(
        join(run, "approvals.jsonl"),
        (text) => text + text.replace("ada", "eve"),
      ),
    finds: [],
  },
  {
    what: "an answer that had expired before",
    make: (run) =>
      edit(
        join(run, "approvals.jsonl"),
        (text) =>
          text.replace("ada", "eve").replace(/"\d{4}-/, '"2020-') + text,
      ),
    finds: [],
  },
  {
    what: "an answer to another run",
    make: (run) =>
      edit(
        join(run, "approvals.jsonl"),
        (text) => text.replace(/[0-9a-f]{64}/, "b".repeat(64)),
      ),
    finds: [
      "approvals.jsonl:1: answer_to_nothing: the line answers no decision of this run",
    ],
  },
  {
    what: "half an answer",
    make: (run) =>
      edit(join(run, "approvals.jsonl"), (text) => text + text.slice(0, 40)),
    finds: [
      "approvals.jsonl:2: not_an_answer: the line cannot be read, so it answers nothing",
    ],
  },
  {
    what: "no answers",
    make: (run) => Deno.removeSync(join(run, "approvals.jsonl")),
    finds: [],
  },
  {
    what: "an answer that was not used yet",
    state: "waiting",
    async make(run) {
      await call(approvals, ["approve", run, "--by", "ada"]);
    },
    finds: [
      'manifest.json: run_unfinished: the manifest is missing: the run waits for approval of a call of "write"',
    ],
  },
  {
    what: "a written file of another size, of a run that waits",
    state: "waiting",
    make: (run) => edit(join(run, "sandbox/drafts/a.md"), () => "One, two."),
    finds: [
      'manifest.json: run_unfinished: the manifest is missing: the run waits for approval of a call of "write"',
      'sandbox: other_content: "drafts/a.md" has 9 bytes instead of 4; line 6 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a written file of another size",
    make: (run) => edit(join(run, "sandbox/notes/b.md"), () => "Three."),
    finds: [
      'sandbox: other_content: "notes/b.md" has 6 bytes instead of 4; line 13 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a written file of the same size",
    make: (run) => edit(join(run, "sandbox/drafts/a.md"), () => "Two."),
    finds: [
      'sandbox: other_content: "drafts/a.md" has another content; line 6 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a written file that is gone",
    make: (run) => Deno.removeSync(join(run, "sandbox/notes/b.md")),
    finds: [
      'sandbox: other_content: "notes/b.md" is not there; line 13 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a link to a file with the same content",
    make(run) {
      const path = join(run, "sandbox/notes/b.md");
      Deno.renameSync(path, join(run, "sandbox/moved"));
      Deno.symlinkSync("../moved", path);
    },
    finds: [
      'sandbox: other_content: "notes/b.md" is not a regular file with one name; line 13 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a link on the way to a written file",
    make(run) {
      Deno.renameSync(
        join(run, "sandbox/notes"),
        join(run, "sandbox/moved"),
      );
      Deno.symlinkSync("moved", join(run, "sandbox/notes"));
    },
    finds: [
      'sandbox: other_content: "notes/b.md" is not a regular file with one name; line 13 of state.jsonl wrote it last',
    ],
  },
  {
    what: "a changed document",
    make: (run) =>
      edit(join(run, "sandbox/corpus/one.md"), (text) => `x${text}`),
    finds: [DOCUMENTS],
  },
  {
    what: "a document more",
    make: (run) =>
      Deno.writeTextFileSync(join(run, "sandbox/corpus/two.md"), ""),
    finds: [DOCUMENTS],
  },
  {
    what: "a document that is a link",
    make(run) {
      const path = join(run, "sandbox/corpus/one.md");
      Deno.renameSync(path, join(run, "sandbox/moved"));
      Deno.symlinkSync("../moved", path);
    },
    finds: [DOCUMENTS],
  },
  {
    what: "a file that no line explains",
    make: (run) => Deno.writeTextFileSync(join(run, "sandbox/extra.md"), ""),
    finds: [],
  },
  {
    what: "no sandbox",
    make: (run) => Deno.removeSync(join(run, "sandbox"), { recursive: true }),
    finds: [],
  },
];

for (const { what, state = "finished", make, finds } of CHANGES) {
  Deno.test(`verify looks beside the ledger at ${what}`, needs, async () => {
    using run = await copied(state);
    const { path } = run;
    await make(path);
    assertEquals(await found(path), finds);
  });
}

const TASK = `id: again
question: Write over what is there.
script:
  - calls:
      - { tool: write, args: { path: corpus/one.md, content: "One." } }
      - { tool: write, args: { path: a.md, content: "First." } }
      - { tool: write, args: { path: ./a.md, content: "Second." } }
  - answer: Done.
`;

for (
  const { what, change, finds } of [
    { what: "what was written over", change: {}, finds: [] },
    {
      what: "what an earlier call wrote",
      change: { "a.md": "First." },
      finds: [
        'sandbox: other_content: "a.md" has 6 bytes instead of 7; line 16 of state.jsonl wrote it last',
      ],
    },
    {
      what: "a document that a call wrote over",
      change: { "corpus/one.md": "Two." },
      finds: [
        'sandbox: other_content: "corpus/one.md" has another content; line 6 of state.jsonl wrote it last',
      ],
    },
    {
      what:
        "a document beside one that a call overwrote, whose content is unknown",
      change: { "corpus/two.md": "Changed." },
      finds: [],
    },
  ]
) {
  Deno.test(`verify knows of ${what}`, needs, async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    for (
      const [name, text] of [
        ["task.yaml", TASK],
        ["documents/one.md", "1"],
        ["documents/two.md", "2"],
      ] as const
    ) {
      Deno.mkdirSync(dirname(at(name)), { recursive: true });
      Deno.writeTextFileSync(at(name), text);
    }
    const ended = await call(run, [
      ...[at("task.yaml"), "--corpus", at("documents"), "--out", at("run")],
    ]);
    assertEquals(ended.code, 0, ended.said);
    for (const [name, text] of Object.entries(change)) {
      Deno.writeTextFileSync(join(at("run"), "sandbox", name), text);
    }
    assertEquals(await found(at("run")), finds);
  });
}

for (
  const { what, lay, says } of [
    {
      what: "missing",
      lay: () => {},
      says: "there is no such file",
    },
    {
      what: "a link to a copy of it",
      lay: (path: string) => Deno.symlinkSync("../moved", path),
      says: "it is a symbolic link, not a directory",
    },
    {
      what: "a file",
      lay: (path: string) => Deno.writeTextFileSync(path, ""),
      says: "it is not a directory",
    },
  ]
) {
  for (const place of ["sandbox", "sandbox/corpus"]) {
    Deno.test(
      `resume refuses a ${place} that is ${what}, and changes nothing`,
      needs,
      async () => {
        using laid = await layRuns();
        const run = laid.path("waiting");
        await call(approvals, ["approve", run, "--by", "ada"]);
        const moved = join(laid.folder, "moved");
        const path = join(run, place);
        Deno.renameSync(path, moved);
        if (place === "sandbox/corpus") copySync(moved, join(run, "moved"));
        lay(path);
        const before = standing(run, moved);
        const { code, said } = await call(resume, [run]);
        assertEquals([code, said], [
          1,
          `${path}: the run cannot go on: ${says}`,
        ]);
        assertEquals(standing(run, moved), before);
      },
    );
  }
}

/** What is in a run directory and in the sandbox that was moved away. */
function standing(run: string, moved: string): string {
  return JSON.stringify([
    [...Deno.readDirSync(run)].map(({ name }) => name).sort(),
    [...Deno.readDirSync(moved)].map(({ name }) => name).sort(),
    Deno.readTextFileSync(join(run, "state.jsonl")),
  ]);
}
