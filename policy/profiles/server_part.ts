import type { Label } from "../../tools/label.ts";
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
  /** Entries of some sections, as YAML whose lines are indented by two. */
  readonly sections: ReadonlyMap<ProfileSection, string>;
  /** The labels of its tools. */
  readonly labels: ReadonlySet<Label>;
  /** Environment variables that it needs, aside from `PATH`. */
  readonly env: readonly string[];
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
