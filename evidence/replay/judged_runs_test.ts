import { assertEquals } from "@std/assert";
import { flipTotals } from "./flip_totals.ts";
import { flipRows, type JudgedRun, judgedRunsText } from "./judged_runs.ts";
import type { Flip, Verdict } from "./redecide.ts";

const ALLOWED: Verdict = {
  decision: "allow",
  rule_id: null,
  clauses: [],
  reason: null,
};

function denied(rule_id: Verdict["rule_id"], ...clauses: string[]): Verdict {
  return { decision: "deny", rule_id, clauses, reason: "no" };
}

function flip(seq: number, keys: Partial<Flip>): Flip {
  return {
    seq,
    step: 1,
    tool: "read",
    call_id: `c${seq}`,
    was: ALLOWED,
    is: denied("argument_rule", "secrets"),
    ...keys,
  };
}

function run(name: string, flips: readonly Flip[]): JudgedRun {
  const ledger = `${name}/state.jsonl`;
  return { run: name, ledger, decisions: flips.length + 1, flips };
}

Deno.test("flipTotals() counts by what decides now, else by what decided then", () => {
  const asked: Verdict = {
    decision: "escalate",
    rule_id: "approval",
    clauses: ["mail", "escalate[1]"],
    reason: "ask",
  };
  assertEquals(
    flipTotals([
      flip(1, {}),
      flip(2, { tool: "__proto__", is: asked }),
      flip(3, { was: denied("argument_rule", "secrets"), is: ALLOWED }),
      flip(4, { tool: null, was: denied("loop_budget"), is: ALLOWED }),
    ]),
    {
      by_change: [
        { name: "deny → allow", flips: 2 },
        { name: "allow → deny", flips: 1 },
        { name: "allow → escalate", flips: 1 },
      ],
      by_rule: [
        { name: "argument_rule", flips: 2 },
        { name: "approval", flips: 1 },
        { name: "loop_budget", flips: 1 },
      ],
      by_clause: [
        { name: "secrets", flips: 2 },
        { name: "escalate[1]", flips: 1 },
        { name: "mail", flips: 1 },
      ],
      by_tool: [
        { name: "read", flips: 2 },
        { name: "__proto__", flips: 1 },
      ],
    },
  );
});

Deno.test("judgedRunsText() of 300 runs stays readable, and counts what is left out", () => {
  const runs = Array.from({ length: 300 }, (_, n) =>
    run(`run${n}`, [
      flip(3, { tool: `tool${n}` }),
      flip(9, { tool: `tool${n}`, is: denied("url_allowlist") }),
    ]));
  const lines = [...judgedRunsText(runs, "v")];
  assertEquals(lines.length < 60, true, String(lines.length));
  assertEquals(
    lines[0],
    "300 runs, 900 decisions: 600 decisions would change under policy v",
  );
  assertEquals(lines.filter((line) => line.startsWith("(")), [
    "(290 more by url_allowlist; --json and --csv have all of them)",
    "(290 more by argument_rule; --json and --csv have all of them)",
  ]);
  assertEquals(lines.includes("     580  (290 others)"), true);
  assertEquals(
    lines.includes(
      "run0/state.jsonl:4: step 1, read: allow → deny (argument_rule, secrets): no"
        .replace("read", "tool0"),
    ),
    true,
  );
});

Deno.test("judgedRunsText() and flipRows() keep a flip on one line", () => {
  const hostile = 'x\u001b[2J\n\u202e"=1';
  const runs = [run(hostile, [
    flip(3, { tool: hostile, call_id: `=${hostile}` }),
    flip(4, { tool: hostile, is: { ...denied("flow"), reason: hostile } }),
  ])];
  const text = [...judgedRunsText(runs, "v")].join("\n");
  assertEquals(/[^\P{C}\n]/u.test(text), false, text);
  const rows = runs.flatMap((each) => [...flipRows(each)]);
  assertEquals(rows.length, 2);
  for (const row of rows) {
    assertEquals(/\p{C}/u.test(row), false, row);
    assertEquals(row.match(/(^|,)"(?:[^"]|"")*"/g)?.length, 12, row);
  }
  assertEquals(rows[0]?.includes(`"'=x`), true);
});
