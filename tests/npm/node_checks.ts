/**
 * The package for Node does in Node 22 what the project does in Deno.
 *
 * @module
 */
import { basename } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import config from "../../deno.json" with { type: "json" };
import { program, PROJECT, temporaryFolder } from "../program.ts";
import { committedRuns } from "../page_runs.ts";
import { ended, installedPackage, said } from "./installed_package.ts";

const installed = await installedPackage();
const { folder, node } = installed;
Deno.test.afterAll(() => installed[Symbol.dispose]());

const NAME = config.name;

/** A session in Node, as far as the event after which it is killed. */
function sessionInNode(out: string, ...rest: readonly string[]) {
  return [
    installed.program("session_program"),
    NAME,
    `${NAME}/session`,
    out,
    ...rest,
  ];
}

/** The same program in Deno, from the sources. */
function sessionInDeno(out: string, ...rest: readonly string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-lock", "--quiet"],
      ...["--allow-read", `--allow-write=${out}`],
      join(PROJECT, "tests/npm/session_program.ts"),
      join(PROJECT, "mod.ts"),
      join(PROJECT, "runtime/session/mod.ts"),
      ...[out, ...rest],
    ],
    stdin: rest.length > 1 ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Every so many-th event is one after which a process is killed. */
const STRIDE = Deno.args.includes("--full") ? 1 : 4;

const FILES = [
  ...["manifest.json", "run_report.md", "state.jsonl", "trace.json"],
];

function bytesOf(run: string, name: string): Uint8Array {
  return Deno.readFileSync(join(run, name));
}

async function verified(run: string) {
  return await program(["verify", run], {
    cwd: run,
    permissions: ["--allow-read"],
  });
}

/** Reads what a program says until it says `word`. */
async function until(word: string, child: Deno.ChildProcess): Promise<void> {
  let text = "";
  for await (const chunk of child.stdout.values({ preventCancel: true })) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(word)) return;
  }
  throw new Error(`it never said "${word}": ${text}`);
}

Deno.test("npm pack puts modules, declarations, licence and readme into the package, and nothing else", () => {
  const paths = installed.files.map(({ path }) => path);
  const others = paths.filter((path) =>
    !/^(agent|cli|evidence|npm|policy|runtime|tasks|tools|trace)\/.*\.(js|d\.ts)$/
      .test(path)
  );
  assertEquals(others.sort(), [
    "LICENSE",
    "README.md",
    "deno.json.js",
    "deps.js",
    "mod.d.ts",
    "mod.js",
    "package.json",
  ]);
  assertEquals(paths.filter((path) => /_test\.|^tests|^runs/.test(path)), []);
  const bytes = installed.files.reduce((sum, { size }) => sum + size, 0);
  console.log(`${paths.length} files, ${bytes} bytes`);
});

Deno.test("every package that it depends on has one version", () => {
  const { dependencies, exports, engines } = JSON.parse(
    Deno.readTextFileSync(join(folder, "node_modules", NAME, "package.json")),
  );
  for (const version of Object.values(dependencies)) {
    assert(/^\d+\.\d+\.\d+$/.test(String(version)), String(version));
  }
  assertEquals(
    Object.keys(exports),
    [...Object.keys(config.exports), "./package.json"],
  );
  assertEquals(engines, { node: ">=22.3" });
});

Deno.test("the declarations of every entry serve a strict program", async () => {
  Deno.copyFileSync(
    join(PROJECT, "tests/npm/consumer.ts"),
    join(folder, "consumer.ts"),
  );
  await said(join(folder, "node_modules/.bin/tsc"), [
    ...["--noEmit", "--strict", "--exactOptionalPropertyTypes"],
    ...["--target", "es2022", "--lib", "es2023,dom,esnext.disposable"],
    ...["--module", "nodenext", "--types", "node", "consumer.ts"],
  ], folder);
});

Deno.test("a session writes in Node the bytes that it writes in Deno", async () => {
  using place = temporaryFolder();
  const [ours, theirs] = [join(place.path, "deno"), join(place.path, "node")];
  const [inDeno, inNode] = await Promise.all([
    ended(sessionInDeno(ours)),
    ended(node(sessionInNode(theirs))),
  ]);
  assertEquals([inDeno.code, inDeno.stderr], [0, ""]);
  assertEquals(inNode, inDeno);
  assertStringIncludes(inNode.stdout, "session_closed");
  for (const name of FILES) {
    assertEquals(bytesOf(theirs, name), bytesOf(ours, name), name);
  }
  assertEquals(
    Deno.readTextFileSync(join(theirs, "sandbox/notes/a.md")),
    "two\n",
  );
  const { code, stdout } = await verified(theirs);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "verified 68 events");
});

Deno.test("a session that is killed in Node after an event is ended by Node and verified", async () => {
  using place = temporaryFolder();
  const whole = join(place.path, "whole");
  assertEquals((await ended(sessionInDeno(whole))).code, 0);
  const ledger = bytesOf(whole, "state.jsonl");
  const lines = new TextDecoder().decode(ledger).trimEnd().split("\n");
  const killed = join(place.path, "killed");
  // The last event is followed by the commit alone.
  const runs = lines.slice(0, -1).map((_, seq) => join(killed, `${seq}`))
    .filter((_, seq) => seq % STRIDE === 0);
  const left = runs.values();
  const work = async () => {
    for (const run of left) {
      const { code } = await ended(node(sessionInNode(run, basename(run))));
      assertEquals(code, 137, run);
      const bytes = bytesOf(run, "state.jsonl");
      assertEquals(bytes, ledger.slice(0, bytes.length));
    }
  };
  await Promise.all([work(), work(), work()]);
  // Lines share a write, so that a process may leave none of its first ones.
  const begun = runs.filter((run) => bytesOf(run, "state.jsonl").length > 0);
  assert(begun.length >= runs.length - 1);
  const closed = await ended(
    node([installed.program("close_program"), NAME, ...begun]),
  );
  assertEquals(closed.stdout, "session_closed\n".repeat(begun.length));
  for (const run of runs) {
    if (!begun.includes(run)) Deno.removeSync(run, { recursive: true });
  }
  const { code, stdout } = await verified(killed);
  assertEquals(code, 0, stdout);
  const open = begun.filter((run) =>
    Deno.readTextFileSync(join(run, "state.jsonl")).includes("indeterminate")
  );
  console.log(`${begun.length} runs, ${open.length} with an open intent`);
  assert(open.length > 3);
});

