import { assertEquals } from "@std/assert";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import { toolRegistry } from "../../tools/registry.ts";
import { isNamed } from "../tool_pattern.ts";
import { knownTool } from "../tool_traits.ts";
import { PROFILE_NAMES, profileNamed } from "./profiles.ts";

interface Served {
  readonly name: string;
  readonly input_schema: Parameters<ReturnType<typeof jsonSchemaValidator>>[0];
}

for (const name of PROFILE_NAMES) {
  const file = new URL(
    `../../tests/tool_servers/${name}.json`,
    import.meta.url,
  );

  Deno.test(`the profile ${name} describes each tool of its server, and no other`, async () => {
    const profile = profileNamed(name);
    if (profile === undefined) throw new Error("There is no such profile");
    const served: readonly Served[] = (await import(file.href, {
      with: { type: "json" },
    })).default;
    const validator = jsonSchemaValidator();
    const known = served.map(({ name, input_schema }) =>
      knownTool({
        name,
        description: "",
        effects: {},
        args: validator(input_schema),
        isUndescribed: true,
      }, profile.tools)
    );
    assertEquals(
      known.filter(({ isUndescribed }) => isUndescribed).map(({ name }) =>
        name
      ),
      [],
    );
    const names = served.map(({ name }) => name);
    assertEquals(
      [...profile.tools.flatMap(({ match }) => match), ...profile.reads]
        .filter((each) => !names.some((given) => isNamed(given, [each]))),
      [],
    );
    // The registry refuses an effect whose argument the tool does not have.
    toolRegistry(known);
  });

  Deno.test(`the profile ${name} begins with tools that write and send nothing`, () => {
    const { reads = [], tools = [], env = [], secrets = [] } =
      profileNamed(name) ?? {};
    const sinks = tools.filter(({ labels = [] }) => labels.includes("sink"));
    assertEquals(
      reads.filter((each) => sinks.some(({ match }) => isNamed(each, match))),
      [],
    );
    assertEquals(secrets.filter((each) => !env.includes(each)), []);
  });
}
