import dbhub from "./dbhub.yaml" with { type: "text" };
import desktopCommander from "./desktop-commander.yaml" with { type: "text" };
import everything from "./everything.yaml" with { type: "text" };
import filesystem from "./filesystem.yaml" with { type: "text" };
import github from "./github.yaml" with { type: "text" };
import memory from "./memory.yaml" with { type: "text" };
import playwright from "./playwright.yaml" with { type: "text" };
import postgres from "./postgres.yaml" with { type: "text" };
import sequentialThinking from "./sequential-thinking.yaml" with {
  type: "text",
};
import sqlite from "./sqlite.yaml" with { type: "text" };

/** The profiles of this folder, by name, as they are written. */
export const PROFILE_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    dbhub,
    "desktop-commander": desktopCommander,
    everything,
    filesystem,
    github,
    memory,
    playwright,
    postgres,
    "sequential-thinking": sequentialThinking,
    sqlite,
  }),
);
