import { sha256Text, useDigest } from "../tools/data/sha256.ts";
import { nativeDigest } from "./machine/native_digest.ts";
import { join } from "../deps.ts";
import {
  ATTESTATION_NAME,
  attestationFindings,
} from "../evidence/attest/attestation.ts";
import type { AttestationFinding } from "../evidence/attest/attestation_finding.ts";
import type { Finding, FindingCode } from "../evidence/verify/finding.ts";
import type { PublicKey } from "../evidence/attest/signing_key.ts";
import { counted } from "../tools/data/counted.ts";
import type { RunRecord } from "../evidence/run_store.ts";
import type { Verification } from "../evidence/verify/verify.ts";
import type { VerifyOptions } from "../evidence/verify/decisions/verify_run.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import { corpusSnapshot } from "../tasks/corpus.ts";
import { withOverrides } from "../tasks/policy_overrides.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { type CommandLine, parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { corpusReadings } from "./input/corpus_folder.ts";
import { eachRun } from "./command/each_run.ts";
import { readPolicyFile } from "./input/policy_file.ts";
import { readTaskFile } from "./input/task_file.ts";
import { readPublicKey } from "./input/key_files.ts";
import { namedRuns } from "./input/named_runs.ts";
import { type PageRecord, pageRecord } from "./input/page_record.ts";
import { verifiedRun } from "./input/verified_run.ts";

/** `verify`: checks the files of a run against each other, and against values kept elsewhere. */
export const verify: Command = {
  summary: "verify the files of a run, offline",
  help: `Usage: verify RUN_DIR... [--head HASH] [--policy FILE] [--task FILE]
              [--corpus DIR] [--key PUB] [--no-redecide] [--json]
       verify --report FILE.html... [the same options]

Checks every line of the ledger and the chain of their hashes, the order of the
events, that each tool call was allowed, that each decision follows from the
policy, the call and the facts on record, and that trace, report and manifest
follow from the ledger, byte for byte. Nothing is run, and no network is needed.
Prints each finding as FILE:LINE: CODE: WHAT; docs/evidence.md explains the codes.
A folder means all runs below it; links and other skipped entries are named on
standard error.

  --report       the operands are pages that \`report\` wrote: the record is taken out
                 of each and checked here, and the page must be, byte for byte, what
                 this program makes of that record; else it may show something else
  --head HASH    the hash of the last line, kept elsewhere since the run: without
                 it a dropped end or a rewritten ledger is not detected; for one
                 run only
  --key PUB      the public key that must have signed attestation.json
  --policy FILE  the policy that must have judged the run; with --task, with the
                 policy_overrides of the task
  --task FILE    the task that the run must have had, with its script
  --corpus DIR   the documents that the run must have had
  --no-redecide  do not make the decisions again, and say so
  --json         print one JSON object a run

Exit codes: 0 nothing was found, 3 the only finding is that a run waits for
approval and so is not finished, 2 something else was found, 1 a run or a file
cannot be read. For several runs, 1 counts before 2, and 2 before 3. An unreadable
run does not stop the verification of the others.
`,
  async run(args, output) {
    useDigest(nativeDigest);
    const given = parseCommandLine(args, {
      options: ["head", "policy", "task", "corpus", "key"],
      flags: ["json", "no-redecide", "report"],
      operands: [args.includes("--report") ? "FILE..." : "RUN_DIR..."],
    });
    const kept = keptElsewhere(given);
    const runs: readonly Checked[] = given.flag("report")
      ? given.operands.map((path) => pageRecord(path))
      : await namedRuns(given.operands, output);
    if (kept[0].head !== undefined && runs.length > 1) {
      throw new UsageError("--head is the hash of one run: name one");
    }
    const key = await given.option("key", readPublicKey);
    return await verifyEach(runs, {
      kept,
      key,
      output,
      json: given.flag("json"),
    });
  },
};

/** Verifies runs one after the other and prints what was found; returns the exit code of all. */
export async function verifyEach(
  runs: Iterable<Checked> | AsyncIterable<Checked>,
  { kept, key, output, json }: {
    /** Values kept elsewhere, once for each way to read the documents. */
    readonly kept: readonly [VerifyOptions, ...VerifyOptions[]];
    /** The key that must have signed them. */
    readonly key: PublicKey | undefined;
    readonly output: Output;
    readonly json: boolean;
  },
): Promise<number> {
  return await eachRun(runs, {
    output,
    async look(record) {
      const path = record.name;
      const found = await fitting(record, kept);
      const verification = withPage(
        await signed(record, found, key),
        await record.pageFault?.(),
      );
      if (json) {
        const { waitsFor: waits_for, ...rest } = verification;
        output.json({ run: path, ...rest, waits_for });
      } else {
        for (const line of describe(path, key?.keyid, verification)) {
          output.data(terminalLine(line));
        }
      }
      return exitCode(verification);
    },
  });
}

/** The result of verifying a run, and whether it was signed with the key. */
type Outcome = Omit<Verification, "findings"> & {
  readonly findings: readonly (
    | Finding
    | AttestationFindingInRun
    | PageFinding
  )[];
};

