import { type PathFacts, SANDBOX_ROOT } from "../../tools/sandbox/sandbox.ts";
import {
  MAX_NAMES,
  MAX_PATH_BYTES,
  pathBeyondLimit,
  refusalOfForeignPath,
  refusalOfPathText,
} from "../path_text.ts";
import type { ToolDefinition } from "../../tools/tool.ts";
import type { Metadata, Opinion, Proposal, Rule } from "../rule.ts";
import { argumentsNamed } from "../arguments.ts";

/** Denies a call that would read or write outside the run's directory. */
export function sandboxPath(): Rule {
  return {
    id: "sandbox_path",
    opinion,
    deniesAlways: (proposal) => opinion(proposal)?.effect === "deny",
  };
}

function opinion(
  { name, tool, args, facts }: Proposal,
): Opinion | undefined {
  const { reads = [], writes = [] } = tool?.effects ?? {};
  const paths = argumentsNamed([...reads, ...writes], args)
    .map(({ value }) => value);
  const excess = pathBeyondLimit(paths);
  if (excess !== undefined) {
    const reason = `the paths of the call have more than ${MAX_NAMES} names`;
    return { effect: "deny", reason, metadata: metadataOf(name, excess) };
  }
  let allowed: Opinion | undefined;
  for (const value of paths) {
    const known = typeof value === "string"
      ? facts.paths.get(value)
      : undefined;
    const metadata = metadataOf(name, value, known);
    const refusal = refusalOf(value, { known, tool });
    if (refusal !== undefined) {
      return { effect: "deny", reason: refusal, metadata };
    }
    allowed ??= { effect: "allow", metadata };
  }
  return allowed;
}

function metadataOf(
  tool: string,
  value: unknown,
  known?: PathFacts,
): Metadata {
  return {
    tool,
    target_path: typeof value === "string"
      ? value.slice(0, MAX_PATH_BYTES).toWellFormed()
      : typeof value,
    ...known === undefined ? {} : { resolved_path: known.resolved },
    sandbox_root: SANDBOX_ROOT,
  };
}

function refusalOf(
  value: unknown,
  { known, tool }: {
    readonly known: PathFacts | undefined;
    readonly tool: ToolDefinition | undefined;
  },
): string | undefined {
  if (typeof value !== "string") return "the path is not a string";
  const refusal = refusalOfPathText(value) ??
    (isServed(tool) ? refusalOfForeignPath(value) : undefined);
  if (refusal !== undefined) return refusal;
  return known === undefined
    ? "the path cannot be looked up"
    : refusalOfFacts(known);
}

/** Whether a server runs the tool, so that the server opens its paths. */
function isServed(tool: ToolDefinition | undefined): boolean {
  return tool?.definitionSha256 !== undefined;
}

function refusalOfFacts(facts: PathFacts): string | undefined {
  if (!facts.inside) {
    return facts.viaLink
      ? "the path leads out of the sandbox through a link, or cannot be followed"
      : "the path is outside the sandbox";
  }
  if (facts.closed) {
    return "the place belongs to the policy or to the record of a run";
  }
  if (facts.dotdotAfterLink) return 'the path has ".." after a link';
  if (facts.special) {
    return "the path is neither a file nor a directory";
  }
  if (facts.hardLinked) {
    return "the file has another name (hard link)";
  }
}
