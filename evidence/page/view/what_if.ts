/// <reference lib="dom" />
import { counted } from "../../../tools/data/counted.ts";
import type { Flip } from "../../replay/redecide.ts";
import { verdictText } from "../../replay/verdict_text.ts";
import type { Rejudgement } from "../checker/messages.ts";
import type { AskedChecker } from "./ask_checker.ts";
import { button, type Child, el, eventLink, fill } from "./dom.ts";

/** How long typing must rest before the decisions are made again, in milliseconds. */
const REST_MS = 400;
/** How many changed decisions are listed. */
const LISTED = 200;

/** A place to edit the policy and to see which decisions would change. */
export function whatIf(
  policyText: string,
  checker: AskedChecker,
): HTMLElement {
  const text = el("textarea", {
    id: "policy",
    spellcheck: "false",
    autocomplete: "off",
    rows: "24",
  });
  text.value = policyText;
  const result = el("div", { class: "flips", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const judge = async () => {
    const own = ++asked;
    fill(result, el("p", { class: "soft" }, "Deciding again…"));
    const said = await checker.rejudge(text.value).then(
      rejudged,
      (
        error,
      ) => [
        el(
          "p",
          { class: "deny" },
          `The decisions cannot be made again: ${error.message}`,
        ),
      ],
    );
    if (own === asked) fill(result, said);
  };
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(judge, REST_MS);
  });
  const reset = button({}, () => {
    text.value = policyText;
    judge();
  }, "Back to the policy on record");
  fill(
    result,
    el(
      "p",
      { class: "soft" },
      "Change the policy, and the decisions that would change show here.",
    ),
  );
  return el(
    "div",
    { class: "whatif" },
    el(
      "p",
      {},
      "Every decision on record is made again under this text, from what was looked up then, by the same code as ",
      el("code", {}, "replay --policy"),
      ". Nothing is run, and what is on record stays as it is.",
    ),
    el("label", { for: "policy" }, "Policy"),
    text,
    el("div", { class: "bar" }, reset),
    result,
  );
}

function rejudged(judged: Rejudgement): readonly Child[] {
  if (!judged.ok) {
    return [
      el("p", { class: "deny" }, "This is not a policy:"),
      el(
        "ul",
        {},
        ...judged.problems.map(({ line, path, message }) =>
          el(
            "li",
            {},
            [line === undefined ? "" : `line ${line}`, path, message].filter(
              Boolean,
            ).join(": "),
          )
        ),
      ),
    ];
  }
  const { version, redecided: { decisions, flips } } = judged;
  const verb = `${flips.length} of ${
    counted(decisions, "decision")
  } would change`;
  return [
    el(
      "p",
      { class: flips.length === 0 ? "allow" : "ask" },
      `${verb} under policy ${version}`,
    ),
    el("ul", { class: "fliplist" }, ...flips.slice(0, LISTED).map(flipItem)),
    flips.length > LISTED
      ? el("p", {}, `and ${flips.length - LISTED} more`)
      : undefined,
  ];
}

function flipItem({ seq, step, tool, was, is }: Flip): HTMLElement {
  return el(
    "li",
    { "data-seq": String(seq) },
    eventLink(seq),
    ` step ${step}, `,
    el("code", {}, tool ?? "the run"),
    ": ",
    el(
      "b",
      { class: was.decision === "allow" ? "allow" : "deny" },
      verdictText(was),
    ),
    " → ",
    el(
      "b",
      { class: is.decision === "allow" ? "allow" : "deny" },
      verdictText(is),
    ),
    is.reason === null ? "" : el("span", { class: "soft" }, ` ${is.reason}`),
  );
}
