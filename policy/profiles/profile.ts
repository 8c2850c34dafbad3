import { z } from "../../deps.ts";
import { toolTraits } from "../document/clauses.ts";
import { readYaml } from "../document/read_yaml.ts";
import type { ToolTraits } from "../tool_traits.ts";

/** What is known of a well-known server of the Model Context Protocol, from looking at it. */
export interface Profile {
  /** Its package in the registry of npm. */
  readonly package: string;
  /** The version of the package that was looked at. */
  readonly tested: string;
  /** Counts the changes of this profile. */
  readonly edition: number;
  /** Variables that the server needs. */
  readonly env: readonly string[];
  /** Those of them that are secret. */
  readonly secrets: readonly string[];
  /** Names of tools that change nothing, and are allowed to begin with. */
  readonly reads: readonly string[];
  /** What its tools touch, by their names at the server. */
  readonly tools: readonly ToolTraits[];
}

const names = z.array(z.string().check(z.minLength(1)));

const profile = z.strictObject({
  package: z.string(),
  tested: z.string(),
  edition: z.int(),
  env: names,
  secrets: z._default(names, []),
  reads: names,
  tools: toolTraits,
});

/**
 * Reads a profile.
 *
 * @throws {InputError} when the text is not one
 */
export function readProfile(text: string, source: string): Profile {
  return readYaml(text, source, profile);
}

/** What a policy says of the tools of a server with a profile, under the names of the record. */
export function profileTraits(
  { tools }: Pick<Profile, "tools">,
  server: string,
): readonly ToolTraits[] {
  return tools.map((traits) => ({
    ...traits,
    match: traits.match.map((name) => `${server}.${name}`),
  }));
}