/** What is checked: a run where it is kept, or in a page. */
type Checked = Pick<RunRecord, "name" | "source" | "textIfThere"> & {
  readonly pageFault?: PageRecord["pageFault"];
};

/** A page that is not what this program makes of its record. */
interface PageFinding {
  readonly code: "other_page";
  /** The page itself. */
  readonly artifact: "";
  readonly message: string;
  readonly line?: undefined;
  readonly span?: undefined;
}

function withPage(outcome: Outcome, message: string | undefined): Outcome {
  if (message === undefined) return outcome;
  const finding: PageFinding = { code: "other_page", artifact: "", message };
  return { ...outcome, findings: [...outcome.findings, finding] };
}

type AttestationFindingInRun = AttestationFinding & {
  readonly artifact: typeof ATTESTATION_NAME;
  readonly line?: undefined;
  readonly span?: undefined;
};

/** A run that waits is sound as far as it goes. */
function exitCode({ findings, waitsFor }: Outcome): number {
  if (findings.length === 0) return EXIT.ok;
  return waitsFor !== null &&
      findings.every(({ code }) => code === "run_unfinished")
    ? EXIT.waiting
    : EXIT.no;
}

const UNREAD: readonly FindingCode[] = ["not_a_file", "file_too_large"];

/** Adds what is wrong with the attestation, when there is a key to check it with. */
async function signed(
  record: Checked,
  verification: Verification,
  publicKey: PublicKey | undefined,
): Promise<Outcome> {
  if (publicKey === undefined) return verification;
  const { findings, digests } = verification;
  /** A file that is not read already has its finding. */
  const textOf = async (name: "manifest.json" | typeof ATTESTATION_NAME) =>
    findings.some(({ artifact, code }) =>
        artifact === name && UNREAD.includes(code)
      )
      ? undefined
      : await record.textIfThere(name);
  const wrong = await attestationFindings({
    text: await textOf(ATTESTATION_NAME),
    publicKey,
    digests: Object.fromEntries(
      Object.entries(digests).map(([name, { sha256 }]) => [name, sha256]),
    ),
    manifest: await textOf("manifest.json"),
  });
  const located = wrong.map((each): AttestationFindingInRun => ({
    ...each,
    artifact: ATTESTATION_NAME,
  }));
  return { ...verification, findings: [...findings, ...located] };
}

/** Compares a run with the kept values, using the reading of the documents that fits it. */
async function fitting(
  record: Checked,
  [first, ...others]: readonly [VerifyOptions, ...VerifyOptions[]],
): Promise<Verification> {
  const verification = await verifiedRun(record, first);
  const isOther = ({ findings }: Verification) =>
    findings.some(({ code }) => code === "other_corpus");
  if (!isOther(verification)) return verification;
  for (const kept of others) {
    const other = await verifiedRun(record, kept);
    if (!isOther(other)) return other;
  }
  return verification;
}

/** The kept values, once for each way to read the documents. */
function keptElsewhere(
  given: CommandLine,
): readonly [VerifyOptions, ...VerifyOptions[]] {
  const head = given.option("head");
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new UsageError(
      `Cannot use --head "${head}": expected 64 hex digits in lower case`,
    );
  }
  const taskPath = given.option("task");
  const task = given.option("task", readTaskFile);
  const policy = given.option("policy", readPolicyFile);
  const kept = {
    redecide: !given.flag("no-redecide"),
    head,
    policySha256: policy &&
      withOverrides(policy, task?.document.policy_overrides, taskPath ?? "")
        .sha256,
    taskSha256: task && sha256Text(task.text),
    scriptSha256: task && scriptedLlm(task.document.script).sha256,
  };
  const readings = given.option("corpus", corpusReadings);
  if (readings === undefined) return [kept];
  const [first, ...others] = readings.map((documents) => ({
    ...kept,
    corpusSha256: corpusSnapshot(documents).sha256,
  }));
  return first === undefined ? [kept] : [first, ...others];
}

function describe(
  path: string,
  signer: string | undefined,
  { findings, unlisted, events, head, regenerated, redecided }: Outcome,
): readonly string[] {
  const notAgain = redecided ? [] : [
    `${path}: the decisions were not made again; leave --no-redecide out for that`,
  ];
  if (findings.length === 0) {
    const who = signer === undefined ? "" : `, signed by ${signer}`;
    return [
      `${path}: verified ${counted(events, "event")}, head ${head}${who}`,
      ...notAgain,
    ];
  }
  const unfinished = findings.some(({ code }) => code === "run_unfinished");
  return [
    ...findings.map((finding) => lineOf(path, finding)),
    ...unlisted === 0 ? [] : [`${path}: ${unlisted} more of the same`],
    ...regenerated || unfinished ? [] : [
      `${path}: trace, report and manifest cannot be made again from this ledger; the first two were compared with the hashes in the third`,
    ],
    ...notAgain,
  ];
}

function lineOf(
  path: string,
  { code, artifact, line, span, message }: Outcome["findings"][number],
): string {
  const place = line === undefined ? "" : `:${line}`;
  const where = span === undefined ? "" : ` (span ${span})`;
  return `${join(path, artifact)}${place}: ${code}: ${message}${where}`;
}
