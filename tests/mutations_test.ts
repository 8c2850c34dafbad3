/**
 * Every field of every event, changed by somebody who makes all else fit: totals,
 * bindings, keys, hashes, trace, report and manifest. `verify` must find it. What
 * neither it nor `replay` finds is a field that nothing on record determines; these
 * are listed with a reason each, and no other may survive. Each change of each field
 * is tried in one record; with `--full` after `--` in all, and more are mutated.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { memorySource } from "../evidence/artifact_source.ts";
import type { Artifacts } from "../evidence/artifacts.ts";
import { replay } from "../evidence/replay/replay.ts";
import { verifyRun } from "../evidence/verify/decisions/verify_run.ts";
import { InputError } from "../tools/data/input_error.ts";
import { RULE_IDS } from "../policy/rule.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import {
  ATTEMPT_OUTCOMES,
  EXECUTION_PATHS,
  FAILURE_KINDS,
  TERMINAL_REASONS,
} from "../runtime/record/vocabulary.ts";
import { FAILURE_MODES } from "../runtime/record/failure.ts";
import { eventsIn, recorded, rewritten } from "./forgery.ts";
import { refitted } from "./refitted.ts";
import { REHEARSALS } from "./rehearsals.ts";
import { IS_FULL, ofEachKind, SAMPLED, shuffled } from "./sample.ts";

type Path = readonly (string | number)[];

/** Why no check can see that a field changed, with these fields, as `type.path.to.[].field`. */
const SURVIVORS: readonly {
  readonly why: string;
  readonly fields: readonly string[];
}[] = [
  {
    why: "a clock may show anything, as long as it does not go back",
    fields: [
      "run_started.ts",
      "step_started.ts",
      "llm_completed.ts",
      "llm_completed.started_at",
      "call_proposed.ts",
      "policy_checked.ts",
      "policy_checked.started_at",
      "approval_resolved.ts",
      "tool_started.ts",
      "attempt_finished.ts",
      "attempt_finished.started_at",
      "tool_finished.ts",
      "step_finished.ts",
      "run_finished.ts",
    ],
  },
  {
    why: "a caller chooses it; it is bound to what follows, and kept elsewhere",
    fields: [
      "run_started.run_id",
      "run_started.seed",
      "run_started.llm.provider",
      "run_started.llm.model",
      "run_started.corpus.documents",
      "run_started.corpus.sha256",
    ],
  },
  {
    why:
      "what a tool was called or was like that no call of the run depends on; replay compares no program",
    fields: [
      "run_started.tools",
      "run_started.tools.[].name",
      "run_started.tools.[].description",
      "run_started.tools.[].effects.fetches",
      "run_started.tools.[].idempotent",
    ],
  },
  {
    why: "whether arguments fit is recorded; no validator is made of a schema",
    fields: [
      "run_started.tools.[].input_schema",
      "run_started.tools.[].input_schema.properties",
      "run_started.tools.[].input_schema.$schema",
      "run_started.tools.[].input_schema.additionalProperties",
      "run_started.tools.[].input_schema.properties.text",
      "run_started.tools.[].input_schema.properties.text.type",
      "run_started.tools.[].input_schema.properties.url",
      "run_started.tools.[].input_schema.properties.url.type",
      "run_started.tools.[].input_schema.type",
    ],
  },
  {
    why:
      "a model says what it likes, and calls after the one that ends a run are not judged",
    fields: [
      "llm_completed.calls",
      "llm_completed.finish_reason",
      "llm_completed.raw",
      "llm_completed.usage",
      "llm_completed.usage.input_tokens",
      "llm_completed.usage.output_tokens",
    ],
  },
  {
    why:
      "a name server answers what it likes, as long as the ranges are true; a host that is served without a network is not looked up",
    fields: [
      "policy_checked.facts.hosts",
      "policy_checked.facts.hosts.[].addresses",
      "policy_checked.facts.hosts.[].addresses.[].address",
    ],
  },
  {
    why: "a person has any name; approvals.jsonl and a signature tell more",
    fields: ["approval_resolved.approver"],
  },
  {
    why: "a tool returns, and fails with, what it likes",
    fields: [
      "tool_finished.result",
      "tool_finished.result.text",
      "attempt_finished.error.exception_class",
      "attempt_finished.error.message",
      "attempt_finished.error.type",
    ],
  },
  {
    why: "a server may ask for a longer wait than the policy's",
    fields: ["attempt_finished.backoff_ms"],
  },
];

