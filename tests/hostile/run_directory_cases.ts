import type { HostileCase } from "./cases.ts";
import { HOSTILE_PLACES } from "./places.ts";
import {
  isRunCommand,
  RUN_COMMANDS,
  type RunCommand,
} from "./run_directory_case.ts";

const ALL: readonly string[] = [
  "state.jsonl",
  "trace.json",
  "run_report.md",
  "manifest.json",
  "attestation.json",
  "approvals.jsonl",
  "incidents.jsonl",
  "sandbox",
  "trace.json.part",
];

/** What each command reads, writes or removes in a run directory. */
const TOUCHED: Readonly<Record<RunCommand, readonly string[]>> = {
  "verify": ALL,
  "verify --key": ALL,
  "verify FOLDER": ALL,
  "resume": ALL,
  "replay": ["state.jsonl"],
  "replay --policy": ["state.jsonl"],
  "diff": ["state.jsonl"],
  "diff OTHER": ["state.jsonl"],
  "inspect": ["state.jsonl", "incidents.jsonl"],
  "approvals list": ["state.jsonl", "approvals.jsonl"],
  "approvals approve": ["state.jsonl", "approvals.jsonl"],
  "approvals reject": ["state.jsonl", "approvals.jsonl"],
  "sign": [
    "state.jsonl",
    "trace.json",
    "run_report.md",
    "manifest.json",
    "attestation.json",
  ],
  "trace check": ["trace.json"],
};

/** What a command ends with when nothing is wrong, where that is not 0. */
const WAITS: readonly RunCommand[] = ["resume", "approvals list"];

interface BenignPlace {
  readonly command: RunCommand;
  readonly file: string;
  readonly place: string;
  readonly why: string;
}

/** What looks like an attack; a command ends with it as it would without. */
const BENIGN: readonly BenignPlace[] = [
  ...["trace.json", "run_report.md", "trace.json.part"].map((file) => ({
    command: "resume" as const,
    file,
    place: "left-over file of a gigabyte",
    why: "what was made before the end was recorded is made again",
  })),
  {
    command: "resume",
    file: "state.jsonl",
    place: "torn line of a megabyte",
    why: "a long line that was torn off is set aside",
  },
  {
    command: "resume",
    file: "sandbox/extra",
    place: "link to where it stands",
    why: "what an agent may have left in its sandbox is its own",
  },
  ...(["verify", "inspect", "resume"] as const).map((command) => ({
    command,
    file: "incidents.jsonl",
    place: "many incidents",
    why: "a run may have been resumed often",
  })),
];

function hostileCases(): readonly HostileCase[] {
  return commands().flatMap((command) =>
    TOUCHED[command].flatMap((file) =>
      HOSTILE_PLACES
        .filter(({ what: place }) => !isBenign({ command, file, place }))
        .map(({ what: place }) => ({
          id: `${command}, ${file}, ${place}`,
          family: "run_directory",
          input: { command, file, place },
          context: {},
          expected: "error" as const,
          rule_id: "run_directory",
          why: `${command} with a ${place} as ${file}`,
        }))
    )
  );
}

/** Whether a gigabyte is as good as nothing there. */
function isBenign({ command, file, place }: Omit<BenignPlace, "why">): boolean {
  return BENIGN.some((each) =>
    each.command === command && each.file === file &&
    each.place === `left-over ${place}`
  );
}

function benignCases(): readonly HostileCase[] {
  const untouched = commands().map((command) => ({
    command,
    file: "state.jsonl",
    place: null,
    why: `${command} of a run as it was left`,
  }));
  return [...untouched, ...BENIGN].map(({ why, ...input }) => ({
    id: `ok-${input.command}, ${input.file}, ${input.place}`,
    family: "run_directory",
    input,
    context: { code: WAITS.includes(input.command) ? 3 : 0 },
    expected: "allow",
    rule_id: "run_directory",
    why,
  }));
}

function commands(): readonly RunCommand[] {
  return Object.keys(RUN_COMMANDS).filter(isRunCommand);
}

/** Every file of a run directory as everything that it must not be, for each command that touches it. */
export const RUN_DIRECTORY_CASES: readonly HostileCase[] = [
  ...hostileCases(),
  ...benignCases(),
];
