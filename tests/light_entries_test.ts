/**
 * The entries that check a record run in a browser, and hold no more than they say.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { runInContext } from "node:vm";
import { dirname, join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import {
  bundled,
  checkIn,
  emptyPage,
  modulesIn,
  packagesIn,
  sizes,
} from "./browser/bundle.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

const ENTRIES = [
  {
    entry: "./verify",
    path: "tests/browser/verify.ts",
    redecided: false,
    packages: ["canonicalize", "zod"],
    /** What decides, reads policies, or needs a package for it. */
    without: /^policy\/(document|rules|redaction)\/|\/(yaml|re2|pattern)\.ts$/,
  },
  {
    entry: "./verify/decisions",
    path: "tests/browser/decisions.ts",
    redecided: true,
    packages: [
      ...["canonicalize", "deno-std", "ipaddr.js", "js-yaml", "re2js", "zod"],
    ],
    without: /^(cli|tasks|corpus)\/|^evidence\/store\//,
  },
];

const ARTIFACTS = [
  ...["manifest.json", "run_report.md", "state.jsonl", "trace.json"],
];

function committedRuns(): readonly string[] {
  const ledgers = walkSync(join(PROJECT, "runs"), {
    includeDirs: false,
    includeSymlinks: true,
  });
  return [...ledgers].map(({ path }) => path)
    .filter((path) => path.endsWith("state.jsonl")).map(dirname);
}

function filesOf(run: string): Map<string, Uint8Array> {
  return new Map(
    ARTIFACTS.map((name) => [name, Deno.readFileSync(join(run, name))]),
  );
}

function changedBy(
  files: ReadonlyMap<string, Uint8Array>,
  name: string,
  [from, to]: readonly [string, string],
): ReadonlyMap<string, Uint8Array> {
  const text = new TextDecoder().decode(files.get(name));
  assert(text.includes(from), `${name} has no ${from}`);
  const changed = new TextEncoder().encode(text.replace(from, to));
  return new Map([...files, [name, changed]]);
}

/** Whether the policy of a run may have a key, by its text. */
function mayHave(
  key: "redact" | "max_cost",
  files: ReadonlyMap<string, Uint8Array>,
): boolean {
  const [line = ""] = new TextDecoder().decode(files.get("state.jsonl"))
    .split("\n");
  const { text } = JSON.parse(line).policy;
  return text.includes(key) || text.includes("\\");
}

for (const { entry, path, redecided, packages, without } of ENTRIES) {
  Deno.test({
    name: `a bundle of ${entry} for a browser checks every committed run`,
    ignore: lacks("read", "run", "env"),
    async fn() {
      const text = await bundled(path);
      assertEquals(packagesIn(text), packages);
      assertEquals(modulesIn(text).filter((each) => without.test(each)), []);
      assert(modulesIn(text).includes("evidence/verify/verify.ts"));

      const check = checkIn(text);
      const runs = committedRuns();
      assertEquals(runs.length, 21);
      for (const run of runs) {
        const found = await check(filesOf(run));
        // Without a reader of policies such a report cannot be made again, and
        // such a cost not be counted again.
        const unread = (["redact", "max_cost"] as const)
          .filter((key) => !redecided && mayHave(key, filesOf(run)));
        const codes = [...found.findings].map(({ code }) => code);
        assertEquals(codes, unread.map(() => "policy_unread"), run);
        assertEquals(
          [found.regenerated, found.redecided],
          [!unread.includes("redact"), redecided],
        );
      }

      const [run = ""] = runs;
      for (
        const [name, change, code] of [
          ["state.jsonl", ['"seed":0', '"seed":1'], "wrong_hash"],
          ["run_report.md", ["# Run ", "# run "], "differs"],
        ] as const
      ) {
        const { findings } = await check(changedBy(filesOf(run), name, change));
        assertEquals(findings[0]?.code, code);
      }

      const { bytes, packed } = await sizes(await bundled(path, "--minify"));
      console.log(`${entry}: ${bytes} bytes minified, ${packed} with gzip`);
    },
  });
}

Deno.test("where bundles are checked there is nothing of a server", () => {
  const names = ["Deno", "process", "require", "Buffer", "fetch", "setTimeout"];
  const page = emptyPage();
  for (const name of names) {
    assertEquals(runInContext(`typeof ${name}`, page), "undefined", name);
  }
});
