import type { Decision } from "../../policy/decide.ts";
import {
  type ClauseExplained,
  explain,
  type Explanation,
} from "../../policy/explanation.ts";
import { openGate } from "../../policy/gate.ts";
import { callRules } from "../../policy/rules/call_rules.ts";
import { imaginedPlace } from "../../policy/testing/imagined_place.ts";
import type { Truth } from "../../policy/conditions/truth.ts";
import { counted } from "../../tools/data/counted.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { directorySandbox } from "../../tools/sandbox/directory_sandbox.ts";
import { parseCommandLine } from "../command/command_line.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { imaginedTools } from "../input/asked_tools.ts";
import { type AskedCall, readCallLine } from "../input/call_line.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { stdinLines } from "../machine/stdin_lines.ts";

/** `policy explain`: says what every rule and clause has to say of one call. */
export async function explainCall(
  args: readonly string[],
  output: Output,
): Promise<number> {
  const given = parseCommandLine(args, {
    options: ["policy", "tools", "sandbox", "question"],
    flags: ["json"],
  });
  const path = given.option("policy");
  if (path === undefined) throw new UsageError("--policy is missing");
  const { document, lines } = readPolicyFile(path);
  const call = await askedCall();
  const tools = await imaginedTools(given.option("tools"), [call.tool]);
  const rules = callRules(document, lines);
  const folder = given.option("sandbox");
  const gate = openGate({
    policy: document,
    rules,
    tools,
    inspect: folder === undefined
      ? imaginedPlace
      : directorySandbox(folder).inspect,
    nowMs: () => 0,
  });
  const question = given.option("question");
  if (question !== undefined) gate.question(question);
  const explanation = explain(gate.propose(call), {
    policy: document,
    rules,
    lines,
  });
  if (given.flag("json")) output.json(explanation);
  else {
    for (const line of described(explanation, path)) {
      output.data(terminalLine(line));
    }
  }
  return EXIT.ok;
}

async function askedCall(): Promise<AskedCall> {
  for await (const text of stdinLines()) {
    if (text.trim() === "") continue;
    const read = readCallLine(text);
    if (read.ok) return read.call;
    throw new UsageError(`Cannot read the call: ${read.error}`);
  }
  throw new UsageError("Expected a call on standard input, found nothing");
}

/** How much of a condition is shown. */
const MAX_CONDITION = 100;

function* described(
  { decision, rules, clauses, others }: Explanation,
  path: string,
): Generator<string> {
  yield headline(decision);
  yield "";
  const silent = rules.filter(({ effect }) => effect === undefined);
  for (const { id, effect, reason } of rules) {
    if (effect === undefined) continue;
    yield `${id}: ${effect}${reason === undefined ? "" : `: ${reason}`}`;
  }
  if (silent.length > 0) {
    yield `nothing to say: ${silent.map(({ id }) => id).join(", ")}`;
  }
  if (clauses.length > 0) yield "";
  for (const clause of clauses) yield* clauseLines(clause, path);
  if (others > 0) yield `${counted(others, "clause")} for other tools`;
}

function headline(decision: Decision): string {
  if (decision.effect === "allow") return "allow";
  const { clause, line } = decision.metadata;
  const where = [
    decision.rule,
    ...typeof clause === "string" ? [clause] : [],
    ...typeof line === "number" ? [`line ${line}`] : [],
  ].join(", ");
  return `${decision.effect} (${where}): ${decision.reason}`;
}

function* clauseLines(
  { place, id, line, objects, truth, conditions }: ClauseExplained,
  path: string,
): Generator<string> {
  const name = id === undefined ? place : `${place} ${id}`;
  const where = line === undefined ? "" : `${path}:${line}: `;
  yield `${where}${name}: ${objects ? "objects" : "does not object"} (${
    said(truth)
  })`;
  for (const condition of conditions) {
    const { text } = condition;
    const cut = text.length > MAX_CONDITION
      ? `${text.slice(0, MAX_CONDITION)}…`
      : text;
    yield `  ${said(condition.truth)}: ${cut}`;
  }
}

function said(truth: Truth): string {
  return truth === "unknown"
    ? "cannot be told"
    : truth
    ? "holds"
    : "does not hold";
}
