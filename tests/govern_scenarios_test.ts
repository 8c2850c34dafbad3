/**
 * The calls of every committed run once more, proposed by a loop of one's own in a
 * governed session: they are judged, tried and answered as in our own loop.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { deterministicEnv } from "../cli/machine/world.ts";
import { openToolHost } from "../cli/machine/tool_host.ts";
import { CORPUS_V1 } from "../corpus/v1.ts";
import { dirname, join } from "../deps.ts";
import { memorySource } from "../evidence/artifact_source.ts";
import { memorySink } from "../evidence/artifacts.ts";
import { readLedger } from "../evidence/read_ledger.ts";
import { recordRun } from "../evidence/recording/record_run.ts";
import { replay } from "../evidence/replay/replay.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { loadPolicy, type Policy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import type { RunEvent } from "../runtime/record/event.ts";
import { governedSession } from "../runtime/session/governed_session.ts";
import { fixtureResolve, stagedDocuments } from "../tasks/corpus.ts";
import { withOverrides } from "../tasks/policy_overrides.ts";
import { scriptedRun, startOf } from "../tasks/scripted_run.ts";
import { FAILURE_MODE_TRIGGERS, POLICY_GATES } from "../tasks/suites.ts";
import { loadTask, type Task } from "../tasks/task.ts";
import { emptySandbox } from "../tools/sandbox/empty_sandbox.ts";
import { directorySandbox } from "../tools/sandbox/directory_sandbox.ts";
import { CANONICAL_RUN } from "./canonical_run.ts";
import { VOLATILE } from "./forgery.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder } from "./program.ts";

const ignore = lacks("read", "write");
const V1 = loadPolicy(policyText, "policy/v1.yaml");

/** What only a loop with a model can be limited by, and what a session has in its place. */
const MODEL_LIMITS = ["max_tokens", "max_cost"];

/** The policy of a scenario, without limits of a model, and with others. */
function ofSession(policy: Policy, limits: object = {}): Policy {
  const document = JSON.parse(JSON.stringify(policy.document));
  for (const key of MODEL_LIMITS) delete document.loop_budget[key];
  Object.assign(document.loop_budget, limits);
  return loadPolicy(`${JSON.stringify(document, null, 2)}\n`, "policy");
}

/** What was decided and done, call by call, without what is only of a loop. */
function story(events: readonly RunEvent[]): readonly unknown[] {
  return events.flatMap((event): readonly unknown[] => {
    switch (event.type) {
      case "policy_checked": {
        const { tool, decision, rule_id, reason, facts } = event;
        // The policy of the session has its clauses on other lines.
        const { line: _, ...metadata } = event.metadata;
        return tool === null
          ? []
          : [{ tool, decision, rule_id, reason, metadata, facts }];
      }
      case "approval_resolved":
        return [{ approver: event.approver, verdict: event.verdict }];
      case "tool_started":
        return [{ args: event.args }];
      case "attempt_finished":
        return event.call_id === null
          ? []
          : [{ attempt: event.attempt, outcome: event.outcome }];
      case "tool_finished": {
        const { result, redirect, error } = event;
        return [{ result, redirect, error }];
      }
      default:
        return [];
    }
  });
}

/** Proposes the calls of a task in a session, until it ends or they do. */
async function played(task: Task, policy: Policy) {
  using folder = temporaryFolder();
  const sandbox = join(folder.path, "sandbox");
  Deno.mkdirSync(sandbox);
  const { id, corpus } = task.document;
  const hasCorpus = corpus !== undefined || id === "canonical";
  const documents = hasCorpus ? CORPUS_V1 : [];
  for (const { path, text } of stagedDocuments(documents)) {
    Deno.mkdirSync(join(sandbox, dirname(path)), { recursive: true });
    Deno.writeTextFileSync(join(sandbox, path), text);
  }
  using host = await openToolHost({ policy, sandbox, online: false });
  const env = deterministicEnv(startOf(task), {
    signal: new AbortController().signal,
    resolve: fixtureResolve(() => Promise.resolve(undefined)),
    sleeps: () => false,
    deadlines: false,
  });
  const run = scriptedRun(task, {
    policy,
    documents,
    runId: "session",
    sandbox: directorySandbox(sandbox),
    tools: await host.tools(documents),
    expire: env.expire,
  });
  const events: RunEvent[] = [];
  const sink = memorySink();
  const session = governedSession(
    {
      runId: run.runId,
      seed: run.seed,
      policy,
      question: run.task.question,
      sandbox: run.sandbox,
      tools: [...run.tools.values()],
    },
    env,
    (all) =>
      recordRun(all, sink, {
        programVersion: "0.0.0",
        volatile: () => VOLATILE,
        recorded: (event) => events.push(event),
      }),
  );
  for (const { calls = [] } of task.document.script) {
    for (const { tool, args = {}, args_json } of calls) {
      await session.call(tool, args_json ?? args);
    }
  }
  await session.close();
  assertEquals(verifyRun(memorySource(sink.artifacts)).findings, []);
  assertEquals(await replay(events), undefined);
  return events;
}

function committed(run: string): readonly RunEvent[] {
  return readLedger(
    Deno.readFileSync(join(PROJECT, "runs", run, "state.jsonl")),
  ).events;
}

const SCENARIOS = [
  {
    run: CANONICAL_RUN,
    path: "tasks/canonical.yaml",
    text: Deno.readTextFileSync(join(PROJECT, "tasks/canonical.yaml")),
  },
  ...POLICY_GATES.map((each) => ({
    ...each,
    run: `policy_gates/${each.id}`,
  })),
  ...FAILURE_MODE_TRIGGERS.map((each) => ({
    ...each,
    run: `failure_modes/${each.id}`,
  })),
];

for (const { run, path, text } of SCENARIOS) {
  const task = loadTask(text, path);
  const given = withOverrides(V1, task.document.policy_overrides, path);
  const { id } = task.document;
  if (id.startsWith("pg3_loop_budget_")) {
    Deno.test(`a governed session refuses the policy of ${id}, which limits a model`, () => {
      assertThrows(
        () =>
          governedSession(
            {
              runId: "r",
              seed: 0,
              policy: given,
              question: "",
              tools: [],
              sandbox: emptySandbox(),
            },
            deterministicEnv(0n, {
              signal: new AbortController().signal,
              resolve: () => Promise.resolve(undefined),
              sleeps: () => false,
              deadlines: false,
            }),
            () => Promise.reject(new Error("Nothing is recorded")),
          ),
        RangeError,
        "loop_budget.max_",
      );
    });
    continue;
  }
  Deno.test(
    `the calls of ${id} are judged and run in a governed session as in our loop`,
    { ignore },
    async () => {
      const want = story(committed(run));
      const isBudget = id === "pg3_loop_budget";
      // Ten calls are played; where a loop would turn once more, a session counts.
      const limits = isBudget ? { max_tool_calls: 9 } : {};
      const events = await played(task, ofSession(given, limits));
      // A session goes on where a failure ends our loop.
      const found = story(events);
      const length = isBudget ? found.length : want.length;
      assert(length > 0);
      assertEquals(found.slice(0, length), want.slice(0, length));
      if (isBudget) {
        assertEquals(
          events.flatMap((event) =>
            event.type === "policy_checked" && event.decision === "deny"
              ? [event.rule_id]
              : []
          ),
          ["loop_budget"],
        );
      }
    },
  );
}
