import { join } from "../../deps.ts";
import {
  APPROVALS,
  DEFAULT_EXPIRES_SECONDS,
  findApproval,
  type PassedOver,
  verdictOf,
  type WrittenApproval,
} from "../../evidence/approval/approval_file.ts";
import { MAX_FILE_BYTES } from "../../evidence/file_limits.ts";
import {
  type AppendedFile,
  appendedFile,
} from "../../evidence/store/appended_file.ts";
import { cannotWrite } from "../../evidence/store/file_error.ts";
import type { Policy } from "../../policy/document/load.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { runTextIfThere } from "../machine/files.ts";

/** How often to ask for the file while somebody else answers, and how long to wait in between. */
const LOCK = { tries: 50, waitMs: 20 };

/** What is written beside the record about one decision. */
export interface Written {
  /** The answer that counts; `undefined` when there is none. */
  readonly approval: WrittenApproval | undefined;
  /** What was passed over and why, a line each, for people. */
  readonly notes: readonly string[];
}

/** Where the answer is looked for, and by what policy it counts. */
export interface ApprovalPlace {
  readonly policy: Policy;
  /** The run directory. */
  readonly out: string;
}

/** Looks in a run directory for the answer to a decision. */
export function writtenApproval(
  place: ApprovalPlace,
  bound_to: string,
): Written {
  return found(runTextIfThere(join(place.out, APPROVALS)) ?? "", {
    place,
    bound_to,
  });
}

function found(
  text: string,
  { place: { policy, out }, bound_to }: {
    readonly place: ApprovalPlace;
    readonly bound_to: string;
  },
): Written {
  const { expires_seconds = DEFAULT_EXPIRES_SECONDS } =
    policy.document.approval ?? {};
  const { approval, passedOver } = findApproval(text, {
    bound_to,
    now: Date.now(),
    expires_seconds,
  });
  const path = join(out, APPROVALS);
  const notes = passedOver.map((each) =>
    `${terminalLine(path)}:${each.line}: ${
      whyPassedOver(each, expires_seconds)
    }`
  );
  return { approval, notes };
}

/**
 * Writes an answer down unless there is one that counts, which is returned then.
 * Nobody else can answer between the look and the writing. It has a line of its
 * own also where the last one was torn off.
 *
 * @throws {InputError} when it cannot be written
 */
export async function answer(
  place: ApprovalPlace,
  given: Pick<WrittenApproval, "bound_to" | "approver" | "verdict">,
): Promise<WrittenApproval | undefined> {
  const path = join(place.out, APPROVALS);
  try {
    using file = appendedFile(path, { maxBytes: MAX_FILE_BYTES[APPROVALS] });
    await locked(file);
    const text = new TextDecoder().decode(file.read());
    const { bound_to } = given;
    const { approval } = found(text, { place, bound_to });
    if (approval !== undefined) return approval;
    const timestamp = new Date().toISOString();
    const line: WrittenApproval = { v: 1, timestamp, ...given };
    const isTorn = !/(^|\n)$/.test(text);
    const bytes = `${isTorn ? "\n" : ""}${JSON.stringify(line)}\n`;
    file.append(new TextEncoder().encode(bytes));
  } catch (cause) {
    throw cannotWrite("the answer there", path, cause);
  }
}

/** Waits until nobody else writes to the file. */
async function locked(file: AppendedFile): Promise<void> {
  for (let tries = 1; !file.tryLock(); tries++) {
    if (tries === LOCK.tries) {
      throw new Error("another process keeps it locked");
    }
    await new Promise((done) => setTimeout(done, LOCK.waitMs));
  }
}

function whyPassedOver(each: PassedOver, expiresSeconds: number): string {
  if (each.why === "unreadable") {
    return "the line cannot be read, so it answers nothing";
  }
  const { timestamp } = each.approval;
  const what = `the ${named(each.approval)}`;
  switch (each.why) {
    case "answered":
      return `${what} does not count: answered already by ${each.before.approver}`;
    case "expired":
      return `${what} has expired; it counted for ${expiresSeconds} s`;
    case "future":
      return `${what} lies in the future, at ${timestamp}`;
  }
}

function named(approval: WrittenApproval): string {
  const what = verdictOf(approval) === "approved" ? "approval" : "rejection";
  return `${what} by ${approval.approver}`;
}
