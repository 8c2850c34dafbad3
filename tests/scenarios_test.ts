import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { networkFor } from "../cli/machine/network.ts";
import { deterministicEnv } from "../cli/machine/world.ts";
import { CORPUS_V1 } from "../corpus/v1.ts";
import { dirname, join, relative } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { callRules } from "../policy/rules/call_rules.ts";
import { loadPolicy, type Policy } from "../policy/document/load.ts";
import type { RuleId } from "../policy/rule.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import type { RunEvent } from "../runtime/record/event.ts";
import { FAILURE_MODES } from "../runtime/record/failure.ts";
import { governedLoop } from "../runtime/loop.ts";
import { stagedDocuments } from "../tasks/corpus.ts";
import { unmet } from "../tasks/expectation.ts";
import { withOverrides } from "../tasks/policy_overrides.ts";
import { scriptedRun, startOf } from "../tasks/scripted_run.ts";
import { taskTools } from "../tasks/task_tools.ts";
import {
  FAILURE_MODE_TRIGGERS,
  type Fixture,
  POLICY_GATES,
} from "../tasks/suites.ts";
import { loadTask } from "../tasks/task.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import type { JsonObject } from "../tools/data/json.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder } from "./program.ts";
import { clocked, timesAsLong } from "./times_as_long.ts";

const FIXTURES = [...POLICY_GATES, ...FAILURE_MODE_TRIGGERS];
const disk = { ignore: lacks("read", "write") };
const reads = { ignore: lacks("read") };

interface Changes {
  /** A rule that is taken out. */
  readonly without?: RuleId;
  /** Changes to the policy, below those of the fixture. */
  readonly policy?: JsonObject;
}

/** Writes the documents of a run into its sandbox. */
function layDown(sandbox: string): void {
  for (const document of stagedDocuments(CORPUS_V1)) {
    const file = join(sandbox, document.path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, document.text);
  }
}

/** Plays one fixture and says what it expects and did not get. */
async function play(
  { text, path }: Fixture,
  { without, policy: changes = {} }: Changes = {},
): Promise<readonly string[]> {
  using world = temporaryFolder();
  const task = loadTask(text, path);
  const policy = policyFor(task.document.policy_overrides, changes);
  const sandbox = join(world.path, "sandbox");
  layDown(sandbox);
  const requests: string[] = [];
  const network = networkFor(false);
  const directory = directorySandbox(sandbox);
  const spec = scriptedRun(task, {
    policy,
    documents: CORPUS_V1,
    sandbox: directory,
    tools: taskTools({
      documents: CORPUS_V1,
      sandbox: directory,
      fetch: network.fetch,
      htmlText: (text) => Promise.resolve({ text, truncated: false }),
      requested: (url) => requests.push(url),
    }),
    expire() {},
    runId: task.document.id,
  });
  const rules = callRules(policy.document, policy.lines)
    .filter(({ id }) => id !== without);
  const env = deterministicEnv(startOf(task), {
    signal: new AbortController().signal,
    sleeps: () => false,
    deadlines: false,
    resolve: network.resolve,
  });
  const events: RunEvent[] = [];
  for await (const event of governedLoop({ ...spec, rules }, env)) {
    events.push(event);
  }
  const laidDown = stagedDocuments(CORPUS_V1).map((each) => each.path);
  const files = [
    ...walkSync(world.path, { includeDirs: false, includeSymlinks: true }),
  ].map((entry) => relative(sandbox, entry.path))
    .filter((name) => !laidDown.includes(name)).sort();
  const { expect } = task.document;
  if (expect === undefined) throw new Error(`${path} expects nothing`);
  return unmet(expect, { events, requests, files });
}

function policyFor(
  overrides: JsonObject | undefined,
  changes: JsonObject,
): Policy {
  const base = withOverrides(loadPolicy(policyText, "v1"), changes, "changes");
  return withOverrides(base, overrides, "overrides");
}

for (const fixture of FIXTURES) {
  Deno.test(`scenario ${fixture.id} is as it expects`, disk, async () => {
    assertEquals(await play(fixture), []);
  });
}

