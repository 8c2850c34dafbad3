import type { Profile } from "../../policy/profiles/profile.ts";
import { PROFILE_NAMES, profileNamed } from "../../policy/profiles/profiles.ts";
import { didYouMean } from "../../tools/data/nearest.ts";
import { UsageError } from "../command/command.ts";

/**
 * The profile that a person names.
 *
 * @throws {UsageError} when there is no such one
 */
export function chosenProfile(name: string): Profile {
  const found = profileNamed(name);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot use --profile "${name}": expected ${PROFILE_NAMES.join(", ")}${
      didYouMean(name, PROFILE_NAMES)
    }`,
  );
}
