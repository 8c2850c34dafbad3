import { canonicalJson } from "../../tools/data/canonical_json.ts";
import { sha256Text } from "../../tools/data/sha256.ts";
import { oneLine } from "../../tools/data/untrusted_text.ts";
import { type Label, LABELS } from "../../tools/label.ts";
import { isNamed } from "../tool_pattern.ts";
import { isSameArgument } from "./argument_paths.ts";
import type { Definition } from "./definition_faults.ts";
import {
  definitionSuspicions,
  type Suspicion,
} from "./definition_suspicions.ts";
import { type PlaceArgument, placeArguments } from "./place_arguments.ts";
import { describedTools, type Profile } from "./profile.ts";

/** What there is to say of one tool. */
export interface ExaminedTool {
  /** In policy and record: `github.create_issue`. */
  readonly name: string;
  /** SHA-256 of its whole definition in the form of RFC 8785, 64 hex digits: what a policy pins. */
  readonly sha256: string;
  /** What a profile says of it; `undefined` when none knows it. */
  readonly known: KnownTool | undefined;
  /** What a person should look at in its definition. */
  readonly suspicions: readonly Suspicion[];
  /** Arguments that seem to hold a path or an address, which nothing says of them. */
  readonly unnamed: readonly PlaceArgument[];
  /** Why the policy does not allow it; `undefined` when it does. */
  readonly leftOut: string | undefined;
}

/** What a profile says of a tool. */
export interface KnownTool {
  readonly fetches: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly labels: readonly Label[];
}

/** Finds out what there is to say of a tool; `others` are names of tools of other servers. */
export function examinedTool(
  definition: Definition,
  { server, profile, others }: {
    readonly server: string;
    readonly profile: Profile | undefined;
    readonly others: readonly string[];
  },
): ExaminedTool {
  const name = `${server}.${definition.name}`;
  const known = profile && knownTool(profile, name);
  const { undescribed = {}, elsewhere = {} } = profile?.document.about ?? {};
  const apart = Object.hasOwn(elsewhere, definition.name)
    ? elsewhere[definition.name] ?? []
    : [];
  const places = known === undefined
    ? apart
    : [...known.fetches, ...known.reads, ...known.writes, ...apart];
  const unnamed = placeArguments(definition.inputSchema).filter(({ path }) =>
    !places.some((each) => isSameArgument(each, path))
  );
  const suspicions = definitionSuspicions(definition, { others });
  const leftOut = Object.hasOwn(undescribed, definition.name)
    ? undescribed[definition.name]
    : known === undefined
    ? "nothing is known of what it touches"
    : unnamed.length > 0
    ? `the profile does not know ${
      unnamed.map(({ path }) => oneLine(path)).join(", ")
    }`
    : suspicions.length > 0
    ? "its definition is suspicious"
    : undefined;
  const sha256 = sha256Text(canonicalJson(definition));
  return { name, sha256, known, suspicions, unnamed, leftOut };
}

function knownTool(profile: Profile, name: string): KnownTool | undefined {
  if (!describedTools(profile).includes(name)) return undefined;
  const said = profile.document.tools.filter(({ match }) =>
    isNamed(name, match)
  );
  const all = (effect: "fetches" | "reads" | "writes") =>
    said.flatMap((each) => each[effect] ?? []);
  return {
    fetches: all("fetches"),
    reads: all("reads"),
    writes: all("writes"),
    labels: LABELS.filter((label) =>
      said.some(({ labels = [] }) => labels.includes(label))
    ),
  };
}
