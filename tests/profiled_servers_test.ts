import { assert, assertEquals } from "@std/assert";
import { join } from "../deps.ts";
import { PROFILE_NAMES, profileFor } from "../policy/profiles/profile.ts";
import { lacks } from "./permissions.ts";
import { profileFaults, type SomeTool } from "./profile_faults.ts";
import { PROJECT } from "./program.ts";
import { savedTools } from "./saved_tools.ts";

const README = "tests/tool_servers/README.md";

for (const name of PROFILE_NAMES) {
  Deno.test({
    name: `the profile ${name} fits the saved tools of its server`,
    ignore: lacks("read"),
    fn() {
      const profile = profileFor(name);
      assertEquals(profileFaults(profile, savedTools(name)), []);
      const { about } = profile.document;
      const row = new RegExp(
        `\`${about.package}\`\\s*\\|\\s*${about.version}\\s*\\|`,
      );
      assert(row.test(Deno.readTextFileSync(join(PROJECT, README))));
    },
  });
}

const READS = { type: "object", properties: { path: { type: "string" } } };

Deno.test("profileFaults() finds what a profile does not know, and what a server has not", () => {
  const profile = profileFor("filesystem");
  const tools: readonly SomeTool[] = [
    { name: "read_file", input_schema: { type: "object", properties: {} } },
    { name: "write_file", input_schema: READS },
    {
      name: "edit_file",
      input_schema: {
        properties: {
          ...READS.properties,
          copies: { type: "array", items: READS },
        },
      },
    },
    { name: "format_disk", input_schema: READS },
  ];
  const faults = profileFaults(profile, tools);
  for (
    const fault of [
      "format_disk is not described",
      'read_file has no argument "path"',
      'edit_file: no effect names "$.copies[*].path"',
      "there is no move_file",
    ]
  ) assert(faults.includes(fault), `${fault}: ${faults.join("; ")}`);
  assertEquals(faults.filter((each) => each.startsWith("write_file")), []);
});
