import { codeCell, table } from "../evidence/report/markdown.ts";
import {
  readPolicyTests,
  type TestedCall,
} from "../policy/testing/test_document.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { wordsAsCode } from "./words_as_code.ts";
import { isObject } from "../tools/data/json.ts";

/** The two files of an example, as texts. */
export interface Example {
  readonly policy: string;
  readonly tests: string;
}

/**
 * A table of what a policy says in sentences: comments of the policy begin with a
 * number, and so do the names of the test cases that show what they mean.
 *
 * @throws {RangeError} when a sentence has no call that it allows, or none that it does not
 */
export function sentenceTable({ policy, tests }: Example): string {
  const lines = policy.split("\n");
  const rows = lines.flatMap((line, index) => {
    const said = /^ *# (\d+)\. (.*)$/.exec(line);
    if (said === null) return [];
    const [, number = "", sentence = ""] = said;
    return [{ number: Number(number), sentence, line: index + 2 }];
  }).toSorted((a, b) => a.number - b.number);
  const { cases } = readPolicyTests(tests, "policy_test.yaml");
  return table(
    ["", "sentence", "clause", "allows", "denies, or asks about"],
    rows.map(({ number, sentence, line }) => {
      const shown = cases.filter(({ name }) => name.startsWith(`${number}. `))
        .map(({ calls }) => calls);
      return [
        String(number),
        wordsAsCode(sentence),
        codeCell(clauseAt(policy, line)),
        allowedIn(shown, sentence),
        refusedIn(shown, sentence),
      ];
    }),
  );
}

type Calls = readonly TestedCall[];

/** The clause that begins on a line, without its id and reason; or the section that does. */
function clauseAt(text: string, line: number): string {
  const { document, lines } = loadPolicy(text, "policy.yaml");
  const [place] = [...lines].find(([, begin]) => begin === line) ?? [];
  const section = /^\w+/.exec(place ?? text.split("\n")[line - 1] ?? "")?.[0];
  const [, entries] = Object.entries(document)
    .find(([key]) => key === section) ?? [];
  if (!Array.isArray(entries)) {
    throw new RangeError(`line ${line}: a sentence without a clause`);
  }
  if (place === undefined) return `${section}: ${flow(entries)}`;
  const index = Number(/\d+/.exec(place)?.[0]);
  const { id: _id, reason: _reason, ...clause } = entries[index];
  return `${section}: ${flow(clause)}`;
}

function allowedIn(shown: readonly Calls[], sentence: string): string {
  const calls = shown.flat();
  const call = calls.find(({ expect }) => expect === "allow");
  if (call !== undefined) return spelled(call);
  const asked = calls.find(({ answer }) => answer === "approved");
  if (asked !== undefined) return `${spelled(asked)}, once a person approves`;
  throw new RangeError(`no case allows anything by "${sentence}"`);
}

function refusedIn(shown: readonly Calls[], sentence: string): string {
  for (const calls of shown) {
    const last = calls.at(-1);
    if (last === undefined || !isRefused(last)) continue;
    const before = calls.length === 1
      ? ""
      : `after ${
        calls.slice(0, -1).map(({ tool }) => `\`${tool}\``).join(", ")
      }: `;
    return `${before}${spelled(last)}`;
  }
  throw new RangeError(`no case denies anything by "${sentence}"`);
}

function isRefused({ expect }: TestedCall): boolean {
  const decision = typeof expect === "string" ? expect : expect?.decision;
  return decision === "deny" || decision === "escalate";
}

function spelled({ tool, args }: TestedCall): string {
  return codeCell(`${tool} ${flow(args)}`);
}

/** A value as YAML writes it on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (isObject(value)) {
    const members = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => `${key}: ${flow(each)}`);
    return `{ ${members.join(", ")} }`;
  }
  return typeof value !== "string" || /^[a-z][\w./@-]*$/i.test(value)
    ? String(value)
    : `'${value.replaceAll("'", "''")}'`;
}
