import type { ArtifactEntry } from "../artifact_source.ts";
import type { ArtifactName } from "../artifacts.ts";
import { maxBytesOf } from "../file_limits.ts";
import type { FindingList } from "./finding_list.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";

/** Every finished run has these, as files. */
const ARTIFACTS: readonly ArtifactName[] = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
];

/** Other entries that may be beside them, and their kind. */
const BESIDE: ReadonlyMap<string, ArtifactEntry["kind"]> = new Map([
  ["sandbox", "directory"],
  ["incidents.jsonl", "file"],
  ["approvals.jsonl", "file"],
  ["attestation.json", "file"],
]);

/** The entries of a run directory. */
export interface RunEntries {
  /** Names of the files that can be read. */
  readonly files: ReadonlySet<string>;
  /** Whether the manifest is missing; that alone is not a finding yet. */
  readonly unfinished: boolean;
  /** Whether the agent's files are there. */
  readonly hasSandbox: boolean;
}

/**
 * Checks the entries of a run directory.
 *
 * Without a manifest the run is not finished; then it is not reported that other
 * artifacts are missing or have provisional names.
 */
export function checkEntries(
  entries: readonly ArtifactEntry[],
  findings: FindingList,
): RunEntries {
  const present = new Map(entries.map((entry) => [entry.name, entry]));
  const unfinished = !present.has("manifest.json");
  for (const name of ARTIFACTS) {
    if (present.has(name) || name === "manifest.json") continue;
    if (name === "state.jsonl" || !unfinished) {
      findings.add("file_missing", {
        artifact: name,
        message: "the file is not there",
      });
    }
  }
  const files = new Set<string>();
  for (const [name, { kind, bytes = 0, names = 1 }] of present) {
    const maxBytes = maxBytesOf(name) ?? Infinity;
    const wanted = wantedKind(name, unfinished);
    if (wanted === undefined) {
      const message = `no run writes this ${
        kind === "other" ? "link" : kind
      }: ${quoted(name)}`;
      findings.add("file_unexpected", { artifact: name, message });
    } else if (kind !== wanted) {
      const message = `expected a ${wanted}, found a ${
        kind === "other" ? "link or a device" : kind
      }`;
      findings.add("not_a_file", { artifact: name, message });
    } else if (kind === "directory") continue;
    else if (names > 1) {
      const message = "expected a file of one name, found one with another";
      findings.add("not_a_file", { artifact: name, message });
    } else if (bytes > maxBytes) {
      const message =
        `the file has ${bytes} bytes; no run writes more than ${maxBytes}`;
      findings.add("file_too_large", { artifact: name, message });
    } else files.add(name);
  }
  const hasSandbox = present.get("sandbox")?.kind === "directory";
  return { files, unfinished, hasSandbox };
}

function wantedKind(
  name: string,
  unfinished: boolean,
): ArtifactEntry["kind"] | undefined {
  const artifact = ARTIFACTS.some((each) =>
    each === name || unfinished && `${each}.part` === name
  );
  return artifact ? "file" : BESIDE.get(name);
}
