import type { Proposal } from "../../policy/rule.ts";
import type { RecordedFacts } from "./event.ts";

/** Puts on record what was looked up about a call. */
export function recordedFacts({ args, facts }: Proposal): RecordedFacts {
  return {
    args_error: args.ok ? null : { reason: args.reason, path: args.path },
    paths: [...facts.paths].map(([path, found]) => ({
      path,
      resolved: found.resolved,
      inside: found.inside,
      via_link: found.viaLink,
      dotdot_after_link: found.dotdotAfterLink,
      special: found.special,
      hard_linked: found.hardLinked,
      ...found.closed === true ? { closed: true } as const : {},
    })),
    hosts: [...facts.addresses].map(([host, addresses]) => ({
      host,
      addresses,
    })),
    ...args.ok && args.isRewritten ? { args: args.value } : {},
  };
}
