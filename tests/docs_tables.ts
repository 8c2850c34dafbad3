/**
 * The tables of the documentation that are made from code and fixtures. Run as
 * a program, it writes them into their pages (`deno task docs`).
 *
 * @module
 */
import { join } from "../deps.ts";
import { ATTESTATION_FINDINGS } from "../evidence/attest/attestation_finding.ts";
import { type FindingKind, FINDINGS } from "../evidence/verify/finding.ts";
import { table } from "../evidence/report/markdown.ts";
import { FAILURE_MODES } from "../runtime/record/failure.ts";
import {
  FAILURE_MODE_TRIGGERS,
  type Fixture,
  POLICY_GATES,
} from "../tasks/suites.ts";
import { loadTask, type TaskDocument } from "../tasks/task.ts";
import { policyJsonSchema } from "../policy/document/document.ts";
import {
  describedTools,
  PROFILE_NAMES,
  profileFor,
} from "../policy/profiles/profile.ts";
import { policyReference } from "./policy_reference.ts";
import supportDesk from "../examples/support_desk/policy.yaml" with {
  type: "text",
};
import tests from "../examples/support_desk/policy_test.yaml" with {
  type: "text",
};
import { PROJECT } from "./program.ts";
import { sentenceTable } from "./sentence_table.ts";

const BEGIN = "<!-- generated: deno task docs -->";
const END = "<!-- end of what is generated -->";

/** Pages by path, each with the tables that belong between its marks. */
export const DOCUMENTED: ReadonlyMap<string, readonly string[]> = new Map([
  ["docs/failure-modes.md", [failureModeTable()]],
  ["docs/policy-gates.md", [policyGateTable()]],
  ["docs/policy.md", [
    sentenceTable({ policy: supportDesk, tests }),
    profileTable(),
  ]],
  ["docs/policy-reference.md", [policyReference(policyJsonSchema())]],
  [
    "docs/evidence.md",
    [findingTable(FINDINGS), findingTable(ATTESTATION_FINDINGS)],
  ],
]);

function failureModeTable(): string {
  const rows = FAILURE_MODES
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map(({ code, id, meaning, ends }) => [
      code,
      `\`${id}\``,
      meaning,
      ends === null ? "the run goes on" : `\`${ends}\``,
      links(
        FAILURE_MODE_TRIGGERS.find((fixture) => fixture.id === id),
        "failure_modes",
      ),
    ]);
  return table(["code", "id", "what happened", "ends with", "shown by"], rows);
}

function profileTable(): string {
  const rows = PROFILE_NAMES.map((name) => {
    const profile = profileFor(name);
    const { about } = profile.document;
    const leftOut = Object.keys(about.undescribed ?? {});
    return [
      `\`${name}\``,
      `\`${about.package}\` ${about.version}`,
      String(describedTools(profile).length),
      leftOut.map((tool) => `\`${tool}\``).join(", "),
    ];
  });
  return table(["profile", "package", "tools", "left out"], rows);
}

function findingTable(findings: readonly FindingKind[]): string {
  return table(
    ["code", "what was found", "what is known when it is not"],
    findings.map(({ code, meaning, otherwise }) => [
      `\`${code}\``,
      meaning,
      otherwise,
    ]),
  );
}

function policyGateTable(): string {
  const rows = POLICY_GATES.map((fixture) => {
    const { expect } = loadTask(fixture.text, fixture.path).document;
    return [
      `\`${fixture.id}\``,
      comment(fixture),
      rulesOf(expect),
      `\`${expect?.terminal_reason}\``,
      links(fixture, "policy_gates"),
    ];
  });
  return table(
    ["scenario", "what it shows", "decided by", "ends with", "see"],
    rows,
  );
}

/** The first comment of a fixture that is meant for people. */
function comment({ text }: Fixture): string {
  return text.split("\n").slice(2).filter((line) => line.startsWith("# "))
    .map((line) => line.slice(2)).join(" ");
}

function rulesOf(expect: TaskDocument["expect"]): string {
  return (expect?.decisions ?? []).map(({ rule_id, metadata = {} }) => {
    const keys = Object.keys(metadata).map((key) => `\`policy.${key}\``);
    return `\`${rule_id}\`${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`;
  }).join(", ");
}

function links(fixture: Fixture | undefined, folder: string): string {
  if (fixture === undefined) return "";
  return `[fixture](../${fixture.path}), [run](../runs/${folder}/${fixture.id}/run_report.md)`;
}

const BETWEEN = new RegExp(`${BEGIN}[^]*?${END}`, "g");

/**
 * Puts tables between the marks of a page, in order.
 *
 * @throws {RangeError} when the page has marks for more tables, or for fewer
 */
export function withTables(page: string, tables: readonly string[]): string {
  const places = page.match(BETWEEN)?.length ?? 0;
  if (places !== tables.length) {
    throw new RangeError(
      `Cannot place ${tables.length} tables: the page has marks for ${places}`,
    );
  }
  const left = tables.values();
  return page.replace(
    BETWEEN,
    () => `${BEGIN}\n\n${left.next().value}\n\n${END}`,
  );
}

/** The headings and tables of a page as cells, since the formatter pads them. */
export function cellsOf(page: string): readonly (readonly string[])[] {
  return (page.match(BETWEEN) ?? []).flatMap((text) => text.split("\n"))
    .filter((line) => /^[#|]/.test(line) && !/^[|\s-]+$/.test(line))
    .map((line) =>
      line.startsWith("#")
        ? [line]
        : line.split("|").slice(1, -1).map((cell) => cell.trim())
    );
}

if (import.meta.main) {
  for (const [path, tables] of DOCUMENTED) {
    const file = join(PROJECT, path);
    const page = Deno.readTextFileSync(file);
    Deno.writeTextFileSync(file, withTables(page, tables));
  }
}