/** What replay alone finds, and why verify need not. */
const REPLAY_ALONE: Readonly<Record<string, string>> = {
  "policy_checked.reason":
    "the wording of a reason may be that of another version of the program",
};

const SAMPLE: readonly (keyof typeof REHEARSALS)[] = [
  "one_call",
  "approved",
  "rejected_and_told",
  "redirected_elsewhere_and_told",
  "public_address",
  "retries_exhausted",
  "unforeseen_throw",
  "iteration_budget",
  "wrong_arguments",
  "seen_in_a_result",
  "flow_denied",
];

/** Other values of fields that have few. */
const VALUES: Readonly<Record<string, readonly (string | null)[]>> = {
  decision: ["allow", "deny", "escalate"],
  rule_id: [...RULE_IDS, null],
  verdict: ["approved", "rejected"],
  approver: ["none", "bob", " "],
  outcome: ATTEMPT_OUTCOMES,
  kind: FAILURE_KINDS,
  terminal_reason: TERMINAL_REASONS,
  failure_mode: [...FAILURE_MODES.map(({ id }) => id), null],
  execution_path: EXECUTION_PATHS,
  range: ["unicast", "private"],
  address: ["169.254.169.254", "8.8.4.4"],
};

/** What somebody may write in the place of a value. */
function others(value: unknown, key: string | number): readonly unknown[] {
  const known = VALUES[String(key)] ?? [];
  return [...known, ...othersByType(value)].filter((other) =>
    JSON.stringify(other) !== JSON.stringify(value)
  );
}

function othersByType(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case "string":
      return /^\d+$/.test(value)
        ? [`${BigInt(value) + 1n}`, "0"]
        : /^[0-9a-f]{64}$/.test(value)
        ? ["0".repeat(64)]
        : [`${value}x`, ""];
    case "number":
      return [value + 1, 0];
    case "boolean":
      return [!value];
  }
  if (value === null) return ["x", 1];
  if (Array.isArray(value)) {
    return value.length === 0
      ? []
      : [[], [...value, value[0]], value.toReversed()];
  }
  const members = Object.entries(Object(value));
  return [
    null,
    { ...Object(value), odd: "x" },
    ...members.map(([key]) =>
      Object.fromEntries(members.filter(([each]) => each !== key))
    ),
  ];
}

/** Every value in an event, itself excluded, with the keys that lead to it. */
function* places(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== "object" || value === null) return;
  const entries: Iterable<readonly [string | number, unknown]> =
    Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, child] of entries) {
    if (path.length === 0 && ["v", "seq", "type"].includes(String(key))) {
      continue;
    }
    yield [...path, key];
    yield* places(child, [...path, key]);
  }
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (holder, key) => Reflect.get(Object(holder), key),
    value,
  );
}

/** A copy of an event with another value at a place. */
function withValue(event: RunEvent, path: Path, other: unknown): RunEvent {
  const copy: RunEvent = JSON.parse(JSON.stringify(event));
  const holder = at(copy, path.slice(0, -1));
  Reflect.set(Object(holder), path.at(-1) ?? "", other);
  return copy;
}

/** Whether replay does something else, or cannot read the record at all. */
async function isReplayed(events: readonly RunEvent[]): Promise<boolean> {
  try {
    return await replay(events) === undefined;
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) {
      return false;
    }
    throw error;
  }
}

interface Survivors {
  /** Fields that nothing finds changed. */
  readonly none: Set<string>;
  /** Fields whose change replay finds, and verify does not. */
  readonly replayAlone: Set<string>;
}

