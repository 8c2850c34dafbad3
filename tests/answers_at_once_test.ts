import { assertEquals, assertStringIncludes } from "@std/assert";
import { approvals } from "../cli/approvals.ts";
import { join, z } from "../deps.ts";
import { answerLines } from "../evidence/approval/approval_file.ts";
import { appendedFile } from "../evidence/store/appended_file.ts";
import { copySync } from "./hostile/copied.ts";
import { call, layRuns } from "./hostile/laid_runs.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder } from "./program.ts";
import { IS_FULL } from "./sample.ts";

const needs = { ignore: lacks("read", "write", "run") };
/** How often two answer at once. */
const ROUNDS = IS_FULL ? 60 : 15;

const called = z.array(z.object({ code: z.number(), said: z.string() }));

async function answers(args: readonly string[]) {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-read", "--allow-write"],
      ...[join(PROJECT, "tests/answerer.ts"), ...args],
    ],
    stderr: "inherit",
  }).output();
  return called.parse(JSON.parse(new TextDecoder().decode(stdout)));
}

Deno.test(
  "of two answers at once the first counts, and the other says so",
  needs,
  async () => {
    using laid = await layRuns();
    using folder = temporaryFolder();
    for (let round = 0; round < ROUNDS; round++) {
      copySync(laid.path("waiting"), join(folder.path, `${100 + round}`));
    }
    const [approved, rejected] = await Promise.all([
      answers([folder.path, "approve", "ada", "bob"]),
      answers([folder.path, "reject", "bob", "ada"]),
    ]);
    for (let round = 0; round < ROUNDS; round++) {
      const [one, other] = [approved[round], rejected[round]];
      const run = join(folder.path, `${100 + round}`);
      const lines = answerLines(
        Deno.readTextFileSync(join(run, "approvals.jsonl")),
      );
      assertEquals(lines.length, 1, `round ${round}`);
      const isAda = lines[0]?.approval?.approver === "ada";
      assertEquals([one?.code, other?.code], isAda ? [0, 1] : [1, 0]);
      assertStringIncludes(
        (isAda ? other : one)?.said ?? "",
        isAda ? "it was approved by ada" : "it was rejected by bob",
      );
    }
  },
);

const LINE = {
  v: 1,
  approver: "bob",
  verdict: "rejected",
};

Deno.test(
  "an answer waits for one that is being written, and gives way to it",
  needs,
  async () => {
    using laid = await layRuns();
    const run = laid.path("waiting");
    const { waits_for: { bound_to } } = JSON.parse(
      (await call(approvals, ["list", run, "--json"])).said,
    );
    const path = join(run, "approvals.jsonl");
    const held = appendedFile(path, { maxBytes: 1000 });
    assertEquals(held.tryLock(), true);
    const waits = call(approvals, ["approve", run, "--by", "ada"]);
    // Long enough for it to reach the lock.
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((next) => setTimeout(next));
    }
    const timestamp = new Date().toISOString();
    const line = JSON.stringify({ ...LINE, timestamp, bound_to });
    held.append(new TextEncoder().encode(`${line}\n`));
    held[Symbol.dispose]();
    const { code, said } = await waits;
    assertEquals(code, 1);
    assertStringIncludes(said, "Cannot approve: it was rejected by bob");
    assertEquals(Deno.readTextFileSync(path), `${line}\n`);
  },
);

Deno.test(
  "an answer does not wait for ever for somebody who keeps the file",
  needs,
  async () => {
    using laid = await layRuns();
    const run = laid.path("waiting");
    using held = appendedFile(join(run, "approvals.jsonl"), { maxBytes: 1000 });
    assertEquals(held.tryLock(), true);
    const { code, said } = await call(approvals, [
      "approve",
      run,
      "--by",
      "ada",
    ]);
    assertEquals(code, 1);
    assertStringIncludes(said, "another process keeps it locked");
  },
);

Deno.test("the list names an answer that came too late", needs, async () => {
  using laid = await layRuns();
  const run = laid.path("waiting");
  await call(approvals, ["approve", run, "--by", "ada"]);
  const path = join(run, "approvals.jsonl");
  const late = Deno.readTextFileSync(path).replace("ada", "bob")
    .replace('"approved"', '"rejected"');
  Deno.writeTextFileSync(path, late, { append: true });
  const { code, said } = await call(approvals, ["list", run]);
  assertEquals([code, said.replace(/question [0-9a-f]{12}/, "question HEX")], [
    0,
    `${path}:2: the rejection by bob does not count: answered already by ada\n${run}: question HEX: it was approved by ada; continue with \`resume ${run}\``,
  ]);
});
