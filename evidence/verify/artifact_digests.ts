import type { ArtifactEntry } from "../artifact_source.ts";
import type { ArtifactName } from "../artifacts.ts";
import type { ArtifactDigest } from "../recording/manifest.ts";
import type { FindingList } from "./finding_list.ts";
import { statedDigests } from "./stored_manifest.ts";

/** SHA-256 and size of each artifact that was read to its end. */
export type ArtifactDigests = Readonly<
  Partial<Record<ArtifactName, ArtifactDigest>>
>;

/** A file larger than this is not read for its digest when its size is already wrong. */
const MAX_UNSTATED_BYTES = 2 ** 26;

/** Tells whether a file is worth reading to its end, by the size that the manifest states. */
export function readToTheEnd(
  { entries, manifest }: {
    readonly entries: readonly ArtifactEntry[];
    readonly manifest: string;
  },
): (name: ArtifactName) => boolean {
  const sizes = new Map(entries.map(({ name, bytes }) => [name, bytes]));
  const stated = statedDigests(manifest);
  return (name) => {
    const size = sizes.get(name) ?? 0;
    return size <= MAX_UNSTATED_BYTES || size === stated?.get(name)?.bytes;
  };
}

/** Leaves out missing files and those not read to their end. */
export function digestsOf(
  digests: Readonly<Record<ArtifactName, ArtifactDigest | false | undefined>>,
  present: ReadonlySet<string>,
): ArtifactDigests {
  return Object.fromEntries(
    Object.entries(digests).flatMap(([name, digest]) =>
      digest && present.has(name) ? [[name, digest]] : []
    ),
  );
}

/** Where the ledger cannot tell the other artifacts, the manifest still can. */
export function checkDigests(
  artifacts: readonly ArtifactName[],
  { manifest, digests, findings }: {
    readonly manifest: string;
    readonly digests: ArtifactDigests;
    readonly findings: FindingList;
  },
): void {
  const stated = statedDigests(manifest);
  if (stated === undefined) {
    findings.add("not_a_manifest", {
      artifact: "manifest.json",
      message: "the hashes of the artifacts cannot be read from it",
    });
    return;
  }
  for (const artifact of artifacts) {
    const [found, want] = [digests[artifact], stated.get(artifact)];
    if (found !== undefined && found.sha256 === want?.sha256) continue;
    const message = found === undefined
      ? "the file does not have the size that the manifest states"
      : `the file has the SHA-256 ${found.sha256}; the manifest states ${
        want?.sha256 ?? "none"
      }`;
    findings.add("wrong_digest", { artifact, message });
  }
}
