/// <reference lib="dom" />
import { instantText } from "../../report/run_clock.ts";
import { NOBODY } from "../../../policy/answer.ts";
import type {
  AttemptFinished,
  LlmCompleted,
  PolicyChecked,
} from "../../../runtime/record/event.ts";
import type { Explained } from "../checker/messages.ts";
import type { Origin } from "../checker/origins.ts";
import { button, type Child, el, eventLink, fill } from "./dom.ts";
import type { PageRun, Selects } from "./page_run.ts";
import { decidingPlaces, policyExcerpt } from "./policy_excerpt.ts";
import { milliseconds, parsedOr, rowText } from "./row_text.ts";
import { type Call, type Row, rowTone, unjudged } from "./story.ts";
import { facts, later, textView, valueView } from "./value_view.ts";

/** Shows in a place everything about one row: what was decided and why, by whom, and what came of it. */
export function details(place: HTMLElement, run: PageRun): Selects {
  return {
    select(row, seq) {
      fill(
        place,
        button({ class: "close", "aria-label": "Close the details" }, () => {
          place.classList.remove("open");
        }, "✕"),
        head(row),
        row.call === undefined
          ? aboutEvent(row, run)
          : aboutCall(row, row.call, run),
        recorded(row, { run, seq }),
      );
      place.classList.add("open");
      place.scrollTop = 0;
    },
  };
}

const HEADS = {
  plain: "",
  model: "",
  allow: "was allowed",
  deny: "was denied",
  ask: "was left to a person",
  fail: "was allowed, and failed",
} as const;

function head(row: Row): Child {
  const tone = rowTone(row);
  const { name, about } = rowText(row);
  const verdict = row.call?.verdicts.at(-1);
  const rule = verdict?.rule_id ?? null;
  const said = verdict?.enforced === false
    ? `would be ${
      verdict.decision === "deny" ? "denied" : "left to a person"
    }; the policy is only audited`
    : HEADS[tone];
  const title = row.call === undefined
    ? row.kind === "budget"
      ? `The run was stopped: ${about}`
      : `${name} ${about}`
    : `${name} ${said}${rule === null ? "" : ` by ${rule}`}`;
  const clause = verdict?.metadata.clause;
  return [
    el("h2", { class: tone }, title),
    el(
      "p",
      { class: "sub" },
      row.step === 0 ? "before the first step" : `step ${row.step}`,
      `, event ${row.seqs[0]}, after ${milliseconds(row.atMs)}`,
      typeof clause === "string" ? `, clause ${clause}` : "",
      verdict?.decision === "deny" && row.call?.intent === undefined
        ? "; nothing was run"
        : "",
    ),
    verdict?.reason ? el("p", { class: "reason" }, verdict.reason) : undefined,
  ];
}

function section(title: string, ...children: readonly Child[]): HTMLElement {
  return el("section", {}, el("h3", {}, title), ...children);
}

function aboutCall(row: Row, call: Call, run: PageRun): Child {
  const { verdicts, args, intent, receipt } = call;
  const [first] = verdicts;
  if (first === undefined) return undefined;
  const verdict = verdicts.at(-1) ?? first;
  const objecting = verdicts.filter(({ rule_id }) => rule_id !== null);
  return [
    policySection(objecting.length === 0 ? [verdict] : objecting, run),
    section(
      "The call says",
      facts(
        Object.entries(verdict.metadata)
          .filter(([key]) => !["tool", "clause", "line"].includes(key))
          .map(([key, value]) => [key.replaceAll("_", " "), String(value)]),
      ),
      args === undefined
        ? el("p", { class: "soft" }, "Its arguments are not in this page.")
        : valueView(parsedOr(args), "Arguments"),
    ),
    approvalSections(call, run),
    explainedSections(objecting.at(-1) ?? verdict, run),
    receipt === undefined ? undefined : section(
      receipt.error === null ? "What it returned" : "How it failed",
      receipt.error === null
        ? receipt.redirect === null ? valueView(receipt.result, "Result") : [
          el("p", {}, "Its server redirects it; where to is judged anew."),
          valueView(receipt.redirect, "Redirect"),
        ]
        : failure(receipt.error),
    ),
    attemptsSection(call.attempts),
    intent === undefined ? undefined : section(
      "What ran",
      facts([
        ["tool", intent.tool],
        ["idempotency key", el("code", {}, intent.idempotency_key ?? "")],
        ["took", milliseconds(row.tookMs)],
      ]),
    ),
  ];
}

function failure(
  { type, exception_class, kind, message }: NonNullable<LlmCompleted["error"]>,
): Child {
  return [
    facts([["type", type], ["class", exception_class], ["kind", kind]]),
    textView(message, "Message of the error"),
  ];
}

