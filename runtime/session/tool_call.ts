import { letsRun } from "../../policy/decide.ts";
import { urlsOf } from "../../policy/facts.ts";
import { clientBudget, denialBudget } from "../../policy/rules/loop_budget.ts";
import type { Metadata, Proposal } from "../../policy/rule.ts";
import type { Tool } from "../../tools/tool.ts";
import type { Attempted } from "../attempt/attempt.ts";
import type { CallProposed, ProposedCall, RunEvent } from "../record/event.ts";
import type { AttemptOutcome } from "../record/vocabulary.ts";
import { budgetDenied } from "./budget.ts";
import type { CallPlaces } from "./busy_places.ts";
import type { CallOutcome } from "./call_outcome.ts";
import { type JudgedCall, judgement } from "./judgement.ts";
import type { Session } from "./session.ts";
import {
  type AllowedCall,
  endingBy,
  runTool,
  type ToolResult,
  toolStarted,
} from "./tool_run.ts";

/**
 * Takes one proposed call through judgement, approval, the attempts of its tool
 * and the receipt. When the tool is redirected, the call is judged again before
 * it continues. Returns the outcome of the call; after an outcome of type
 * `ended` the client must not propose another call.
 *
 * The client puts each event on record before it asks for the next one.
 *
 * @throws {PendingApprovalError} when a person has still to answer
 */
export async function* toolCall(
  session: Session,
  call: GivenCall,
): AsyncGenerator<RunEvent, CallOutcome> {
  const attempts: AttemptOutcome[] = [];
  const { signal } = session.env;
  const proposed = session.version === 1 || signal.aborted
    ? undefined
    : callProposed(session, call);
  if (proposed !== undefined) yield proposed;
  const taken = { ...call, call: proposed?.seq };
  using turn = session.turn();
  let prepare = () => session.gate.propose(call);
  let redirects = 0;
  while (true) {
    await turn.take();
    if (signal.aborted || session.progress.ended !== undefined) break;
    const startedAt = session.now();
    const over = session.driver === "client" && redirects === 0
      ? clientBudget(session.spec.policy.document.loop_budget, {
        toolCalls: proposed?.step ?? 0,
        seconds: session.seconds(),
      })
      : undefined;
    if (over !== undefined) {
      const { rule, reason } = over;
      const checked = budgetDenied(session, over, { ...taken, startedAt });
      session.over(checked);
      turn.release();
      yield checked;
      return { type: "denied", rule, clause: null, reason, attempts };
    }
    const prepared = { ...taken, proposal: prepare(), startedAt };
    const judged = yield* judgement(session, prepared, turn);
    if (judged === undefined) break;
    const allowed = allowedCall(session, taken, judged);
    if (allowed === undefined) {
      const denial = denied(session, judged, attempts);
      turn.release();
      yield* denial.events;
      return denial.outcome;
    }
    yield judged.checked;
    const used = placesUsed(allowed);
    await session.places.free(used);
    // Its session was given up between verdict and intent.
    if (isGivenUp(session)) break;
    session.gate.begin(judged.proposal);
    const intent = toolStarted(session, allowed);
    const leave = session.places.take(used);
    turn.release();
    yield intent;
    const { last, outcomes } = yield* runTool(session, allowed, {
      intent,
      leave,
    });
    attempts.push(...outcomes);
    const redirect = last.ok ? last.value.recorded.redirect : null;
    if (redirect === null) return settled(session, last, attempts);
    prepare = () => session.gate.redirect(judged.proposal, redirect);
    redirects += 1;
  }
  return { type: "ended", why: { type: "cancelled" }, attempts };
}

/** A proposed call, and what does its work in the place of its tool, if anything does. */
interface GivenCall extends ProposedCall {
  readonly run?: Tool["run"] | undefined;
}

/** A proposed call, with its `call_proposed`; a record of version 1 has none. */
interface TakenCall extends GivenCall {
  readonly call: number | undefined;
}

function callProposed(
  session: Session,
  { id, tool, args_json }: ProposedCall,
): CallProposed {
  const head = session.proposalHead();
  return { ...head, type: "call_proposed", call_id: id, tool, args_json };
}

function isGivenUp({ progress }: Session): boolean {
  return progress.ended?.type === "closed";
}

/** What to run of a judged call; `undefined` when it may not run. */
function allowedCall(
  { tools }: Session,
  { call, id, tool: name, run }: TakenCall,
  { proposal, decision, refused }: JudgedCall,
): AllowedCall | undefined {
  const { args } = proposal;
  const known = tools.get(name);
  if (!letsRun(decision) || !args.ok || known === undefined) return;
  const tool = run === undefined ? known : { ...known, run };
  const [urls, places] = [hrefs(proposal), placesOf(proposal)];
  return { call, id, tool, args, urls, places, refused };
}

/** The judged URLs that a tool may fetch, keyed by their spelling in the arguments. */
function hrefs(proposal: Proposal): ReadonlyMap<string, string> {
  return new Map(
    [...urlsOf(proposal)].map(([spelled, { href }]) => [spelled, href]),
  );
}

/** The judged places that a tool may open, keyed by the spelling of the paths in the arguments. */
function placesOf({ facts }: Proposal): ReadonlyMap<string, string> {
  return new Map(
    [...facts.paths].map(([spelled, { resolved }]) => [spelled, resolved]),
  );
}

function placesUsed({ tool, places }: AllowedCall): CallPlaces {
  const writes = (tool.effects.writes ?? []).length > 0;
  return { places: [...places.values()], writes };
}

/**
 * What follows from a denial: it ends the run, or the caller may continue within
 * the policy's limit. The events are still to be recorded.
 */
function denied(
  session: Session,
  { decision: { rule, reason, metadata }, checked }: JudgedCall,
  attempts: readonly AttemptOutcome[],
): { readonly events: readonly RunEvent[]; readonly outcome: CallOutcome } {
  session.totals.denials += 1;
  session.over(checked);
  const denial = { rule, clause: clauseIn(metadata), reason };
  const { on_deny, loop_budget } = session.spec.policy.document;
  const isEnd = on_deny === "terminate";
  const over = isEnd
    ? undefined
    : denialBudget(loop_budget, session.totals.denials);
  if (!isEnd && over === undefined) {
    const outcome = { type: "denied", ...denial, attempts } as const;
    return { events: [checked], outcome };
  }
  const type = isEnd ? "denied" : "denied_too_often";
  const why = { type, ...denial } as const;
  session.progress.ended ??= why;
  return {
    events: over === undefined
      ? [checked]
      : [checked, budgetDenied(session, over, checked)],
    outcome: { type: "ended", why, attempts },
  };
}

function clauseIn({ clause }: Metadata): string | null {
  return typeof clause === "string" ? clause : null;
}

/** What the last attempt of a call means for its caller. */
function settled(
  { driver }: Session,
  last: Attempted<ToolResult>,
  attempts: readonly AttemptOutcome[],
): CallOutcome {
  if (last.ok) return { type: "result", json: last.value.json, attempts };
  const { error } = last;
  if (error.kind === "reported" || driver === "client") {
    return { type: "reported", error, attempts };
  }
  return { type: "ended", why: endingBy(error), attempts };
}
