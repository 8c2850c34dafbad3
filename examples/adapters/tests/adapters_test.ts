/**
 * Each adapter with the real package and a scripted model: an allowed call, a denial
 * that the model reads, an approval, and a process that is killed while a tool runs.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { closeSession, govern, storedRun, verifyRun } from "../../../mod.ts";
import { main } from "../../../cli.ts";
import { agent } from "../ai_sdk_agent.ts";
import { agent as ungoverned } from "../ai_sdk_agent_before.ts";
import { FRAMEWORKS } from "./frameworks.ts";
import { scriptedModel, toldTo } from "./play_ai_sdk.ts";
import { SCRIPT } from "./script.ts";
import { ticketTools } from "./tickets.ts";

const POLICY = new URL("../policy.yaml", import.meta.url);
const CHILD = new URL("crash_child.ts", import.meta.url);
const CONFIG = new URL("../deno.json", import.meta.url);

function temporaryFolder(): { readonly path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

async function assertVerified(out: string): Promise<void> {
  assertEquals((await verifyRun(storedRun(out))).findings, []);
}

for (const [name, loaded] of FRAMEWORKS) {
  Deno.test(`${name}: what is allowed runs, the model reads why not, and a person is asked`, async () => {
    using folder = temporaryFolder();
    const out = `${folder.path}/out`;
    const [effects, asked]: [string[], string[]] = [[], []];
    const session = await govern({
      policy: POLICY,
      tools: ticketTools((effect) => void effects.push(effect)),
      out,
      approver({ tool }) {
        asked.push(tool);
        return Promise.resolve({ approver: "ada", verdict: "approved" });
      },
    });
    const play = await loaded();
    const { answer, told } = await play(session, SCRIPT);
    assertEquals(answer, "Ticket 17 is closed.");
    assertEquals(Object.fromEntries(told), {
      call_1: '{"text":"open"}',
      call_2:
        '{"denied":{"rule":"argument_rule","reason":"ticket 13 is for the lawyers"}}',
      call_3: '{"changed":"17"}',
    });
    assertEquals([effects, asked], [["read 17", "update 17"], [
      "ticket_update",
    ]]);
    const { totals } = await session.close("answered");
    assertEquals([totals.tool_calls, totals.denials], [2, 1]);
    const ledger = Deno.readTextFileSync(`${out}/state.jsonl`);
    for (
      const { id } of SCRIPT.flatMap((step) =>
        "calls" in step ? step.calls : []
      )
    ) {
      assertStringIncludes(ledger, `"call_id":"${id}"`);
    }
    await assertVerified(out);
  });

  Deno.test(`${name}: a process that is killed leaves a record that is closed, and another session goes on`, async () => {
    using folder = temporaryFolder();
    const [out, effects] = [`${folder.path}/out`, `${folder.path}/effects`];
    const child = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", `--config=${CONFIG.pathname}`],
        ...["--allow-read", "--allow-write", "--allow-run", "--allow-env"],
        ...["--allow-sys", CHILD.href, name, out, effects],
      ],
    }).output();
    assertEquals(child.code, 137, new TextDecoder().decode(child.stderr));
    const { terminal_reason, totals } = await closeSession(out);
    assertEquals([terminal_reason, totals.tool_calls], ["session_closed", 2]);
    assertStringIncludes(
      Deno.readTextFileSync(`${out}/run_report.md`),
      "indeterminate",
    );
    assertEquals(Deno.readTextFileSync(effects), "read 17\nupdate 17\n");
    await assertVerified(out);

    const again: string[] = [];
    const session = await govern({
      policy: POLICY,
      tools: ticketTools((effect) => void again.push(effect)),
      out: `${folder.path}/next`,
      approver: "never",
    });
    const play = await loaded();
    const { told } = await play(session, SCRIPT);
    await session.close();
    assertStringIncludes(told.get("call_3") ?? "", "nobody approved it");
    assertEquals(again, ["read 17"]);
  });
}

Deno.test("the example of the AI SDK has at most 12 lines more than without us", () => {
  const [governed, before] = ["ai_sdk_agent.ts", "ai_sdk_agent_before.ts"].map(
    (name) =>
      Deno.readTextFileSync(new URL(`../${name}`, import.meta.url))
        .trimEnd().split("\n").length,
  );
  const more = (governed ?? 0) - (before ?? 0);
  assert(more <= 12, `${more} lines more`);
});

Deno.test("the example of the AI SDK waits for the answer from another terminal, where without us it would not", async () => {
  using folder = temporaryFolder();
  const out = `${folder.path}/out`;
  const script = SCRIPT.filter((step) =>
    "answer" in step || step.calls.every(({ id }) => id !== "call_2")
  );
  const before = scriptedModel(script);
  assertEquals(await ungoverned(before, "Close 17"), "Ticket 17 is closed.");
  const model = scriptedModel(script);
  const answered = agent(model, "Close 17", out);
  const silent = {
    data() {},
    json() {},
    jsonLines() {},
    verbatim() {},
    note() {},
    error() {},
  };
  while (
    await main(["approvals", "reject", out, "--by", "bob"], silent) !== 0
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assertEquals(await answered, "Ticket 17 is closed.");
  assertStringIncludes(toldTo(model).get("call_3") ?? "", "rejected by bob");
  await assertVerified(out);
});
