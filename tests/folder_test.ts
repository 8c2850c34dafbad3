import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { besideProgress } from "./beside_progress.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { program, temporaryFolder } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };

const TASK = `id: folder
question: What is in here?
script:
  - calls:
      - { tool: search, args: { query: turbine } }
      - { tool: fetch, args: { url: "https://fixtures.local/pages/pump.html" } }
      - { tool: fetch, args: { url: "https://fixtures.local/notes" } }
      - { tool: read, args: { path: corpus/pages/pump.html } }
  - answer: A pump.
`;

const PAGE = "<title>Pumps</title><p>The <b>turbine</b> hums.\n";

function folderOfAllSorts() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  Deno.mkdirSync(path("documents/pages"), { recursive: true });
  Deno.writeTextFileSync(path("task.yaml"), TASK);
  Deno.writeTextFileSync(path("documents/pages/pump.html"), PAGE);
  Deno.writeTextFileSync(path("documents/notes.md"), "# Notes\n");
  Deno.writeTextFileSync(path("documents/data.csv"), "day,tea\n");
  Deno.writeTextFileSync(path("documents/secret.md"), "No.\n");
  Deno.writeFileSync(path("documents/logo.png"), new Uint8Array([137, 80, 0]));
  const run = (args: readonly string[]) =>
    program(args, {
      cwd: folder.path,
      permissions: [
        ...["--allow-read", "--allow-write"],
        `--deny-read=${path("documents/secret.md")}`,
      ],
    });
  return {
    ...folder,
    path,
    run,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

Deno.test(
  "a run takes a folder as it is, and its record goes with the folder",
  needs,
  async (t) => {
    using folder = folderOfAllSorts();
    const ran = await folder.run([
      ...["run", "task.yaml", "--corpus", "documents", "--out", "out"],
    ]);
    const ledger = Deno.readTextFileSync(folder.path("out/state.jsonl"));

    await t.step("what is left out is said in one line", () => {
      assertEquals([ran.code, besideProgress(ran.stderr)], [
        0,
        "documents: left out: 2: logo.png (not a text), secret.md (the process has no permission to read it; see --allow-read)\n",
      ]);
    });

    await t.step(
      "a page is found and fetched as text, and read as it is",
      () => {
        assertStringIncludes(ledger, '"title":"Pumps"');
        assertStringIncludes(ledger, '"text":"Pumps\\n\\nThe turbine hums."');
        assertStringIncludes(ledger, '"snippet":"The turbine hums."');
        assertStringIncludes(ledger, `"text":${JSON.stringify(PAGE)}`);
        assertStringIncludes(ledger, '"text":"# Notes\\n"');
      },
    );

    await t.step("verify finds the same documents again", async () => {
      const verified = await folder.run([
        ...["verify", "out", "--corpus", "documents"],
      ]);
      assertEquals(verified.code, 0, verified.stdout);
    });

    await t.step("a run that broke off is resumed", async () => {
      const manifest = folder.path("out/manifest.json");
      Deno.removeSync(manifest);
      const lines = ledger.split("\n");
      Deno.writeTextFileSync(
        folder.path("out/state.jsonl"),
        lines.slice(0, 12).join("\n") + "\n",
      );
      const resumed = await folder.run(["resume", "out"]);
      assertEquals(resumed.code, 0, resumed.stderr);
      assertEquals(
        Deno.readTextFileSync(folder.path("out/state.jsonl")),
        ledger,
      );
    });
  },
);

Deno.test(
  "verify takes a folder as earlier versions read it",
  needs,
  async () => {
    const run = `runs/${CANONICAL_RUN}`;
    const { code, stdout } = await program(
      ["verify", run, "--corpus", "corpus/v1"],
      { cwd: new URL("../", import.meta.url).pathname },
    );
    assertEquals(code, 0, stdout);
  },
);
