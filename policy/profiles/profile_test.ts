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
import { partOfProfile } from "./server_part.ts";

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
    const texts = [...profile.sections.values()].join("\n");
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

Deno.test("mcpPolicy() gives variables to one server, and proposes them to several", () => {
  const env = (names: readonly string[]) =>
    Object.keys(
      loadPolicy(policyOf(names.map((name) => profileFor(name))), "it")
        .document.mcp?.env ?? {},
    );
  assertEquals(env(["github"]), ["PATH", "GITHUB_PERSONAL_ACCESS_TOKEN"]);
  assertEquals(env(["github", "filesystem"]), ["PATH"]);
  assert(
    policyOf([profileFor("github"), profileFor("memory")]).includes(
      "    # GITHUB_PERSONAL_ACCESS_TOKEN: { from: GITHUB_PERSONAL_ACCESS_TOKEN }",
    ),
  );
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