function policySection(
  verdicts: readonly PolicyChecked[],
  { policy }: PageRun,
): Child {
  const excerpt = policy === undefined
    ? undefined
    : policyExcerpt(policy, verdicts.flatMap(decidingPlaces));
  return excerpt === undefined
    ? undefined
    : section("The policy says", excerpt);
}

function approvalSections(call: Call, run: PageRun): Child {
  const asked = call.verdicts.find(({ decision }) => decision === "escalate");
  if (asked === undefined) return undefined;
  const answers = call.answers.map((answer) => {
    const waited = Number(BigInt(answer.ts) - BigInt(asked.ts)) / 1e6;
    const written = run.written.find(({ json }) =>
      json?.bound_to === answer.bound_to
    )?.json;
    return facts([
      ["who", answer.approver === NOBODY ? "no one answered" : answer.approver],
      ["answer", answer.verdict],
      [
        "when",
        `${instant(answer.ts)}, after ${milliseconds(waited)}`,
      ],
      [
        "written down",
        typeof written?.timestamp === "string" ? written.timestamp : undefined,
      ],
      ["bound to", el("code", {}, answer.bound_to)],
    ]);
  });
  return section(
    "Approval",
    answers.length === 0
      ? el("p", {}, "No answer is on record: the run waits.")
      : answers,
    el("p", { class: "soft" }, "What the person was shown:"),
    el(
      "ul",
      {},
      ...(asked.asked ?? []).map(({ clause, reason }) =>
        el("li", {}, `${clause}: ${reason}`)
      ),
      ...(asked.asked ?? []).length === 0
        ? [el("li", {}, asked.reason ?? "")]
        : [],
    ),
    valueView(
      {
        tool: call.tool,
        arguments: parsedOr(call.args ?? ""),
        ...asked.facts === null || (asked.facts?.paths ?? []).length === 0
          ? {}
          : {
            leads_to: asked.facts?.paths.map(({ path, resolved }) =>
              `${path} is ${resolved}`
            ),
          },
      },
      "What the person was shown",
    ),
  );
}

/** A time of the run's clock: ISO 8601 in UTC, where it has a date. */
export function instant(ts: string): string {
  return instantText(BigInt(ts));
}

function explainedSections(
  verdict: PolicyChecked,
  { checker, policy }: PageRun,
): Child {
  if (checker === undefined || policy === undefined) return undefined;
  const rules = el("div", {}, el("p", { class: "soft" }, "Judging again…"));
  const origins = el("div", {}, el("p", { class: "soft" }, "Looking…"));
  const asked = checker.explain(verdict.seq);
  later(rules, asked.then(rulesOf));
  later(origins, asked.then(originsIn));
  return [section("Every rule", rules), section("Where it came from", origins)];
}

const RULE_SIGNS = {
  allow: { sign: "✓", tone: "allow", said: "fits" },
  deny: { sign: "✕", tone: "deny", said: "objects" },
  escalate: { sign: "?", tone: "ask", said: "asks a person" },
  none: { sign: "·", tone: "soft", said: "no objection" },
} as const;

function rulesOf({ explanation }: Explained): readonly (Node | string)[] {
  if (explanation === null) {
    return [el("p", { class: "soft" }, "No rule was asked about this.")];
  }
  const { rules, clauses, others } = explanation;
  return [
    el(
      "ul",
      { class: "rules" },
      ...rules.map(({ id, effect, reason }) => {
        const { sign, tone, said } = RULE_SIGNS[effect ?? "none"];
        return el(
          "li",
          {},
          el("b", { class: tone }, sign),
          el("code", {}, id),
          el("span", {}, reason ?? said),
        );
      }),
    ),
    ...clauses.map(({ place, id, line, objects, conditions }) =>
      el(
        "div",
        { class: "clause" },
        el(
          "p",
          {},
          el("b", { class: objects ? "deny" : "allow" }, objects ? "✕ " : "✓ "),
          el("code", {}, id ?? place),
          line === undefined ? "" : ` line ${line}`,
          objects ? " objects" : " does not object",
        ),
        el(
          "ul",
          {},
          ...conditions.map(({ text, truth }) =>
            el("li", {}, el("code", {}, text), ` ${truth}`)
          ),
        ),
      )
    ),
    ...others === 0 ? [] : [
      el("p", { class: "soft" }, `${others} clauses are for other tools.`),
    ],
  ];
}

function originsIn({ origins }: Explained): readonly Node[] {
  if (origins.length === 0) {
    return [
      el(
        "p",
        { class: "soft" },
        "It has no value that is long enough to tell.",
      ),
    ];
  }
  return [el("ul", { class: "origins" }, ...origins.map(originItem))];
}

