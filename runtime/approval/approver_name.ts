import { NOBODY } from "../../policy/answer.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { looksLikeNone } from "./looks_like_none.ts";

/** Longer than any name, so that it fits on a line. */
const MAX_LENGTH = 200;

/** What the name of an approver begins with that is a client, which answers for its user. */
const CLIENT_PREFIX = "client:";

/** The name of a client as an approver; what cannot be recorded of it is left out. */
export function clientApprover(client: string): string {
  const name = `${CLIENT_PREFIX}${client}`;
  return approverNameFault(name) === undefined
    ? name
    : `${CLIENT_PREFIX}unknown`;
}

/** Whether an approver is a client. */
export function isClient(approver: string): boolean {
  return approver.startsWith(CLIENT_PREFIX);
}

/** The same as `approverNameFault`, of a person, who must not be mistaken for a client. */
export function personNameFault(name: string): string | undefined {
  return /^\s*client\s*:/i.test(name.normalize("NFKC"))
    ? `it begins with "${CLIENT_PREFIX}", which in a record means a client's user`
    : approverNameFault(name);
}

/**
 * Why a name cannot be recorded as the approver; `undefined` when it can. Every
 * name passes this check, whether given or read: a reader of the record must see
 * all of it, and must not mistake it for `none`.
 */
export function approverNameFault(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return "it is blank";
  if (trimmed.length > MAX_LENGTH) {
    return `it is longer than ${MAX_LENGTH} characters`;
  }
  if (trimmed.toLowerCase() === NOBODY) {
    return "in a record it means that there was no answer";
  }
  if (terminalLine(name) !== name) {
    return "it has characters that cannot be seen";
  }
  if (/[^\P{Zs} ]/u.test(name)) {
    return "it has a blank that is not an ordinary space";
  }
  if (looksLikeNone(name)) {
    return `it looks like "${NOBODY}", which in a record means that there was no answer`;
  }
  return /[\p{L}\p{N}]/u.test(name)
    ? undefined
    : "it has no letter and no digit";
}