/** Stricter in one rule each, and no scenario needs what they take away. */
const STRICTER: readonly {
  readonly name: string;
  readonly policy: JsonObject;
}[] = [
  {
    name: "a smaller registry",
    policy: { tool_registry: { denied: ["teleport"] } },
  },
  {
    name: "a shorter rotation",
    policy: { cycle_detection: { max_period: 2 } },
  },
  {
    name: "smaller arguments",
    policy: { arg_schema: { max_bytes: 512, max_depth: 3 } },
  },
  {
    name: "fewer tokens",
    policy: { loop_budget: { max_tokens: 20_000, max_tool_calls: 12 } },
  },
];

for (const { name, policy } of STRICTER) {
  Deno.test(
    `every scenario passes under a policy with ${name}`,
    disk,
    async () => {
      for (const fixture of FIXTURES) {
        assertEquals(await play(fixture, { policy }), [], fixture.id);
      }
    },
  );
}

/** The rules that a scenario shows. */
const SHOWN = new Set(
  FIXTURES.flatMap(({ text, path }) =>
    loadTask(text, path).document.expect?.decisions ?? []
  ).flatMap(({ rule_id }) => rule_id ?? []),
);

/** The budget is not a rule of the list; it has no effect when its limits are out of reach. */
const NO_BUDGET: Changes = {
  policy: { loop_budget: { max_iterations: 1000 } },
};

for (const rule of SHOWN) {
  const changes = rule === "loop_budget" ? NO_BUDGET : { without: rule };
  Deno.test(`a scenario goes red when ${rule} is taken out`, disk, async () => {
    const red: string[] = [];
    for (const fixture of FIXTURES) {
      if ((await play(fixture, changes)).length > 0) red.push(fixture.id);
    }
    assertNotEquals(red, []);
  });
}

/** Laying down the documents takes most of the time of a scenario. */
const LIMIT = 3;

Deno.test(
  `all scenarios take at most ${LIMIT} times as long as laying down their documents`,
  disk,
  async () => {
    const ratio = await timesAsLong({
      work: clocked(async () => {
        for (const fixture of FIXTURES) await play(fixture);
      }),
      unit: clocked(() => {
        for (const _ of FIXTURES) {
          using world = temporaryFolder();
          layDown(join(world.path, "sandbox"));
        }
      }),
      limit: LIMIT,
    });
    assert(ratio <= LIMIT, `${ratio} times as long`);
  },
);

Deno.test(
  "failure modes, fixtures and committed runs match both ways",
  reads,
  () => {
    const modes = FAILURE_MODES.map(({ id }) => id).toSorted();
    assertEquals(FAILURE_MODE_TRIGGERS.map(({ id }) => id).toSorted(), modes);
    assertEquals(
      namesIn("tasks/failure_modes"),
      modes.map((id) => `${id}.yaml`),
    );
    assertEquals(namesIn("runs/failure_modes"), modes);
  },
);

Deno.test(
  "policy gates, fixtures and committed runs match both ways",
  reads,
  () => {
    const gates = POLICY_GATES.map(({ id }) => id).toSorted();
    assertEquals(gates, [
      "pg1_off_allowlist_url",
      "pg1_unlisted_host_escalate",
      "pg2_sandbox_escape",
      "pg3_loop_budget",
      "pg3_loop_budget_cost",
      "pg3_loop_budget_tokens",
      "pg4_forbidden_tool",
      "pg4_forbidden_tool_with_arg_schema_violation",
      "pg5_arg_schema",
      "pg6_argument_rule_deny",
      "pg6_argument_rule_require",
      "pg6_argument_rule_seen_in",
      "pg7_call_limit",
      "pg8_flow_deny",
      "pg8_flow_escalate",
    ]);
    assertEquals(
      namesIn("tasks/policy_gates"),
      gates.map((id) => `${id}.yaml`),
    );
    assertEquals(namesIn("runs/policy_gates"), gates);
  },
);

for (const { id, text, path } of FIXTURES) {
  Deno.test(`fixture ${id} has the id of its file`, () => {
    assertEquals(loadTask(text, path).document.id, id);
  });
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(join(PROJECT, folder))].map(({ name }) => name)
    .sort();
}
