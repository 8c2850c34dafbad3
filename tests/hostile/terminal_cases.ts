import type { HostileCase } from "./cases.ts";
import { HOSTILE_TEXTS, LOOK_ALIKES } from "./terminal_texts.ts";

/**
 * The cases of the family `terminal`, made of the texts; a task has no place for
 * half a character.
 */
export const TERMINAL_CASES: readonly HostileCase[] = [
  ...HOSTILE_TEXTS.filter(({ text }) => text.isWellFormed()).map((
    { name, text },
    index,
  ) => ({
    ...caseOf(text, name),
    id: `terminal-${number(index)}`,
    expected: "deny" as const,
  })),
  ...LOOK_ALIKES.map(({ name, text }, index) => ({
    ...caseOf(text, name),
    id: `ok-terminal-${number(index)}`,
    expected: "allow" as const,
  })),
];

function caseOf(input: string, why: string) {
  return {
    family: "terminal",
    input,
    context: {},
    rule_id: "terminal.spelled_out",
    why,
  };
}

function number(index: number): string {
  return String(index + 1).padStart(3, "0");
}
