import { z } from "../../deps.ts";
import { type Escalation, escalationSchema } from "../conditions/escalation.ts";
import {
  type DenyClause,
  denyClauses,
  type RequireClause,
  requireClauses,
  type ToolTraits,
  toolTraits,
} from "../document/clauses.ts";

/** What a profile says of the server that it is about. */
export interface AboutServer {
  /** Its package of npm. */
  readonly package: string;
  /** The version of the package whose tools are described. */
  readonly version: string;
  /** How that version is started. */
  readonly start: string;
  /** The environment variables that it needs, aside from `PATH`. */
  readonly env?: readonly string[] | undefined;
  /** Tools that are left undescribed on purpose, so that they are denied, each with the reason. */
  readonly undescribed?: Readonly<Record<string, string>> | undefined;
  /** Arguments, by tool, that look like a path or an address of this machine and are none. */
  readonly elsewhere?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A profile's file: a server, and sections of a policy for its tools. */
export interface ProfileDocument {
  readonly about: AboutServer;
  readonly tools: readonly ToolTraits[];
  readonly deny?: readonly DenyClause[] | undefined;
  readonly require?: readonly RequireClause[] | undefined;
  readonly escalate?: readonly Escalation[] | undefined;
}

/** The sections of a policy that a profile may have, in the order of a policy. */
export const PROFILE_SECTIONS = [
  "tools",
  "deny",
  "require",
  "escalate",
] as const;

export type ProfileSection = typeof PROFILE_SECTIONS[number];

const text = z.string().check(z.minLength(1));

/** The schema of a profile's file. */
export const profileDocument: z.ZodMiniType<ProfileDocument> = z.strictObject({
  about: z.strictObject({
    package: text,
    version: text,
    start: text,
    env: z.optional(z.array(text)),
    undescribed: z.optional(z.record(text, text)),
    elsewhere: z.optional(z.record(text, z.array(text))),
  }),
  tools: toolTraits,
  deny: z.optional(denyClauses),
  require: z.optional(requireClauses),
  escalate: z.optional(z.array(escalationSchema)),
});
