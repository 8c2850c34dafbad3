import { assert, assertEquals, assertThrows } from "@std/assert";
import { loadPolicy } from "../document/load.ts";
import { mcpPolicy } from "./mcp_policy.ts";
import {
  describedTools,
  type Profile,
  PROFILE_NAMES,
  profileFor,
} from "./profile.ts";
import { PROFILE_SECTIONS } from "./profile_document.ts";
import { partOfProfile, withoutTools } from "./server_part.ts";

Deno.test("PROFILE_NAMES are those of the ten servers", () => {
  assertEquals(PROFILE_NAMES, [
    "dbhub",
    "desktop-commander",
    "everything",
    "filesystem",
    "github",
    "memory",
    "playwright",
    "postgres",
    "sequential-thinking",
    "sqlite",
  ]);
});

for (const name of PROFILE_NAMES) {
  Deno.test(`profileFor() names all tools of ${name} as a server's`, () => {
    const profile = profileFor(name, "Some_1");
    assert(describedTools(profile).length > 0);
    const { document } = profile;
    const named = [
      ...document.tools.flatMap(({ match }) => match),
      ...[document.deny, document.require, document.escalate]
        .flatMap((clauses = []) => clauses.flatMap(({ tools }) => tools)),
    ];
    assertEquals(named.filter((each) => !each.startsWith("Some_1.")), []);
    const texts = [...profile.sections.values()].flat().join("\n");
    assert(!/NAME/.test(texts), texts);
  });

  Deno.test(`the profile ${name} describes what a tool touches once, and pins a version`, () => {
    const profile = profileFor(name);
    const described = profile.document.tools
      .filter(({ match: _, labels: __, ...effects }) =>
        Object.keys(effects).length > 0
      )
      .flatMap(({ match }) => match);
    assertEquals(
      described.toSorted(),
      [...new Set(described)].toSorted(),
    );
    assertEquals(described.toSorted(), describedTools(profile).toSorted());
    const { about } = profile.document;
    assert(
      about.start.includes(`${about.package}@${about.version}`),
      about.start,
    );
  });

  Deno.test(`mcpPolicy() makes a policy in audit mode of the profile ${name}`, () => {
    const { document } = loadPolicy(policyOf([profileFor(name)]), name);
    assertEquals(document.mode, "audit");
    assertEquals(document.loop_budget.max_tokens, undefined);
  });
}

Deno.test("withoutTools() leaves no clause about tools that may not be called", () => {
  for (const name of PROFILE_NAMES) {
    const profile = profileFor(name);
    const part = partOfProfile(profile);
    for (const left of [...part.allowed.map((each) => [each]), part.allowed]) {
      const rest = withoutTools(
        part,
        new Map(left.map((each) => [each, "why"])),
      );
      const { document } = loadPolicy(mcpPolicy([rest]), name);
      const named = [document.deny, document.require, document.escalate]
        .flatMap((clauses = []) => clauses.flatMap(({ tools }) => tools));
      assertEquals(named.filter((each) => left.includes(each)), []);
      const others = [
        profile.document.deny,
        profile.document.require,
        profile.document.escalate,
      ].flatMap((clauses = []) => clauses.flatMap(({ tools }) => tools))
        .filter((each) => !left.includes(each));
      assertEquals(named, others);
    }
  }
});

Deno.test("mcpPolicy() has each entry of each profile, in every order", () => {
  const profiles = [
    ...PROFILE_NAMES.map((name) => profileFor(name)),
    // Twice the same server, under another name.
    profileFor("sqlite", "Archive"),
  ];
  for (const given of [profiles, profiles.toReversed()]) {
    const { document } = loadPolicy(policyOf(given), "all");
    for (const section of PROFILE_SECTIONS) {
      assertEquals(
        document[section],
        given.flatMap((profile): readonly unknown[] =>
          profile.document[section] ?? []
        ),
      );
    }
    assertEquals(
      document.tool_registry.allowed,
      given.flatMap(describedTools),
    );
    assertEquals(document.flow?.length, 1);
  }
});

Deno.test("mcpPolicy() says which tools are left out, and why", () => {
  const text = policyOf([profileFor("playwright", "web")]);
  assert(text.includes(
    "# left out: web.browser_run_code_unsafe: it runs any code",
  ));
});

Deno.test("mcpPolicy() watches no flow when some labels are on no tool", () => {
  const text = policyOf([profileFor("filesystem")]);
  assertEquals(loadPolicy(text, "it").document.flow, undefined);
  assert(text.includes("# No tool here is untrusted."));
});

Deno.test("mcpPolicy() gives a variable to the servers that need it, and to no other", () => {
  const servers = (names: readonly string[]) => {
    const { env = {} } = loadPolicy(
      policyOf(names.map((name) => profileFor(name))),
      "it",
    ).document.mcp ?? {};
    return Object.entries(env).map(([name, { servers }]) => [name, servers]);
  };
  const token = "GITHUB_PERSONAL_ACCESS_TOKEN";
  assertEquals(servers(["github"]), [["PATH", undefined], [token, undefined]]);
  assertEquals(servers(["github", "filesystem"]), [
    ["PATH", undefined],
    [token, ["github"]],
  ]);
});

Deno.test("profileFor() says which profiles there are", () => {
  assertThrows(
    () => profileFor("githb"),
    RangeError,
    'Cannot find the profile "githb"; did you mean "github"?',
  );
  assertThrows(
    () => profileFor("x"),
    RangeError,
    'Cannot find the profile "x": there are dbhub, desktop-commander, ',
  );
});

for (const name of ["", "mcp", "a.b", "a b", "a*", "é", "x".repeat(33)]) {
  Deno.test(`profileFor() refuses a server of the name ${JSON.stringify(name)}`, () => {
    assertThrows(() => profileFor("memory", name), RangeError, "Cannot use ");
  });
}

function policyOf(profiles: readonly Profile[]): string {
  return mcpPolicy(profiles.map(partOfProfile));
}
