/**
 * Runs what README and docs/ tell a reader to type, and compares what is said with
 * what they show.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { dirname, join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { shownIn, unsaid } from "./documented.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder } from "./program.ts";

/** Pages whose commands are run, in an order in which each finds what it needs. */
const PLAYED = [
  "README.md",
  "docs/running.md",
  "docs/approvals.md",
  "docs/resume-and-replay.md",
  "docs/evidence.md",
  "docs/report.md",
  "docs/archive.md",
  "docs/deciding.md",
  "docs/scenarios.md",
  "docs/policy.md",
  "docs/telemetry.md",
];

/** Commands that no test can run as they stand; others run the same. */
const LEFT_OUT: readonly { readonly shows: RegExp; readonly why: string }[] = [
  {
    shows: /\bURL\//,
    why: "from_url_test and url_lock_test serve the project",
  },
  { shows: /OPENAI_API_KEY/, why: "live_test has a server of its own" },
  { shows: /127\.0\.0\.1:4318/, why: "otlp_test has a collector of its own" },
  {
    shows: /keygen|--sign|openssl/,
    why: "sign_test and openssl_test have keys",
  },
  {
    shows: /^(npm install -g|deno task ok|deno test) ?/,
    why: "they set up, and run this test among others",
  },
  {
    shows: /^sed -n 5p state\.jsonl/,
    why: "it is done in the folder of a run",
  },
];

function leftOut(commands: string): boolean {
  return LEFT_OUT.some(({ shows }) => shows.test(commands));
}

function text(path: string): string {
  return Deno.readTextFileSync(join(PROJECT, path));
}

function documents(): readonly string[] {
  return [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "UPGRADING.md",
    "SECURITY.md",
    ...[...Deno.readDirSync(join(PROJECT, "docs"))]
      .filter(({ isFile }) => isFile).map(({ name }) => `docs/${name}`),
  ];
}

/** Copies what a reader has, without tests. */
function copyProject(to: string): void {
  const skip = [/\/\.git$/, /\/tests$/];
  const options = { includeDirs: false, includeSymlinks: false, skip };
  for (const { path } of walkSync(PROJECT.slice(0, -1), options)) {
    const target = join(to, path.slice(PROJECT.length));
    Deno.mkdirSync(dirname(target), { recursive: true });
    Deno.copyFileSync(path, target);
  }
}

/** Runs a block as a reader types it; a folder that it makes is made anew. */
async function typed(cwd: string, commands: string): Promise<string> {
  const made = [...commands.matchAll(/--out (\w+)/g)].map(([, name]) => name);
  const here = commands.replaceAll("npx -y deno@2.9.6", "deno");
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `rm -rf ${made.join(" ")}; { ${here}\n} 2>&1`],
    cwd,
    env: {
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
      PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
    },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "what README and docs/ tell to type says what they show",
  ignore: lacks("read", "write", "run", "env"),
  async fn(t) {
    using folder = temporaryFolder();
    copyProject(folder.path);
    for (const page of PLAYED) {
      for (const { line, commands, output } of shownIn(text(page))) {
        if (leftOut(commands)) continue;
        await t.step(`${page}:${line}`, async () => {
          const said = await typed(folder.path, commands);
          assertEquals(unsaid(said, output ?? []), undefined, said);
        });
      }
    }
  },
});

Deno.test({
  name: "every command of the documentation is run, or it is said why not",
  ignore: lacks("read"),
  fn() {
    const others = documents().filter((page) => !PLAYED.includes(page));
    const unplayed = others.flatMap((page) =>
      shownIn(text(page)).filter(({ commands }) => !leftOut(commands))
        .map(({ line }) => `${page}:${line}`)
    );
    assertEquals(unplayed, []);
  },
});

Deno.test({
  name:
    "every link of the documentation leads to a file, and the index to every page",
  ignore: lacks("read"),
  fn() {
    const linked = new Set<string>();
    for (const page of documents()) {
      for (
        const [, target = ""] of text(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)
      ) {
        if (/^https?:/.test(target)) continue;
        const path = join(dirname(page), target);
        Deno.statSync(join(PROJECT, path));
        if (page === "docs/README.md") linked.add(path);
      }
    }
    const missing = documents().filter((page) =>
      page.startsWith("docs/") && page !== "docs/README.md" && !linked.has(page)
    );
    assertEquals(missing, []);
  },
});

Deno.test("unsaid() wants the lines of an output in their order", () => {
  assertEquals(unsaid("a\nb\nc\n", ["a", "c"]), undefined);
  assertEquals(unsaid("a\nb\nc\n", ["c", "a"]), "a");
  assertEquals(unsaid("a b\n", ["a"]), "a");
});
