import { type Address, type Facts, urlsOf } from "../../policy/facts.ts";
import type { Proposal } from "../../policy/rule.ts";
import { isAddress } from "../../policy/url_text.ts";
import type { RecordedError } from "../record/event.ts";
import { DEFAULT_ATTEMPT_TIMEOUT_MS, inTime } from "./in_time.ts";
import type { Session } from "./session.ts";

/** The addresses of the hosts of a call. */
export interface LookedUp {
  readonly addresses: Facts["addresses"];
  /** Why one of them may not be looked up. */
  readonly refused: RecordedError | undefined;
}

/** Whether a call would connect to a host that has to be looked up. */
export function namesHosts(proposal: Proposal): boolean {
  return hostsOf(proposal).length > 0;
}

function hostsOf(proposal: Proposal): readonly URL[] {
  return [...urlsOf(proposal).values()]
    .filter(({ hostname }) => !isAddress(hostname));
}

/**
 * Looks up the hosts that a call would connect to. Call it only when nothing
 * else denies the call, since a look-up reveals the host's name to name servers.
 * Where the process has no permission for a look-up, the addresses stay unknown
 * and no attempt can succeed.
 */
export async function lookUpHosts(
  session: Session,
  proposal: Proposal,
): Promise<LookedUp> {
  const addresses = new Map<string, readonly Address[]>();
  let refused: RecordedError | undefined;
  for (const url of hostsOf(proposal)) {
    const found = await inTime(session, {
      ms: DEFAULT_ATTEMPT_TIMEOUT_MS,
      work: (signal) => session.env.resolve(url, signal),
      late: "unhandled",
    });
    if (!found.ok && found.error.kind === "permission_denied") {
      refused ??= found.error;
      continue;
    }
    const known = found.ok ? found.value : [];
    if (known !== undefined) addresses.set(url.hostname, known);
  }
  return { addresses, refused };
}
