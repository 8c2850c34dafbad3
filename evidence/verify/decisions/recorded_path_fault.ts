import { isAbsolute, normalize } from "../../../deps.ts";
import type { RecordedPath } from "../../../runtime/record/event.ts";
import { SANDBOX_ROOT } from "../../../tools/sandbox/sandbox.ts";

/**
 * Why the recorded facts of a path cannot be true, by its spelling alone:
 * without a link its target is known, and entries outside are not inspected.
 * `undefined` when they can be true.
 */
export function recordedPathFault(found: RecordedPath): string | undefined {
  const { path, inside } = found;
  const spelled = normalize(path).replace(/(?<=.)\/$/, "");
  if (leavesBySpelling(spelled, found)) return outsideFault(spelled, found);
  if (found.dotdot_after_link && !path.split("/").includes("..")) {
    return 'it has no ".."';
  }
  return inside ? insideFault(spelled, found) : linkedOutFault(found);
}

/** A relative path leaves by `..`; for an absolute one only the record can tell. */
function leavesBySpelling(spelled: string, found: RecordedPath): boolean {
  return isAbsolute(spelled)
    ? !found.inside && !found.via_link
    : /^\.\.(\/|$)/.test(spelled);
}

function outsideFault(
  spelled: string,
  { resolved, inside, ...marks }: RecordedPath,
): string | undefined {
  const { via_link, dotdot_after_link, ...looked } = marks;
  const place = isAbsolute(spelled) ? spelled : `${SANDBOX_ROOT}/${spelled}`;
  return inside
    ? "its spelling leaves the sandbox"
    : resolved !== place
    ? `it leads to ${place}`
    : via_link || dotdot_after_link || isLookedUp(looked)
    ? "nothing is looked up outside the sandbox"
    : undefined;
}

function linkedOutFault(
  { resolved, via_link, ...looked }: RecordedPath,
): string | undefined {
  return resolved !== "<outside>"
    ? "it leads outside, so it leads to <outside>"
    : !via_link
    ? "only a link leads out of the sandbox"
    : isLookedUp(looked)
    ? "nothing is looked up outside the sandbox"
    : undefined;
}

/** Whether something is said that is only looked up inside. */
function isLookedUp(
  { special, hard_linked, closed }: Pick<
    RecordedPath,
    "special" | "hard_linked" | "closed"
  >,
): boolean {
  return special || hard_linked || closed === true;
}

function insideFault(
  spelled: string,
  { resolved, via_link, special, hard_linked }: RecordedPath,
): string | undefined {
  const isPlace = resolved === SANDBOX_ROOT ||
    resolved.startsWith(`${SANDBOX_ROOT}/`) &&
      normalize(resolved) === resolved && !resolved.endsWith("/");
  if (!isPlace) return "where it leads is not a place in the sandbox";
  if (special && hard_linked) return "a device has no hard links";
  const below = resolved.slice(SANDBOX_ROOT.length);
  const plain = spelled === "." ? "" : `/${spelled}`;
  if (isAbsolute(spelled)) {
    // A sandbox is never the root of the disk.
    return via_link || spelled.endsWith(below) && spelled !== below
      ? undefined
      : "without a link it leads to where it is spelled";
  }
  return via_link === (below !== plain)
    ? undefined
    : "it leads elsewhere by a link, and only by one";
}
