import {
  argumentPaths,
  isSameArgument,
} from "../policy/profiles/argument_paths.ts";
import { placeArguments } from "../policy/profiles/place_arguments.ts";
import type { Profile } from "../policy/profiles/profile.ts";
import { isNamed } from "../policy/tool_pattern.ts";
import type { JsonObject } from "../tools/data/json.ts";

/** A tool of a server, as far as a profile is about it. */
export interface SomeTool {
  readonly name: string;
  readonly input_schema: JsonObject;
}

/** Tools that a server has only for some clients, or that came and went between builds. */
const SOMETIMES: Readonly<Record<string, readonly string[]>> = {
  everything: [
    "get-roots-list",
    "trigger-elicitation-request",
    "trigger-sampling-request",
  ],
};

/** What a profile does not know of the tools of a server, and what it knows that the server has not. */
export function profileFaults(
  profile: Profile,
  tools: readonly SomeTool[],
): readonly string[] {
  const { name, server, document } = profile;
  const { undescribed = {}, elsewhere = {} } = document.about;
  const faults: string[] = [];
  for (const tool of tools) {
    const said = document.tools
      .filter(({ match }) => isNamed(`${server}.${tool.name}`, match));
    const named = said.flatMap((
      { fetches = [], reads = [], writes = [] },
    ) => [...fetches, ...reads, ...writes]);
    const known = Object.hasOwn(undescribed, tool.name);
    const isDescribed = named.length > 0 ||
      said.some(({ effects }) => effects !== undefined);
    if (isDescribed === known) {
      faults.push(
        `${tool.name} is ${known ? "described after all" : "not described"}`,
      );
    }
    const apart = elsewhere[tool.name] ?? [];
    const there = argumentPaths(tool.input_schema).map(({ path }) => path);
    for (const each of [...named, ...apart]) {
      if (!there.some((path) => isSameArgument(path, each))) {
        faults.push(`${tool.name} has no argument "${each}"`);
      }
    }
    if (known) continue;
    for (const { path } of placeArguments(tool.input_schema)) {
      if (![...named, ...apart].some((each) => isSameArgument(path, each))) {
        faults.push(`${tool.name}: no effect names "${path}"`);
      }
    }
  }
  const has = new Set(tools.map((tool) => tool.name));
  const named = [
    ...document.tools.flatMap(({ match }) => match)
      .filter((each) => !each.endsWith("*"))
      .map((each) => each.slice(server.length + 1)),
    ...Object.keys(undescribed),
    ...Object.keys(elsewhere),
  ];
  for (const each of new Set(named)) {
    if (has.has(each) || SOMETIMES[name]?.includes(each)) continue;
    faults.push(`there is no ${each}`);
  }
  return faults;
}
