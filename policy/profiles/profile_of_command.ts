import { type Profile, PROFILE_NAMES, profileFor } from "./profile.ts";

/** A profile, and which version of its package is started. */
export interface FoundProfile {
  readonly profile: Profile;
  /** `undefined` when the command says none. */
  readonly started: string | undefined;
}

/** The profile of the package that a command starts: `@scope/name@1.2.3`, or its folder. */
export function profileOfCommand(
  command: readonly string[],
  server: string,
): FoundProfile | undefined {
  for (const name of PROFILE_NAMES) {
    const profile = profileFor(name, server);
    const { about } = profile.document;
    for (const word of command) {
      if (word === about.package) return { profile, started: undefined };
      if (word.startsWith(`${about.package}@`)) {
        const started = word.slice(about.package.length + 1);
        return { profile, started };
      }
      if (word.includes(`/node_modules/${about.package}/`)) {
        return { profile, started: undefined };
      }
    }
  }
}
