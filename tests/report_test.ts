import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { recorded, withLines } from "./forgery.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const DENIED = join(PROJECT, "runs/policy_gates/pg1_off_allowlist_url");

/** A folder in which commands are run; removed with the scope that holds it. */
function place() {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  return {
    path,
    run: (...args: readonly string[]) =>
      warmProgram(args, { cwd: folder.path }),
    text: (name: string) => Deno.readTextFileSync(path(name)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Leaves artifacts in a folder. */
function leave(folder: string, artifacts: ReadonlyMap<string, string>): void {
  Deno.mkdirSync(folder);
  for (const [name, text] of artifacts) {
    Deno.writeTextFileSync(join(folder, name), text);
  }
}

Deno.test(
  "report writes one page, named as the run is, the same each time",
  runs,
  async () => {
    using here = place();
    const { code, stdout, stderr } = await here.run("report", DENIED);
    assertEquals([code, stderr], [0, ""]);
    const page = here.text("pg1_off_allowlist_url.html");
    assertEquals(stdout, `pg1_off_allowlist_url.html: ${page.length} bytes\n`);
    assert(
      page.includes(btoa(Deno.readTextFileSync(join(DENIED, "trace.json")))),
    );
    await here.run("report", DENIED, "--out", "again.html");
    assertEquals(here.text("again.html"), page);
    await here.run("report", DENIED, "--out", "again.html");
    assertEquals(here.text("again.html"), page);

    const verified = await here.run("verify", "--report", "again.html");
    assertEquals(verified.code, 0, verified.stderr);
    assertStringIncludes(
      verified.stdout,
      "again.html: verified 7 events, head ",
    );
  },
);

Deno.test(
  "report replaces nothing but a report, and writes nothing into a run",
  runs,
  async () => {
    using here = place();
    Deno.writeTextFileSync(here.path("notes.html"), "<html>mine");
    const other = await here.run("report", DENIED, "--out", "notes.html");
    assertEquals([other.code, here.text("notes.html")], [1, "<html>mine"]);
    assertStringIncludes(other.stderr, "something else than a report is there");

    Deno.symlinkSync(here.path("notes.html"), here.path("link.html"));
    assertEquals(
      (await here.run("report", DENIED, "--out", "link.html")).code,
      1,
    );

    leave(here.path("run"), await recorded({}));
    for (const out of ["run/report.html", "run/../run/report.html"]) {
      const inside = await here.run("report", "run", "--out", out);
      assertEquals(inside.code, 1);
      assertStringIncludes(inside.stderr, "verify would report this one");
    }
    const nowhere = await here.run("report", "run", "--out", "no/where.html");
    assertEquals(nowhere.code, 1);
    assertStringIncludes(nowhere.stderr, "no: there is no such folder");
  },
);

Deno.test(
  "report makes a page of a record that is not sound, and names what it leaves out",
  runs,
  async () => {
    using here = place();
    const artifacts = await recorded({});
    leave(here.path("run"), withLines(artifacts, ["{", "not JSON"]));
    Deno.writeTextFileSync(here.path("run/notes.txt"), "");
    const refused = await here.run("report", "run");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "--with-record");
    const made = await here.run("report", "run", "--with-record");
    assertEquals([made.code, made.stderr], [0, "not in the page: notes.txt\n"]);
    const { code, stdout } = await here.run("verify", "--report", "run.html");
    assertEquals(code, 2);
    assertStringIncludes(stdout, "run.html/state.jsonl:1: ");
  },
);

Deno.test("verify --report refuses what it cannot verify", runs, async () => {
  using here = place();
  leave(
    here.path("secret"),
    await recorded({ policy: { redact: { patterns: ["done"] } } }),
  );
  await here.run("report", "secret");
  const view = await here.run("verify", "--report", "secret.html");
  assertEquals(view.code, 1);
  assertStringIncludes(view.stderr, "it is a redacted view");
  assertEquals(
    here.text("secret.html").includes(btoa("done").slice(0, 4)),
    false,
  );

  await here.run("report", "secret", "--with-record");
  assertEquals((await here.run("verify", "--report", "secret.html")).code, 0);

  Deno.writeTextFileSync(here.path("other.html"), "<!doctype html>\n");
  const none = await here.run("verify", "--report", "other.html");
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "no record in it");
});

Deno.test(
  "verify --report compares a page with what was kept elsewhere",
  runs,
  async () => {
    using here = place();
    await here.run("report", DENIED, "--out", "page.html");
    const { code, stdout } = await here.run(
      ...["verify", "--report", "page.html", "--head", "0".repeat(64)],
    );
    assertEquals(code, 2);
    assertStringIncludes(stdout, "page.html/state.jsonl:7: wrong_head: ");
  },
);

Deno.test("report --open says which permission it lacks", runs, async () => {
  using here = place();
  const { code, stderr } = await here.run("report", DENIED, "--open");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "it was written, but cannot be opened: ");
  assertStringIncludes(stderr, "--allow-run=");
});
