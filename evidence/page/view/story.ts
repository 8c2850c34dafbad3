import type {
  ApprovalResolved,
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
  ProposedCall,
  RunEvent,
  RunFinished,
  RunStarted,
  StepFinished,
  ToolFinished,
  ToolStarted,
} from "../../../runtime/record/event.ts";
import { effectOf } from "../../../runtime/record/effect_of.ts";
import { tokensOf } from "../../../runtime/record/tokens.ts";
import { eventOn, type RecordedLine } from "./recorded_lines.ts";

/** How something went, and so how it is coloured. */
export type Tone = "plain" | "model" | "allow" | "deny" | "ask" | "fail";

/** One proposed call with all that became of it. */
export interface Call {
  readonly id: string;
  readonly tool: string;
  /** The arguments as the model wrote them, or where the tool was redirected to; `undefined` when they are not on record. */
  readonly args: string | undefined;
  readonly isRedirect: boolean;
  readonly verdicts: PolicyChecked[];
  readonly answers: ApprovalResolved[];
  intent: ToolStarted | undefined;
  readonly attempts: AttemptFinished[];
  receipt: ToolFinished | undefined;
}

/** One line of the list. */
export interface Row {
  readonly kind: "step" | "model" | "call" | "budget" | "end" | "other";
  readonly step: number;
  /** Numbers of its events; the first one names it in links. */
  readonly seqs: number[];
  /** Milliseconds since the run began. */
  readonly atMs: number;
  tookMs: number;
  readonly call?: Call;
  readonly event?: RunEvent;
  /** Set on the head of a step. */
  failureMode?: StepFinished["failure_mode"];
}

/** A span of time in one lane of the timeline. */
export interface Bar {
  readonly lane: "model" | "policy" | "tools" | "people";
  readonly seq: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly tone: Tone;
  /** For a wait between two tries. */
  readonly isWait: boolean;
}

/** A run as the page shows it. */
export interface Story {
  readonly started: RunStarted | undefined;
  readonly finished: RunFinished | undefined;
  readonly rows: readonly Row[];
  readonly bars: readonly Bar[];
  /** The row of each event, by the event's number. */
  readonly rowOf: ReadonlyMap<number, Row>;
  readonly tookMs: number;
  /** Of all answers so far. */
  readonly tokens: number;
}

