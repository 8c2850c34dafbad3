import type { Truth } from "../../policy/conditions/truth.ts";
import type { Decision } from "../../policy/decide.ts";
import type { ClauseExplained, Explanation } from "../../policy/explanation.ts";
import { counted } from "../../tools/data/counted.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";

/** How wide a line may be, in characters. */
const COLUMNS = 100;
/** How many lines a long reason gets. */
const REASON_LINES = 3;
/** How many lines the clauses get, with their conditions. */
const CLAUSE_LINES = 15;
/** How many conditions of one clause are shown. */
const CONDITIONS = 4;

/**
 * Writes an explanation so that it fits one screen: the verdict with its clause and
 * line, the rules, then the clauses, those that object first. `path` names the
 * policy. What is left out is counted.
 */
export function explanationText(
  { decision, rules, clauses, others }: Explanation,
  path: string,
): readonly string[] {
  const said = rules.filter(({ effect }) => effect !== undefined);
  const silent = rules.filter(({ effect }) => effect === undefined);
  const width = Math.max(0, ...said.map(({ id }) => id.length));
  return [
    ...verdict(decision, { clauses, path }),
    "",
    ...said.map(({ id, effect, reason }) =>
      `${id.padEnd(width)}  ${effect}${
        reason === undefined ? "" : `: ${reason}`
      }`
    ),
    ...silent.length === 0 ? [] : wrapped(
      `nothing to say: ${silent.map(({ id }) => id).join(", ")}`,
    ),
    ...clauses.length === 0 ? [] : [""],
    ...clauseLines(clauses),
    ...others === 0 ? [] : [`${counted(others, "clause")} for other tools`],
  ].map(fitted);
}

/** The verdict, by which rule, clause and line of the policy, and why. */
function verdict(
  decision: Decision,
  { clauses, path }: {
    readonly clauses: readonly ClauseExplained[];
    readonly path: string;
  },
): readonly string[] {
  if (decision.effect === "allow") return [`allow under ${path}`];
  const names = decision.effect === "escalate"
    ? decision.asked.map(({ clause }) => clause)
    : [decision.metadata.clause].flatMap((name) =>
      typeof name === "string" ? [name] : []
    );
  const placed = names.map((name) => {
    const { line } = clauses.find(({ id, place }) => (id ?? place) === name) ??
      {};
    return line === undefined ? name : `${name} (line ${line})`;
  });
  const by = [decision.rule, ...placed].join(", ");
  return [
    ...wrapped(`${decision.effect} by ${by} of ${path}`),
    ...wrapped(decision.reason).map((line) => `  ${line}`),
    ...decision.enforced === false
      ? ["  not enforced: the policy is in audit mode, and the call runs"]
      : [],
  ];
}

/** Clauses that object first, then the others; what does not fit is counted. */
function clauseLines(clauses: readonly ClauseExplained[]): readonly string[] {
  const blocks = [
    ...clauses.filter(({ objects }) => objects),
    ...clauses.filter(({ objects }) => !objects),
  ].map(clauseBlock);
  const lines: string[] = [];
  let shown = 0;
  for (const block of blocks) {
    if (lines.length + block.length > CLAUSE_LINES) break;
    lines.push(...block);
    shown += 1;
  }
  const left = blocks.length - shown;
  return left === 0 ? lines : [
    ...lines,
    `${counted(left, "more clause")} for this tool; --json has all of them`,
  ];
}

function clauseBlock(
  { place, id, line, objects, truth, conditions }: ClauseExplained,
): readonly string[] {
  const where = line === undefined ? "" : `line ${line}: `;
  const name = id === undefined ? place : `${place} ${id}`;
  const left = conditions.length - CONDITIONS;
  return [
    `${where}${name}: ${objects ? "objects" : "does not object"} (${
      truthText(truth)
    })`,
    ...conditions.slice(0, CONDITIONS).map((each) =>
      `  ${truthText(each.truth)}: ${each.text}`
    ),
    ...left > 0 ? [`  and ${counted(left, "more condition")}`] : [],
  ];
}

function truthText(truth: Truth): string {
  return truth === "unknown" ? "unknown" : truth ? "holds" : "does not hold";
}

/** Breaks a text into lines at its spaces, at most so many as a reason gets. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let rest = terminalLine(text);
  while ([...rest].length > COLUMNS - 2 && lines.length < REASON_LINES - 1) {
    const start = [...rest].slice(0, COLUMNS - 2).join("");
    const space = start.lastIndexOf(" ");
    const end = space > COLUMNS / 2 ? space : start.length;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** One line, in which nothing is obeyed, cut where it would be too wide. */
function fitted(text: string): string {
  const characters = [...terminalLine(text)];
  return characters.length > COLUMNS
    ? `${characters.slice(0, COLUMNS - 1).join("")}…`
    : characters.join("");
}