/** One value of one record, changed. */
interface Mutant {
  readonly artifacts: Artifacts;
  readonly index: number;
  readonly path: Path;
  readonly other: unknown;
  /** Where the value stands, as `type.path.to.[].field`. */
  readonly field: string;
  /** Which of the other values that a value of its kind may have. */
  readonly change: number;
}

function* mutantsOf(artifacts: Artifacts): Generator<Mutant> {
  for (const [index, event] of eventsIn(artifacts).entries()) {
    for (const path of places(event)) {
      const field = `${event.type}.${
        path.map((key) => typeof key === "number" ? "[]" : key).join(".")
      }`;
      const all = others(at(event, path), path.at(-1) ?? "");
      for (const [change, other] of all.entries()) {
        yield { artifacts, index, path, other, field, change };
      }
    }
  }
}

async function mutate(mutant: Mutant, found: Survivors): Promise<void> {
  const { artifacts, field } = mutant;
  const forged = await forgedBy(artifacts, mutant);
  if (forged === undefined) return;
  // A record that is refitted to its old content is not changed.
  if (ledgerOf(forged) === ledgerOf(artifacts)) return;
  const { findings } = verifyRun(memorySource(forged));
  if (findings.length > 0) return;
  const isSame = await isReplayed(eventsIn(forged));
  (isSame ? found.none : found.replayAlone).add(field);
}

function ledgerOf(artifacts: Artifacts): string | undefined {
  return artifacts.get("state.jsonl");
}

/** The artifacts of a record with one value changed; `undefined` when there is no such event. */
async function forgedBy(
  artifacts: Artifacts,
  { index, path, other }: {
    readonly index: number;
    readonly path: Path;
    readonly other: unknown;
  },
): Promise<Artifacts | undefined> {
  const events = eventsIn(artifacts);
  const event = events[index];
  if (event === undefined) return undefined;
  const changed = events.with(index, withValue(event, path, other));
  const isOwn = (at: number, key: string) => at === index && path.includes(key);
  try {
    return await rewritten(artifacts, refitted(changed, isOwn));
  } catch (error) {
    // The program cannot write something that is not an event or not a run.
    if (error instanceof TypeError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

const names = IS_FULL
  ? Object.keys(REHEARSALS).filter((name) =>
    (REHEARSALS[name as keyof typeof REHEARSALS]().rules ?? []).length === 0
  )
  : SAMPLE;

const LISTED = SURVIVORS.flatMap(({ fields }) => fields);

Deno.test(`what no check finds changed is what nothing on record determines (${SAMPLED})`, async () => {
  const found: Survivors = { none: new Set(), replayAlone: new Set() };
  const mutants: Mutant[] = [];
  for (const name of names) {
    const make = new Map(Object.entries(REHEARSALS)).get(name);
    if (make !== undefined) {
      mutants.push(...mutantsOf(await recorded(make())));
    }
  }
  const { length } = mutants;
  assert(length > 2000, `${length} mutants are too few to say anything`);
  const survive = new Set([...LISTED, ...Object.keys(REPLAY_ALONE)]);
  const isListed = ({ field }: Mutant) => survive.has(field);
  // Of every other field each change is found once, by whichever record has it.
  const others = mutants.filter((each) => !isListed(each));
  const kindsOf = ({ field, change }: Mutant) => [`${field} ${change}`];
  for (const mutant of ofEachKind(others, kindsOf)) await mutate(mutant, found);
  // Those that are listed are tried until they have survived.
  for (const mutant of shuffled(mutants.filter(isListed))) {
    const isKnown = found.none.has(mutant.field) ||
      found.replayAlone.has(mutant.field);
    if (IS_FULL || !isKnown) await mutate(mutant, found);
  }
  assertEquals([...found.replayAlone].sort(), Object.keys(REPLAY_ALONE).sort());
  assertEquals([...found.none].sort(), LISTED.toSorted());
});
