import { didYouMean } from "../../tools/data/nearest.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { readYaml } from "../document/read_yaml.ts";
import {
  PROFILE_SECTIONS,
  type ProfileDocument,
  profileDocument,
  type ProfileSection,
} from "./profile_document.ts";
import { PROFILE_TEXTS } from "./profile_texts.ts";
import { refusalOfServerName } from "../server_name.ts";

/** What is known of the tools of a server, under the name that it has in a policy. */
export interface Profile {
  /** By which it is asked for: `filesystem`. */
  readonly name: string;
  /** What the server is called: its tools are `server.tool`. */
  readonly server: string;
  /** What the profile says, with the names of this server. */
  readonly document: ProfileDocument;
  /** The entries of its sections as they are written, comments and all, each line indented by two. */
  readonly sections: ReadonlyMap<ProfileSection, readonly string[]>;
}

/** The names of all profiles. */
export const PROFILE_NAMES: readonly string[] = [...PROFILE_TEXTS.keys()];

/**
 * Finds what is known of the tools of a server.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { document } = profileFor("sequential-thinking", "thoughts");
 * assertEquals(document.tools, [
 *   { match: ["thoughts.sequentialthinking"], effects: "none" },
 * ]);
 * ```
 *
 * @throws {RangeError} when there is no such profile, or no server can have the name
 */
export function profileFor(name: string, server: string = name): Profile {
  const text = PROFILE_TEXTS.get(name);
  if (text === undefined) {
    throw new RangeError(
      `Cannot find the profile ${quoted(name)}${
        didYouMean(name, PROFILE_NAMES) ||
        `: there are ${PROFILE_NAMES.join(", ")}`
      }`,
    );
  }
  const refusal = refusalOfServerName(server);
  if (refusal !== undefined) throw new RangeError(refusal);
  const named = withServerName(text, server);
  return {
    name,
    server,
    document: readYaml(named, `the profile ${name}`, profileDocument),
    sections: sectionsOf(named),
  };
}

/** The tools that a profile describes, one by one: each name in full. */
export function describedTools({ document }: Profile): readonly string[] {
  const names = document.tools.flatMap(({ match }) => match);
  return [...new Set(names)].filter((name) => !name.endsWith("*"));
}

/** A profile writes `NAME.tool` and `of-NAME`; ids of clauses have small letters only. */
function withServerName(text: string, server: string): string {
  return text
    .replaceAll(/\bNAME\./g, `${server}.`)
    .replaceAll(/-NAME\b/g, `-${server.toLowerCase()}`);
}

function sectionsOf(
  text: string,
): ReadonlyMap<ProfileSection, readonly string[]> {
  const parts = text.split(/^(?=\S)/m).map((part) => {
    const [head = "", ...body] = part.trimEnd().split("\n");
    return [head, entriesOf(body)] as const;
  });
  return new Map(
    PROFILE_SECTIONS.flatMap((section) =>
      parts.filter(([head]) => head === `${section}:`)
        .map(([, entries]) => [section, entries] as const)
    ),
  );
}

/** A comment belongs to the entry after it. */
function entriesOf(lines: readonly string[]): readonly string[] {
  const entries: string[][] = [];
  let comments: string[] = [];
  for (const line of lines) {
    if (line.startsWith("  #")) comments.push(line);
    else if (line.startsWith("  - ")) {
      entries.push([...comments, line]);
      comments = [];
    } else entries.at(-1)?.push(line);
  }
  return entries.map((entry) => entry.join("\n"));
}