Deno.test("what was killed in Node is ended by the command line, and the other way round", async () => {
  using place = temporaryFolder();
  const [ours, theirs] = [join(place.path, "deno"), join(place.path, "node")];
  await ended(node(sessionInNode(theirs, "20")));
  const resumed = await program(["resume", theirs], {
    cwd: place.path,
    permissions: ["--allow-read", `--allow-write=${theirs}`],
  });
  assertEquals([resumed.code, resumed.stderr], [0, ""]);
  assertEquals((await verified(theirs)).code, 0);

  const child = sessionInDeno(ours, "-1", "hold");
  await until("holding", child);
  child.kill("SIGKILL");
  await child.status;
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  await child.stdin.close().catch(() => {});
  const closed = await ended(
    node([installed.program("close_program"), NAME, ours]),
  );
  assertEquals(closed.stdout, "session_closed\n");
  assertEquals((await verified(ours)).code, 0);
});

Deno.test("neither Node nor Deno ends a session that the other one still writes", async () => {
  using place = temporaryFolder();
  const [ours, theirs] = [join(place.path, "deno"), join(place.path, "node")];
  const children = [
    sessionInDeno(ours, "-1", "hold"),
    node(sessionInNode(theirs, "-1", "hold"), "piped"),
  ];
  await Promise.all(children.map((child) => until("holding", child)));
  const BUSY = "another process is writing it";
  const closed = await ended(
    node([installed.program("close_program"), NAME, ours, theirs]),
  );
  assertEquals(
    closed.stdout,
    [ours, theirs].map((run) => `InputError: ${run}: ${BUSY}\n`).join(""),
  );
  const resumed = await program(["resume", theirs], {
    cwd: place.path,
    permissions: ["--allow-read", `--allow-write=${theirs}`],
  });
  assertEquals(resumed.code, 1);
  assertStringIncludes(resumed.stderr, BUSY);
  for (const child of children) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("go on\n"));
    await writer.close();
    await child.stdout.cancel();
    await child.stderr.cancel();
    assertEquals((await child.status).code, 0);
  }
  assertEquals(bytesOf(theirs, "state.jsonl"), bytesOf(ours, "state.jsonl"));
  assertEquals((await verified(place.path)).code, 0);
});

Deno.test("Ctrl-C ends the record of govern() in Node, and then its process", async () => {
  using place = temporaryFolder();
  const out = join(place.path, "run");
  const child = node([installed.program("govern_program"), NAME, out]);
  await until("waiting", child);
  child.kill("SIGINT");
  await Promise.all([child.stdout.cancel(), child.stderr.cancel()]);
  assertEquals((await child.status).code, 130);
  assertStringIncludes(
    Deno.readTextFileSync(join(out, "state.jsonl")),
    '"terminal_reason":"cancelled"',
  );
  assertEquals((await verified(out)).code, 0);
});

Deno.test("govern() in Node starts no servers, and says so", async () => {
  using place = temporaryFolder();
  const out = join(place.path, "run");
  const child = node([installed.program("servers_program"), NAME, out]);
  const { code, stdout } = await child.output();
  assertEquals(code, 0);
  assertStringIncludes(
    new TextDecoder().decode(stdout),
    "mcpServers: servers of the Model Context Protocol are not started in Node",
  );
});

Deno.test("a record whose ledger is a link or a pipe is not opened in Node", async () => {
  using place = temporaryFolder();
  const run = join(place.path, "run");
  await ended(node(sessionInNode(run, "20")));
  const ledger = join(run, "state.jsonl");
  Deno.renameSync(ledger, join(place.path, "elsewhere"));
  Deno.symlinkSync(join(place.path, "elsewhere"), ledger);
  const linked = await ended(
    node([installed.program("close_program"), NAME, run]),
  );
  assertStringIncludes(linked.stdout, "it is a symbolic link");
  Deno.removeSync(ledger);
  await said("mkfifo", [ledger], run);
  const piped = await ended(
    node([installed.program("close_program"), NAME, run]),
  );
  assertStringIncludes(piped.stdout, "it is a pipe, not a regular file");
});

Deno.test("Node checks every committed run, and finds a changed byte", async () => {
  const runs = committedRuns();
  assertEquals(runs.length, 22);
  const { code, stdout, stderr } = await ended(
    node([
      ...[
        installed.program("verify_program"),
        `${NAME}/verify`,
        `${NAME}/verify/decisions`,
      ],
      ...runs,
    ]),
  );
  assertEquals([code, stderr], [0, ""]);
  for (const line of stdout.trimEnd().split("\n")) {
    const { found, changed } = JSON.parse(line);
    assertEquals(found, [[], []]);
    for (const codes of changed) assert(codes.includes("wrong_hash"), line);
  }
});
