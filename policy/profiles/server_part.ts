import type { Label } from "../../tools/label.ts";
import type { PlaceArgument } from "./place_arguments.ts";
import { describedTools, type Profile } from "./profile.ts";
import type { ProfileSection } from "./profile_document.ts";

/** What a policy says of one server. */
export interface ServerPart {
  /** What its tools begin with: `server.tool`. */
  readonly server: string;
  /** What it is, in comments, a line each. */
  readonly about: readonly string[];
  /** Its tools that may be called, by the names of the policy. */
  readonly allowed: readonly string[];
  /** Those that may not, each with the reason. */
  readonly leftOut: ReadonlyMap<string, string>;
  /** SHA-256 of the definitions of its tools, by the names of the policy. */
  readonly pins?: ReadonlyMap<string, string>;
  /** Tools that nobody has described, with what seems to be a path or an address. Default: none. */
  readonly undescribed?: readonly UndescribedTool[];
  /** Entries of some sections, as YAML whose lines are indented by two. */
  readonly sections: ReadonlyMap<ProfileSection, readonly string[]>;
  /** The labels of its tools. */
  readonly labels: ReadonlySet<Label>;
  /** Environment variables that it needs, aside from `PATH`. */
  readonly env: readonly string[];
}

/** A tool that is proposed to be described. */
export interface UndescribedTool {
  /** In the policy. */
  readonly name: string;
  /** Arguments that seem to hold a path or an address. */
  readonly unnamed: readonly PlaceArgument[];
}

/** What a profile says of a server, as a part of a policy. */
export function partOfProfile(profile: Profile): ServerPart {
  const { server, document: { about, tools }, sections } = profile;
  return {
    server,
    about: [
      `${server}: ${about.package} ${about.version}, started as`,
      `  ${about.start}`,
    ],
    allowed: describedTools(profile),
    leftOut: new Map(
      Object.entries(about.undescribed ?? {})
        .map(([tool, why]) => [`${server}.${tool}`, why]),
    ),
    sections,
    labels: new Set(tools.flatMap(({ labels = [] }) => labels)),
    env: about.env ?? [],
  };
}

/** The part without some tools: no clause is about one that may not be called. */
export function withoutTools(
  part: ServerPart,
  leftOut: ReadonlyMap<string, string>,
): ServerPart {
  const sections = [...part.sections].map(([section, entries]) =>
    [
      section,
      section === "tools"
        ? entries
        : entries.flatMap((entry) => withTools(entry, leftOut)),
    ] as const
  );
  return {
    ...part,
    allowed: part.allowed.filter((name) => !leftOut.has(name)),
    leftOut,
    sections: new Map(sections.filter(([, entries]) => entries.length > 0)),
  };
}

/** Clauses of profiles have their tools on one line. */
const TOOLS = /(?<=^\s*(?:- )?tools: \[)[^\]]*(?=\]$)/m;

function withTools(
  entry: string,
  leftOut: ReadonlyMap<string, string>,
): readonly string[] {
  const names = (TOOLS.exec(entry)?.[0] ?? "").split(", ")
    .filter((name) => !leftOut.has(name));
  return names.length === 0 ? [] : [entry.replace(TOOLS, names.join(", "))];
}
