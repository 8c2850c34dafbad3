/**
 * Persons see what runs of a database ask, and answer at a terminal.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { atTerminal, KEYS } from "../pseudo_terminal.ts";
import { cluster } from "./cluster.ts";
import { fleetFolder } from "./fleet_folder.ts";

const server = await cluster();
Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());

Deno.test("all runs of a database that wait are listed, and asked about at a terminal", async () => {
  await using fleet = await fleetFolder(server);
  const ids = ["one", "two"];
  const runs = await fleet.submit(ids.map((id) =>
    fleet.task(id, [
      [{ tool: "write", args: { path: `published/${id}`, content: id } }],
    ])
  ));
  await fleet.submit([
    fleet.task("asks-nobody", [[{ tool: "note", args: { text: "hi" } }]]),
  ]);
  fleet.worker();
  await fleet.until("bool_and(state in ('waiting', 'finished'))");
  const list = () =>
    fleet.as("approver", ["approvals", "list", "--all", "--db", "env"]);
  const listed = await list();
  assertEquals(listed.code, 3, listed.stderr);
  for (const run of runs) {
    assertStringIncludes(listed.stdout, `${run}: question `);
  }
  const { code, shown } = await atTerminal(
    ["approvals", "watch", "--db", fleet.urls.approver, "--by", "ada"],
    {
      cwd: fleet.path,
      permissions: ["--allow-net=127.0.0.1", "--allow-env"],
      types: [
        { question: "Approve?", keys: `y${KEYS.enter}` },
        { question: "a worker continues it" },
        { question: "Approve?", keys: `n${KEYS.enter}` },
        { question: "a worker continues it", signal: "SIGINT" },
      ],
    },
  );
  assertEquals(code, 0, shown);
  const places = [...runs, "published/two"].map((text) => shown.indexOf(text));
  assert(!places.includes(-1), shown);
  await fleet.until("bool_and(state = 'finished')");
  assertEquals(
    await fleet.database.query(
      "select approver, verdict from fleet.approval order by id",
    ),
    [
      { approver: "ada", verdict: "approved" },
      { approver: "ada", verdict: "rejected" },
    ],
  );
  assertEquals(await list(), {
    code: 0,
    stdout: "nothing waits for approval\n",
    stderr: "",
  });
});

Deno.test("all runs are meant only where there is a database", async () => {
  await using fleet = await fleetFolder(server);
  const asked = await fleet.as("approver", ["approvals", "list", "--all"]);
  assertEquals(asked.code, 1);
  assertStringIncludes(asked.stderr, "Cannot use --all without --db");
});