function originItem({ path, whole, parts, partCount }: Origin): Node {
  const where = (
    found: { readonly seq: number; readonly tool: string | null },
  ) =>
    found.tool === null
      ? eventLink(0, "the question")
      : eventLink(found.seq, `the result of ${found.tool}, #e${found.seq}`);
  if (whole !== null) {
    return el("li", {}, el("code", {}, path), " stands in ", where(whole));
  }
  if (parts.length === 0) {
    return el(
      "li",
      {},
      el("code", {}, path),
      " was not seen before: the model wrote it",
    );
  }
  const sources = Map.groupBy(parts, ({ seq }) => seq);
  return el(
    "li",
    {},
    el("code", {}, path),
    ` was not seen as a whole; of its ${partCount} parts`,
    el(
      "ul",
      {},
      ...[...sources.values()].map((group) =>
        el(
          "li",
          {},
          group.slice(0, 8).map(({ part }, at) => [
            at === 0 ? "" : ", ",
            el("code", {}, part.length > 60 ? `${part.slice(0, 60)}…` : part),
          ]),
          group.length > 8 ? ` and ${group.length - 8} more` : "",
          group.length > 1 ? " stand in " : " stands in ",
          group[0] === undefined ? "" : where(group[0]),
        )
      ),
    ),
  );
}

function attemptsSection(attempts: readonly AttemptFinished[]): Child {
  if (attempts.length < 2 && attempts[0]?.outcome === "success") {
    return undefined;
  }
  if (attempts.length === 0) return undefined;
  return section(
    "Attempts",
    el(
      "ol",
      {},
      ...attempts.map(({ outcome, backoff_ms, error }) =>
        el(
          "li",
          {},
          el("code", {}, outcome),
          error === null ? "" : ` ${error.type}: ${error.message}`,
          backoff_ms === 0 ? "" : `; waited ${milliseconds(backoff_ms)}`,
        )
      ),
    ),
  );
}

function aboutEvent({ event, step }: Row, run: PageRun): Child {
  switch (event?.type) {
    case "llm_completed": {
      const { answer, raw, error, usage, finish_reason } = event;
      const rows = run.story.rows.filter((row) => row.step === step);
      return [
        answer === null
          ? undefined
          : section("It answers", textView(answer, "Answer")),
        error === null ? undefined : section("How it failed", failure(error)),
        event.calls.length === 0 ? undefined : section(
          "It proposes",
          ...event.calls.map(({ tool, args_json }) => [
            el("p", {}, el("code", {}, tool)),
            valueView(parsedOr(args_json), `Arguments of ${tool}`),
          ]),
        ),
        unjudged(event, rows).length === 0 ? undefined : section(
          "Not judged",
          el(
            "p",
            {},
            "The run ended before these: ",
            unjudged(event, rows).map(({ tool }) => tool).join(", "),
          ),
        ),
        raw === null
          ? undefined
          : section("It also says", textView(raw, "Other text")),
        section(
          "In numbers",
          facts([
            [
              "tokens in",
              usage === null ? "not reported" : String(usage.input_tokens),
            ],
            ["tokens out", usage === null ? "" : String(usage.output_tokens)],
            ["stopped for", finish_reason ?? ""],
            ["answered by", event.answered_by],
          ]),
        ),
      ];
    }
    case "policy_checked":
      return [
        policySection([event], run),
        section(
          "What was counted",
          facts(
            Object.entries(event.metadata).map(([key, value]) => [
              key.replaceAll("_", " "),
              String(value),
            ]),
          ),
        ),
      ];
    case "run_finished":
      return section(
        "Totals",
        facts(
          Object.entries(event.totals).map(([key, value]) => [
            key.replaceAll("_", " "),
            value?.toLocaleString("en") ?? "unknown",
          ]),
        ),
      );
  }
  return undefined;
}

/** The lines of the record that a row is made of, each by its number. */
function recorded(
  { seqs }: Row,
  { run: { lines }, seq }: { readonly run: PageRun; readonly seq: number },
): Node {
  return section(
    "On record",
    ...[...new Set(seqs)].sort((a, b) => a - b).map((each) => {
      const { json, text = "" } = lines[each] ?? {};
      const type = typeof json?.type === "string" ? json.type : "not an event";
      const fold = el(
        "details",
        each === seq && seqs[0] !== seq ? { open: "" } : {},
        el("summary", {}, `#e${each} `, el("code", {}, type)),
        textView(
          json === undefined ? text : JSON.stringify(json, null, 2),
          `Event ${each}`,
        ),
      );
      return el("div", { class: each === seq ? "here" : undefined }, fold);
    }),
  );
}
