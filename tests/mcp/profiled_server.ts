import { assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { profileFor } from "../../policy/profiles/profile.ts";
import { isObject } from "../../tools/data/json.ts";
import { PROJECT } from "../program.ts";
import { NODE_22 } from "./conformance.ts";

/**
 * The command that starts the server of a profile, as the profile says but for `npx`:
 * the package is installed, at the profile's version. `args` take the place of those of
 * the profile.
 */
export function profiledServer(
  profile: string,
  args?: readonly string[],
): readonly string[] {
  const { about } = profileFor(profile).document;
  const [npx, yes, what, ...own] = about.start.split(" ");
  assertEquals([npx, yes, what], [
    ...["npx", "-y", `${about.package}@${about.version}`],
  ]);
  const place = ["packages", "servers"]
    .map((folder) =>
      join(PROJECT, "tests/mcp", folder, "node_modules", about.package)
    )
    .find(isFolder);
  if (place === undefined) throw new Error(`${about.package} is not installed`);
  const { bin, name, version } = JSON.parse(
    Deno.readTextFileSync(join(place, "package.json")),
  );
  assertEquals(version, about.version);
  const script = isObject(bin)
    ? bin[name.replace(/^.*\//, "")] ?? Object.values(bin)[0]
    : bin;
  return [NODE_22, join(place, String(script)), ...args ?? own];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
