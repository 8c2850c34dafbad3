import dbhub from "./dbhub.yaml" with { type: "text" };
import desktop_commander from "./desktop_commander.yaml" with { type: "text" };
import everything from "./everything.yaml" with { type: "text" };
import filesystem from "./filesystem.yaml" with { type: "text" };
import github from "./github.yaml" with { type: "text" };
import memory from "./memory.yaml" with { type: "text" };
import playwright from "./playwright.yaml" with { type: "text" };
import postgres from "./postgres.yaml" with { type: "text" };
import sequential_thinking from "./sequential_thinking.yaml" with {
  type: "text",
};
import sqlite from "./sqlite.yaml" with { type: "text" };
import { type Profile, readProfile } from "./profile.ts";

const TEXTS: ReadonlyMap<string, string> = new Map(Object.entries({
  dbhub,
  desktop_commander,
  everything,
  filesystem,
  github,
  memory,
  playwright,
  postgres,
  sequential_thinking,
  sqlite,
}));

/** The names of all profiles. */
export const PROFILE_NAMES: readonly string[] = [...TEXTS.keys()];

/** The profile of this name, if there is one. */
export function profileNamed(name: string): Profile | undefined {
  const text = TEXTS.get(name);
  return text === undefined ? undefined : readProfile(text, `${name}.yaml`);
}
