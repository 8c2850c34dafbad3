import type { ArtifactEntry } from "./artifact_source.ts";
import type { ArtifactName } from "./artifacts.ts";
import type { FindingList } from "./finding_list.ts";
import { quoted } from "./quoted.ts";

/** Every finished run has these, as files. */
const ARTIFACTS: readonly ArtifactName[] = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
];

/** What may stand beside them, and as what. */
const BESIDE: ReadonlyMap<string, ArtifactEntry["kind"]> = new Map([
  ["sandbox", "directory"],
  ["incidents.jsonl", "file"],
  ["approvals.jsonl", "file"],
  ["attestation.json", "file"],
]);

/**
 * Looks at what stands in a run directory. Returns the names of the files that
 * can be read.
 *
 * Without a manifest the run is not finished; that the other artifacts are not
 * there yet, or only under their provisional names, then goes without saying.
 */
export function checkEntries(
  entries: readonly ArtifactEntry[],
  findings: FindingList,
): ReadonlySet<string> {
  const kinds = new Map(entries.map(({ name, kind }) => [name, kind]));
  const unfinished = !kinds.has("manifest.json");
  for (const name of ARTIFACTS) {
    if (kinds.has(name)) continue;
    if (name === "manifest.json") {
      const message =
        "there is no manifest: the run did not finish, or somebody removed it";
      findings.add("run_unfinished", { artifact: name, message });
    } else if (name === "state.jsonl" || !unfinished) {
      findings.add("file_missing", {
        artifact: name,
        message: "the file is not there",
      });
    }
  }
  const files = new Set<string>();
  for (const [name, kind] of kinds) {
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
    } else if (kind === "file") files.add(name);
  }
  return files;
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
