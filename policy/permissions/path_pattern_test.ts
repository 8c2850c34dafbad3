import { assertEquals } from "@std/assert";
import { globsAllowed, globsMeant } from "./path_pattern.ts";

const PLACES = {
  root: "/home/anna/shop",
  home: "/home/anna",
  settings: "/home/anna/shop/.claude",
};

for (
  const { pattern, allowed, meant } of [
    { pattern: "src/**", allowed: ["src/**/*"], meant: ["**/src/**"] },
    { pattern: "src/a/**", allowed: ["src/a/**/*"], meant: ["src/a/**"] },
    { pattern: "./src/", allowed: ["src/**/*"], meant: ["**/src/**"] },
    { pattern: "a.ts", allowed: ["a.ts"], meant: ["**/a.ts", "**/a.ts/**"] },
    {
      pattern: "**/a.ts",
      allowed: ["**/a.ts"],
      meant: ["**/a.ts", "**/a.ts/**"],
    },
    {
      pattern: "/x/*.ts",
      allowed: [".claude/x/*.ts"],
      meant: [".claude/x/*.ts", ".claude/x/*.ts/**"],
    },
    { pattern: "**.ts", allowed: ["*.ts"], meant: ["**/*.ts", "**/*.ts/**"] },
    { pattern: "~/shop/a", allowed: ["a"], meant: ["a", "a/**"] },
    { pattern: "~/*/a", allowed: ["a"], meant: ["a", "a/**"] },
    { pattern: "~/**", allowed: ["**/*"], meant: ["**"] },
    { pattern: "~", allowed: [], meant: ["**"] },
    { pattern: "~/other/**", allowed: [], meant: [] },
    { pattern: "//home/anna/shop/a", allowed: ["a"], meant: ["a", "a/**"] },
    { pattern: "//**/a", allowed: ["**/a"], meant: ["**/a", "**/a/**"] },
    {
      pattern: "//**/shop/**/a",
      allowed: ["**/shop/**/a", "**/a"],
      meant: ["**/shop/**/a", "**/a", "**/shop/**/a/**", "**/a/**"],
    },
    { pattern: "//etc/**", allowed: [], meant: [] },
    { pattern: "//**", allowed: ["**/*"], meant: ["**"] },
  ]
) {
  Deno.test(`globsAllowed() and globsMeant() place ${pattern}`, () => {
    assertEquals(globsAllowed(pattern, PLACES), { ok: true, globs: allowed });
    assertEquals(globsMeant(pattern, PLACES), { ok: true, globs: meant });
  });
}

for (
  const { pattern, allowed, meant } of [
    { pattern: "../a", allowed: false, meant: false },
    { pattern: "~bob/a", allowed: false, meant: false },
    { pattern: "!a", allowed: false, meant: false },
    { pattern: "a?", allowed: false, meant: true },
    { pattern: "[ab]", allowed: false, meant: true },
    { pattern: "{a,b}", allowed: false, meant: true },
    { pattern: "\\*", allowed: false, meant: true },
  ]
) {
  Deno.test(`globsAllowed() ${allowed ? "takes" : "refuses"} ${pattern}, globsMeant() ${meant ? "takes" : "refuses"} it`, () => {
    assertEquals(globsAllowed(pattern, PLACES).ok, allowed);
    assertEquals(globsMeant(pattern, PLACES).ok, meant);
  });
}

Deno.test("globsMeant() takes no long time for many stars", () => {
  const found = globsMeant(`//${"**/".repeat(200)}a`, PLACES);
  assertEquals(found.ok && found.globs.at(-1)?.endsWith("a/**"), true);
});

Deno.test("globsMeant() does not know ~ without a home directory", () => {
  const places = { ...PLACES, home: undefined };
  assertEquals(globsMeant("~/a", places).ok, false);
  assertEquals(globsAllowed("~/a", places).ok, false);
  assertEquals(globsMeant("a", places).ok, true);
});
