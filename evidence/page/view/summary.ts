/// <reference lib="dom" />
import { counted } from "../../../tools/data/counted.ts";
import { type Child, el, eventLink } from "./dom.ts";
import { instant } from "./details.ts";
import type { PageRun } from "./page_run.ts";
import { wholePolicy } from "./policy_excerpt.ts";
import { milliseconds, rowText } from "./row_text.ts";
import { type Row, rowTone } from "./story.ts";
import { facts, textView } from "./value_view.ts";

/** How many problems are listed at the top. */
const LISTED = 8;

/** Says what was asked, how it ended, and what was denied or failed. */
export function summary({ story, lines }: PageRun): readonly Child[] {
  const { started, finished, rows, tookMs, tokens } = story;
  const isVirtual = started?.llm.execution_path === "stub";
  const denials = rows.filter((row) => rowTone(row) === "deny").length;
  const steps = rows.filter(({ kind }) => kind === "step").length;
  const ran = rows.filter(({ call }) => call?.intent !== undefined).length;
  const fact = (label: string, value: string, tone?: string) =>
    el("li", { class: tone }, `${label} `, el("b", {}, value));
  return [
    el(
      "header",
      {},
      el("h1", {}, started?.task.question || "A run without a beginning"),
      finished?.answer
        ? el("div", { class: "answer" }, textView(finished.answer, "Answer"))
        : undefined,
      el(
        "ul",
        { class: "facts" },
        fact(
          "ended",
          finished?.terminal_reason ?? "not yet",
          endTone(finished?.terminal_reason),
        ),
        fact("denied", String(denials), denials > 0 ? "deny" : undefined),
        fact("steps", String(steps)),
        fact("calls that ran", String(ran)),
        fact("tokens", tokens.toLocaleString("en")),
        finished?.totals.cost === undefined
          ? undefined
          : fact("cost", finished.totals.cost ?? "unknown"),
        fact(
          "took",
          `${milliseconds(tookMs)}${isVirtual ? ", virtual clock" : ""}`,
        ),
        started === undefined ? undefined : fact("began", instant(started.ts)),
        started === undefined
          ? undefined
          : fact("policy", started.policy.version),
        started === undefined
          ? undefined
          : fact("model", `${started.llm.provider}/${started.llm.model}`),
        started === undefined ? undefined : fact("run", started.run_id),
        fact("events", String(lines.length)),
      ),
      started?.mode === "audit"
        ? el(
          "p",
          { class: "ask" },
          "Audited, not enforced: decisions were recorded, and calls ran all the same.",
        )
        : undefined,
    ),
    problems(rows),
  ];
}

function endTone(reason: string | undefined): string {
  if (reason === "final_answer") return "allow";
  return reason === undefined ? "ask" : "deny";
}

/** What was denied or failed, denials first. */
function problems(rows: readonly Row[]): Child {
  const of = (tone: string) =>
    rows.filter((row) => row.kind !== "step" && rowTone(row) === tone);
  const found = [...of("deny"), ...of("ask"), ...of("fail")];
  if (found.length === 0) return undefined;
  const listed = found.slice(0, LISTED);
  return el(
    "section",
    { class: "problems", "aria-label": "What was denied or failed" },
    el("h2", {}, headingOf(found)),
    el("ul", {}, ...listed.map(problem)),
    found.length > LISTED
      ? el(
        "p",
        { class: "soft" },
        `${
          counted(found.length - LISTED, "more")
        }; the filters below list them all.`,
      )
      : undefined,
  );
}

function headingOf(found: readonly Row[]): string {
  const has = (tone: string) => found.some((row) => rowTone(row) === tone);
  const parts = [
    ...has("deny") ? ["denied"] : [],
    ...has("ask") ? ["left to a person"] : [],
    ...has("fail") ? ["failed"] : [],
  ].join(" or ");
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)}`;
}

function problem(row: Row): HTMLElement {
  const { sign, name, about, note } = rowText(row);
  const verdict = row.call?.verdicts.at(-1);
  const rule = verdict?.rule_id ??
    (row.kind === "budget" ? "loop_budget" : undefined);
  const clause = verdict?.metadata.clause;
  return el(
    "li",
    { class: rowTone(row) },
    el("b", {}, `${sign} ${name}`),
    " ",
    el("code", {}, about),
    " ",
    el("span", {}, row.kind === "budget" ? "" : note),
    " ",
    rule === undefined ? "" : el(
      "span",
      { class: "rule" },
      `${rule}${typeof clause === "string" ? ` · ${clause}` : ""}`,
    ),
    el("span", { class: "soft" }, ` step ${row.step} `),
    eventLink(row.seqs[0] ?? 0),
  );
}

/** Under which conditions the run was made. */
export function conditions(
  { story: { started }, policy }: PageRun,
): HTMLElement {
  if (started === undefined) return el("p", {}, "The record does not say.");
  const { task, llm, corpus, tools, seed, v, runtime_version } = started;
  return el(
    "div",
    { class: "conditions" },
    facts([
      ["run", started.run_id],
      ["task", task.id],
      ["task SHA-256", el("code", {}, task.sha256)],
      ["policy SHA-256", el("code", {}, started.policy.sha256)],
      ["model", `${llm.provider}/${llm.model}, ${llm.execution_path}`],
      [
        "script SHA-256",
        llm.script_sha256 === null
          ? undefined
          : el("code", {}, llm.script_sha256),
      ],
      [
        "settings",
        llm.settings === undefined ? undefined : JSON.stringify(llm.settings),
      ],
      ["documents", `${corpus.documents}, SHA-256 ${corpus.sha256}`],
      ["tools", tools.map(({ name }) => name).join(", ")],
      ["seed", String(seed)],
      [
        "record",
        `version ${v}${
          runtime_version === undefined ? "" : `, program ${runtime_version}`
        }`,
      ],
    ]),
    el("h3", {}, "Policy"),
    wholePolicy(policy?.text ?? started.policy.text),
    el("h3", {}, "Task"),
    textView(task.text, "Task"),
  );
}
