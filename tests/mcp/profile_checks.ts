/**
 * Profiles against the tools that the real packages list, at the versions that the
 * profiles are about. It needs the packages of `tests/mcp/packages`, `clients` and
 * `servers`, so `deno task test:mcp:servers` names this file.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { argumentPaths } from "../../policy/profiles/argument_paths.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { examineServer } from "../../policy/profiles/examined_server.ts";
import { PROFILE_NAMES, profileFor } from "../../policy/profiles/profile.ts";
import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { profileFaults, type SomeTool } from "../profile_faults.ts";
import { temporaryFolder } from "../program.ts";
import { savedTools } from "../saved_tools.ts";
import { listedTools } from "./listed_tools.ts";
import { profiledServer } from "./profiled_server.ts";

const home = temporaryFolder();
Deno.test.afterAll(() => home[Symbol.dispose]());

const PATH = Deno.env.get("PATH") ?? "";
const env = { PATH, HOME: home.path };

for (const name of PROFILE_NAMES) {
  Deno.test(`the profile ${name} fits the tools that its package lists`, async () => {
    const tools = await listedTools(profiledServer(name), {
      ...{ cwd: home.path, env },
    });
    // Of real definitions, none is suspicious.
    const examined = examineServer({
      server: name,
      definitions: tools,
      command: profileFor(name).document.about.start.split(" "),
    });
    assertEquals(
      examined.tools.flatMap(({ name, suspicions }) =>
        suspicions.map(({ kind, excerpt }) => `${name}: ${kind}: ${excerpt}`)
      ),
      [],
    );
    assertEquals(examined.refused, []);
    loadPolicy(examined.policy, name);
    examinedTools += examined.tools.length;
    const given = tools.map(someTool);
    assertEquals(profileFaults(profileFor(name), given), []);
    // Bounds of numbers differ with the libraries that a server was installed with.
    for (const saved of savedTools(name)) {
      const now = given.find((each) => each.name === saved.name);
      assertEquals(now && argumentsOf(now), argumentsOf(saved), saved.name);
    }
  });
}

let examinedTools = 0;

Deno.test("all tools of the ten servers were examined", () => {
  assertEquals(examinedTools, 128);
});

function argumentsOf({ input_schema }: SomeTool): readonly string[] {
  return argumentPaths(input_schema).map(({ path }) => path);
}

function someTool({ name, inputSchema }: JsonObject): SomeTool {
  assert(typeof name === "string" && isObject(inputSchema));
  const input_schema = JSON.parse(JSON.stringify(inputSchema));
  return { name: String(name), input_schema };
}
