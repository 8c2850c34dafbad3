import { assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { forgedLedger } from "./forged_ledger.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

const CANONICAL = `runs/${CANONICAL_RUN}`;
const FAILURE = "runs/failure_modes/tool_call_failure";

/** Runs `diff` where it may read, and nothing else. */
function diff(cwd: string, ...args: readonly string[]) {
  return warmProgram(["diff", ...args], {
    cwd,
    permissions: ["--allow-read=."],
  });
}

/** A folder with the run `a`, and `b` that is made of it. */
function pair(
  change: (event: RunEvent) => RunEvent,
  spell?: (line: string) => string,
) {
  const folder = temporaryFolder();
  const ledger = Deno.readTextFileSync(join(PROJECT, FAILURE, "state.jsonl"));
  for (
    const [name, text] of [
      ["a", ledger],
      ["b", forgedLedger(ledger, change, spell)],
    ] as const
  ) {
    Deno.mkdirSync(join(folder.path, name));
    Deno.writeTextFileSync(join(folder.path, name, "state.jsonl"), text);
  }
  return folder;
}

Deno.test(
  "diff says where two runs part and what each came to",
  runs,
  async () => {
    const { code, stdout, stderr } = await diff(PROJECT, CANONICAL, FAILURE);
    assertEquals([code, stderr], [2, ""]);
    assertEquals(
      stdout,
      `A: ${CANONICAL}
B: runs/failure_modes/tool_call_failure
inputs that differ: run_id, task, llm
first difference: line 3, llm_completed
  path: calls[0].tool
  A:    "search"
  B:    "fetch"
                                    A       B
steps                               5       2
model calls                         5       2
tokens                           8628     848
decisions: allow                    4       1
tool calls                          4       1
attempts: success                   4       1
attempts: transient_failure         0       2
`,
    );
  },
);

Deno.test(
  "diff says what each run cost, where that is limited",
  runs,
  async () => {
    const [cost, tokens] = ["cost", "tokens"].map((limit) =>
      `runs/policy_gates/pg3_loop_budget_${limit}`
    );
    const { stdout } = await diff(PROJECT, `${cost}`, `${tokens}`);
    const table = stdout.split("\n").slice(-10, -1);
    assertEquals([table[0], table[2], table[8]], [
      "                                 A              B",
      "model calls                      2              2",
      "cost                 0.0002005 EUR              -",
    ]);
  },
);

Deno.test("diff of a run and itself finds nothing", runs, async () => {
  const { code, stdout } = await diff(PROJECT, FAILURE, FAILURE);
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").slice(0, 3), [
    `A: ${FAILURE}`,
    `B: ${FAILURE}`,
    "both did the same",
  ]);
});

Deno.test("diff --json prints one object", runs, async () => {
  const { code, stdout } = await diff(PROJECT, CANONICAL, FAILURE, "--json");
  assertEquals(code, 2);
  const { runs: names, inputs, first, numbers } = JSON.parse(stdout);
  assertEquals(names, [CANONICAL, FAILURE]);
  assertEquals(inputs, ["run_id", "task", "llm"]);
  assertEquals(first, {
    seq: 2,
    types: ["llm_completed", "llm_completed"],
    path: "calls[0].tool",
    expected: "search",
    found: "fetch",
  });
  assertEquals(numbers.map(({ tokens }: { tokens: number }) => tokens), [
    8628,
    848,
  ]);
});

Deno.test("diff leaves times and the names of the runs out", runs, async () => {
  using folder = pair((event) => ({
    ...event,
    ts: String(BigInt(event.ts) + 7n),
    ...event.type === "run_started" && { run_id: "other" },
  }));
  const { code, stdout } = await diff(folder.path, "a", "b");
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").slice(2, 4), [
    "inputs that differ: run_id",
    "both did the same",
  ]);
});

Deno.test("diff finds what an object would inherit", runs, async () => {
  using folder = pair(
    (event) => event,
    (line) => line.replace('"result":{', '"result":{"__proto__":{},'),
  );
  const { code, stdout } = await diff(folder.path, "a", "b");
  assertEquals(code, 2);
  assertEquals(stdout.split("\n").slice(2, 6), [
    "first difference: line 9, tool_finished",
    "  path: result.__proto__",
    "  A:    nothing",
    "  B:    {}",
  ]);
});

Deno.test(
  "diff goes a million levels deep, and keeps a hostile key on its line",
  runs,
  async () => {
    const nested = (core: string) =>
      "[".repeat(1_000_000) + core + "]".repeat(1_000_000);
    for (
      const [result, path] of [
        [nested("1"), "  path: result"],
        ['{"\\u001b[2J\\n\u202ek":1}', "  path: result. [2J k"],
      ] as const
    ) {
      using folder = pair(
        (event) => event,
        (line) =>
          line.replace(
            /"result":\{.*\},"redirect"/,
            `"result":${result},"redirect"`,
          ),
      );
      const { code, stdout, stderr } = await diff(folder.path, "b", "a");
      assertEquals([code, stderr], [2, ""]);
      assertEquals(/[^\P{C}\n]/u.test(stdout), false);
      assertEquals(stdout.split("\n")[3]?.startsWith(path), true, stdout);
    }
  },
);

Deno.test("diff says on one line what it cannot read", runs, async () => {
  const { code, stdout, stderr } = await diff(PROJECT, CANONICAL, "none");
  assertEquals([code, stdout, stderr], [
    1,
    "",
    "none/state.jsonl: there is no such file\n",
  ]);
  const usage = await diff(PROJECT, CANONICAL);
  assertEquals([usage.code, usage.stderr], [
    1,
    `Expected RUN_DIR RUN_DIR, found ${CANONICAL}; see diff --help\n`,
  ]);
});
