import { z } from "../../deps.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";
import type { Maker } from "../recording/run_projection.ts";
import type { FindingCode } from "./finding.ts";
import { differenceMessage } from "./difference_message.ts";

/** A fault of a stored manifest. */
export interface ManifestFault {
  readonly code: FindingCode;
  readonly line?: number;
  readonly message: string;
}

/** Stand-ins for the values that the ledger cannot tell. */
export const UNKNOWN_MAKER: Maker = {
  programVersion: "",
  volatile: () => ({ timestamp: "", wall_clock_seconds: 0, git_sha: null }),
};

/** Lines whose values are not known, with the form that the program gives them. */
const UNKNOWN_LINES: readonly {
  readonly before: string;
  /** The stand-in. */
  readonly unknown: string;
  readonly after: string;
  readonly form: string;
  readonly fits: (value: string) => boolean;
}[] = [
  {
    before: '  "timestamp": "',
    unknown: "",
    after: '",',
    form: "a time as in 2026-11-22T09:00:00.000Z",
    fits: isTimestamp,
  },
  {
    before: '  "wall_clock_seconds": ',
    unknown: "0",
    after: ",",
    form: "a number that is not negative",
    fits: isSeconds,
  },
  {
    before: '    "version": "',
    unknown: "",
    after: '",',
    form: "a version as in 0.1.0",
    fits: (value) => /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(value),
  },
  {
    before: '    "git_sha": ',
    unknown: "null",
    after: "",
    form: "null or 40 hex digits",
    fits: (value) => /^(null|"[0-9a-f]{40}")$/.test(value),
  },
];

function isTimestamp(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

function isSeconds(value: string): boolean {
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 0 && String(seconds) === value;
}

/**
 * Compares a manifest, line by line, with what the ledger makes of it. Of the
 * values that the ledger cannot tell only the form is checked. Lists the first
 * line that differs and each value of a wrong form.
 */
export function manifestFaults(
  expected: string,
  stored: string,
): readonly ManifestFault[] {
  const [want, have] = [expected.split("\n"), stored.split("\n")];
  const faults: ManifestFault[] = [];
  const length = Math.max(want.length, have.length);
  for (let index = 0; index < length; index++) {
    const [line, found] = [want[index], have[index]];
    if (line === found && !isUnknown(line)) continue;
    const fault = lineFault(line, found);
    if (fault === undefined) continue;
    faults.push({ ...fault, line: index + 1 });
    // After an extra or a missing line, all following lines are displaced.
    if (fault.code === "differs" || want.length !== have.length) break;
  }
  return faults;
}

function isUnknown(line: string | undefined): boolean {
  return unknownOf(line) !== undefined;
}

function unknownOf(line: string | undefined) {
  return UNKNOWN_LINES.find(({ before, unknown, after }) =>
    line === before + unknown + after
  );
}

function lineFault(
  expected: string | undefined,
  found: string | undefined,
): ManifestFault | undefined {
  const differs: ManifestFault = {
    code: "differs",
    message: differenceMessage({ expected, found }),
  };
  const value = unknownOf(expected);
  if (value === undefined || found === undefined) return differs;
  const { before, after, form, fits } = value;
  if (!found.startsWith(before) || !found.endsWith(after)) return differs;
  return fits(found.slice(before.length, found.length - after.length))
    ? undefined
    : { code: "volatile_form", message: `the value is not ${form}` };
}

const digest = z.object({ sha256: z.string(), bytes: z.number() });
const stated: z.ZodMiniType<
  { readonly artifacts: Readonly<Record<string, ArtifactDigest>> }
> = z.object({ artifacts: z.record(z.string(), digest) });

/** The digests that a manifest states; `undefined` when it cannot be read. */
export function statedDigests(
  manifest: string,
): ReadonlyMap<string, ArtifactDigest> | undefined {
  try {
    const { artifacts } = stated.parse(JSON.parse(manifest));
    return new Map(Object.entries(artifacts));
  } catch {
    return undefined;
  }
}
