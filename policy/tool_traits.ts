import type { ToolDefinition } from "../tools/tool.ts";
import { type Label, LABELS } from "../tools/label.ts";
import { isNamed } from "./tool_pattern.ts";

/** What a policy says of some tools; what several entries say of one adds up. */
export interface ToolTraits {
  /** Exact names, or beginnings of names with a `*` after them. */
  readonly match: readonly string[];
  /** Arguments that hold a URL which the tool fetches: names, or JSONPaths. */
  readonly fetches?: readonly string[] | undefined;
  /** Arguments that hold a path which it reads. */
  readonly reads?: readonly string[] | undefined;
  /** Arguments that hold a path which it writes. */
  readonly writes?: readonly string[] | undefined;
  /** It touches neither files nor hosts that its arguments name. */
  readonly effects?: "none" | undefined;
  /** How information flows through it. */
  readonly labels?: readonly Label[] | undefined;
}

/** Adds to a tool what a policy says of it. */
export function knownTool(
  tool: ToolDefinition,
  traits: readonly ToolTraits[],
): ToolDefinition {
  const said = traits.filter(({ match }) => isNamed(tool.name, match));
  if (said.length === 0) return tool;
  const merged = (effect: "fetches" | "reads" | "writes") => [
    ...new Set([
      ...tool.effects[effect] ?? [],
      ...said.flatMap((each) => each[effect] ?? []),
    ]),
  ];
  const labels = new Set([
    ...tool.labels ?? [],
    ...said.flatMap((each) => each.labels ?? []),
  ]);
  return {
    ...tool,
    effects: {
      fetches: merged("fetches"),
      reads: merged("reads"),
      writes: merged("writes"),
    },
    labels: LABELS.filter((label) => labels.has(label)),
    isUndescribed: tool.isUndescribed === true && !said.some(describesEffects),
  };
}

/**
 * Whether a policy says of a tool that it reads files and does nothing else; what it
 * reads a second time is the same.
 */
export function onlyReads(
  name: string,
  traits: readonly ToolTraits[],
): boolean {
  const said = traits.filter(({ match }) => isNamed(name, match));
  return said.some(({ reads }) => reads !== undefined) &&
    said.every(({ fetches, writes, labels = [] }) =>
      fetches === undefined && writes === undefined && !labels.includes("sink")
    );
}

/** Labels alone say nothing of what a tool touches. */
function describesEffects(
  { effects, fetches, reads, writes }: ToolTraits,
): boolean {
  return [effects, fetches, reads, writes].some((each) => each !== undefined);
}