/** Puts the events of a run into rows and bars. Lines that are no known event become rows of their own. */
export function storyOf(lines: readonly RecordedLine[]): Story {
  const rows: Row[] = [];
  const bars: Bar[] = [];
  const rowOf = new Map<number, Row>();
  /** The newest row of each call that has no result: by its number, and by its id where a record has no numbers. */
  const unfinished = new Map<number | string, Row>();
  let started: RunStarted | undefined;
  let finished: RunFinished | undefined;
  let step: Row | undefined;
  let open: Row | undefined;
  let proposed: ProposedCall[] = [];
  let begin: bigint | undefined;
  let [last, tokens] = [0, 0];

  const msOf = (ts: unknown): number => {
    if (typeof ts !== "string" || !/^\d{1,30}$/.test(ts)) return last;
    const at = BigInt(ts);
    begin ??= at;
    return Number(at - begin) / 1e6;
  };
  const add = (row: Omit<Row, "seqs" | "tookMs">, seq: number): Row => {
    const added = { ...row, seqs: [], tookMs: 0 };
    rows.push(added);
    join(added, seq);
    return added;
  };
  const join = (row: Row, seq: number) => {
    row.seqs.push(seq);
    row.tookMs = Math.max(row.tookMs, last - row.atMs);
    rowOf.set(seq, row);
  };
  const bar = (
    lane: Bar["lane"],
    event: RunEvent,
    { tone, from, to = last, isWait = false }: {
      readonly tone: Tone;
      readonly from: number;
      readonly to?: number;
      readonly isWait?: boolean;
    },
  ) =>
    bars.push({ lane, seq: event.seq, fromMs: from, toMs: to, tone, isWait });

  function take(event: RunEvent): void {
    const { seq } = event;
    const own = { step: event.step, event };
    switch (event.type) {
      case "run_started":
        started = event;
        return;
      case "step_started":
        step = add({ kind: "step", atMs: last, ...own }, seq);
        [open, proposed] = [undefined, []];
        return;
      case "llm_completed": {
        const from = msOf(event.started_at);
        const row = open?.kind === "model"
          ? open
          : add({ kind: "model", atMs: from, ...own }, seq);
        if (row === open) Object.assign(row, { event });
        join(row, seq);
        bar("model", event, {
          tone: event.error === null ? "model" : "fail",
          from,
        });
        tokens += tokensOf(event.usage ?? undefined);
        [open, proposed] = [undefined, [...event.calls]];
        return;
      }
      case "call_proposed": {
        const { call_id: id, tool, args_json: args } = event;
        open = add({
          kind: "call",
          atMs: last,
          ...own,
          call: newCall({ id, tool, args }),
        }, seq);
        unfinished.set(seq, open);
        return;
      }
      case "policy_checked":
        judged(event);
        return;
      case "approval_resolved": {
        const row = callOf(event);
        row?.call?.answers.push(event);
        if (row !== undefined) join(row, seq);
        const from = row === undefined
          ? last
          : msOf(row.call?.verdicts.at(-1)?.ts);
        const tone = event.verdict === "approved" ? "allow" : "deny";
        bar("people", event, { tone, from });
        return;
      }
      case "tool_started": {
        const row = callOf(event);
        if (row?.call !== undefined) row.call.intent = event;
        if (row !== undefined) join(row, seq);
        return;
      }
      case "attempt_finished":
        tried(event);
        return;
      case "tool_finished": {
        const row = callOf(event);
        if (row?.call !== undefined) row.call.receipt = event;
        if (event.call === undefined) unfinished.delete(event.call_id);
        else if (event.redirect === null) unfinished.delete(event.call);
        if (row !== undefined) join(row, seq);
        return;
      }
      case "step_finished":
        if (step === undefined) return;
        step.failureMode = event.failure_mode;
        join(step, seq);
        return;
      case "run_finished":
        finished = event;
        add({ kind: "end", atMs: last, ...own }, seq);
    }
  }

  /** The newest row of a call; ids may repeat, numbers do not. */
  function callOf(
    { call, call_id: id }: {
      readonly call?: number | undefined;
      readonly call_id: string | null;
    },
  ): Row | undefined {
    if (call !== undefined) return unfinished.get(call);
    if (open?.call?.id === id) return open;
    return id === null ? undefined : unfinished.get(id);
  }

  function judged(event: PolicyChecked): void {
    const from = msOf(event.started_at);
    const tone = toneOf(event);
    bar("policy", event, { tone, from });
    const own = { step: event.step, event, atMs: from };
    if (event.call_id === null) {
      open = add({ kind: "budget", ...own }, event.seq);
      return;
    }
    const before = callOf(event);
    if (before?.call !== undefined && before.call.verdicts.length === 0) {
      before.call.verdicts.push(event);
      Object.assign(before, { event });
      join(before, event.seq);
      open = before;
      return;
    }
    const isAnswered = before?.call !== undefined &&
      before.call.answers.length > 0 && before.call.intent === undefined &&
      before.call.verdicts.length <= before.call.answers.length;
    if (isAnswered && before?.call !== undefined) {
      before.call.verdicts.push(event);
      join(before, event.seq);
      open = before;
      return;
    }
    const last = event.call !== undefined
      ? before?.call?.receipt
      : open?.call?.id === event.call_id
      ? open.call.receipt
      : undefined;
    const redirect = last?.redirect ?? null;
    const at = proposed.findIndex(({ id }) => id === event.call_id);
    const [due] = redirect === null && at >= 0 ? proposed.splice(at, 1) : [];
    open = add({
      kind: "call",
      ...own,
      call: newCall({
        id: event.call_id,
        tool: event.tool ?? "",
        args: redirect === null ? due?.args_json : JSON.stringify(redirect),
        isRedirect: redirect !== null,
        verdicts: [event],
      }),
    }, event.seq);
    unfinished.set(event.call ?? event.call_id, open);
  }

  function tried(event: AttemptFinished): void {
    const { seq, outcome, backoff_ms } = event;
    const from = msOf(event.started_at);
    const isModel = event.call_id === null;
    const lane = isModel ? "model" : "tools";
    const tone = outcome === "success" ? "plain" : "fail";
    if (!isModel || tone === "fail") bar(lane, event, { tone, from });
    if (backoff_ms > 0) {
      const to = last + backoff_ms;
      bar(lane, event, { tone: "plain", from: last, to, isWait: true });
    }
    const row = isModel
      ? open ??= add(
        { kind: "model", step: event.step, atMs: from, event },
        seq,
      )
      : callOf(event);
    row?.call?.attempts.push(event);
    if (row !== undefined && rowOf.get(seq) !== row) join(row, seq);
  }

  for (const line of lines) {
    last = msOf(line.json?.ts);
    const event = eventOn(line);
    if (event !== undefined) take(event);
    if (!rowOf.has(line.seq) && event?.type !== "run_started") {
      const at = typeof line.json?.step === "number" ? line.json.step : 0;
      add({ kind: "other", step: at, atMs: last }, line.seq);
    }
  }
  return { started, finished, rows, bars, rowOf, tookMs: last, tokens };
}

/** A call of which nothing but this is known. */
function newCall(
  { id, tool, args, isRedirect = false, verdicts = [] }:
    & Pick<Call, "id" | "tool" | "args">
    & Partial<Pick<Call, "isRedirect" | "verdicts">>,
): Call {
  return {
    id,
    tool,
    args,
    isRedirect,
    verdicts,
    answers: [],
    intent: undefined,
    attempts: [],
    receipt: undefined,
  };
}

/** How a decision is coloured: one that is not enforced asks for attention, and stopped nothing. */
export function toneOf(verdict: PolicyChecked): Tone {
  if (verdict.decision === "allow") return "allow";
  if (effectOf(verdict) === "allow") return "ask";
  return verdict.decision === "deny" ? "deny" : "ask";
}

/** How a row went, and so how it is coloured and filtered. */
export function rowTone({ kind, call, event, failureMode }: Row): Tone {
  const verdict = call?.verdicts.at(-1);
  if (verdict !== undefined) {
    const tone = toneOf(verdict);
    if (tone !== "allow") return tone;
    return call?.receipt?.error ? "fail" : "allow";
  }
  if (kind === "budget") return "deny";
  if (event?.type === "llm_completed") return event.error ? "fail" : "model";
  if (event?.type === "attempt_finished") return "fail";
  return failureMode ? "fail" : "plain";
}

/** Whether a person was asked about the call of a row. */
export function wasAsked({ call }: Row): boolean {
  return call?.verdicts.some(({ decision }) => decision === "escalate") ===
    true;
}

/** The proposed calls of an answer that were never judged. */
export function unjudged(
  { calls }: LlmCompleted,
  rows: readonly Row[],
): readonly ProposedCall[] {
  const left = rows.flatMap(({ call }) =>
    call === undefined || call.isRedirect ? [] : [call.id]
  );
  return calls.filter(({ id }) => {
    const at = left.indexOf(id);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
