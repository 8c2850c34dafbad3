import { type Facts, lookUpPaths } from "../policy/facts.ts";
import { NEW_RUN } from "../policy/run_facts.ts";
import type { Proposal } from "../policy/rule.ts";
import type { PathFacts } from "../tools/sandbox/sandbox.ts";

/** Nothing was looked up. */
export const NO_FACTS: Facts = { paths: new Map(), addresses: new Map() };

/** A call with no arguments of a tool that does not exist, but for what is given. */
export function proposed(
  { inspect, ...given }: Partial<Proposal> & {
    /** Looks up the paths of the call. */
    readonly inspect?: (path: string) => PathFacts;
  } = {},
): Proposal {
  const proposal: Proposal = {
    name: "read",
    tool: undefined,
    args: { ok: true, value: {}, canonical: "{}" },
    call_sha256: "0".repeat(64),
    facts: NO_FACTS,
    redirects: 0,
    repetition: { identical: 1 },
    listing: "first",
    run: NEW_RUN,
    ...given,
  };
  return inspect === undefined ? proposal : {
    ...proposal,
    facts: { ...proposal.facts, paths: lookUpPaths(proposal, inspect) },
  };
}
