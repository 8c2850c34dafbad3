import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { PROFILE_NAMES } from "../../policy/profiles/profiles.ts";
import { lacks } from "../permissions.ts";
import { program, PROJECT, temporaryFolder, warmProgram } from "../program.ts";

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: lacks("read", "write", "run", "env"), fn });
}

async function listed(...args: readonly string[]) {
  using folder = temporaryFolder();
  return await program([
    ...["mcp", "list", "--sandbox", folder.path, "--name", "hostile", ...args],
    ...["--", Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock"],
    ...["--allow-write=.", join(PROJECT, "tests/mcp/hostile_server.ts")],
    "hidden",
  ], {
    cwd: PROJECT,
    permissions: [
      ...["--allow-read", "--allow-env=PATH"],
      `--allow-run=${Deno.execPath()},sh`,
    ],
  });
}

test("mcp list prints a policy that loads, with pins, and allows nothing without a profile", async () => {
  const { code, stdout, stderr } = await listed();
  assertEquals(code, 0, stderr);
  const { tool_registry: { allowed, pins = {} }, mcp } =
    loadPolicy(stdout, "the output").document;
  assertEquals(allowed, []);
  assert(Object.hasOwn(pins, "hostile.sleep"));
  assertEquals(mcp?.env, { PATH: { from: "PATH", secret: false } });
});

test("mcp list says what is suspicious, and leaves a hidden instruction out of no line", async () => {
  const { stdout, stderr } = await listed();
  assertStringIncludes(stderr, "sly: it has characters that cannot be seen");
  assertStringIncludes(
    stderr,
    "sly: its description names a file that holds secrets",
  );
  assertStringIncludes(stdout, "# ! its description names a file");
  assertStringIncludes(stderr, "odd: it cannot be used:");
  assertStringIncludes(stderr, "echo: another tool has the same name");
});

test("mcp list --json gives each tool its hash and what is odd about it", async () => {
  const { stdout } = await listed("--json");
  const tools: { name: string; definition_sha256: string | null }[] = JSON
    .parse(
      stdout,
    );
  assert(tools.some(({ name }) => name === "sly"));
  assertEquals(
    tools.filter(({ definition_sha256 }) => definition_sha256 === null)
      .map(({ name }) => name),
    ["odd"],
  );
});

test("mcp list allows what a profile says only reads", async () => {
  const { stdout } = await listed("--profile", "everything");
  const { document } = loadPolicy(stdout, "the output");
  // `echo` is there twice, so neither of the two can be called.
  assertEquals(document.tool_registry.allowed, []);
  assertEquals(document.tools?.[0]?.match[0], "hostile.echo");
});

test("mcp list says that a server ended before it answered", async () => {
  const { code, stderr } = await program(
    ["mcp", "list", "--", Deno.execPath(), "eval", "Deno.exit(9)"],
    {
      cwd: PROJECT,
      permissions: [
        "--allow-read",
        "--allow-env=PATH",
        `--allow-run=${Deno.execPath()},sh`,
      ],
    },
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "exit code 9");
});

test("policy init --for mcp prints a policy for each profile, and one for several", async () => {
  for (const profile of [...PROFILE_NAMES, PROFILE_NAMES.join()]) {
    const { code, stdout } = await warmProgram(
      ["policy", "init", "--for", "mcp", "--profile", profile],
      { cwd: PROJECT },
    );
    assertEquals(code, 0);
    const { document } = loadPolicy(stdout, profile);
    assertEquals(document.mode, "audit");
    for (const name of profile.split(",")) {
      assert(
        document.tool_registry.allowed.some((each) =>
          each.startsWith(`${name}.`)
        ),
        name,
      );
    }
  }
});

test("policy init --for mcp gives a secret to the server that needs it", async () => {
  const { stdout } = await warmProgram(
    ["policy", "init", "--for", "mcp", "--profile", "filesystem,github"],
    { cwd: PROJECT },
  );
  const { mcp } = loadPolicy(stdout, "the output").document;
  assertEquals(mcp?.env?.GITHUB_PERSONAL_ACCESS_TOKEN, {
    from: "GITHUB_PERSONAL_ACCESS_TOKEN",
    servers: ["github"],
  });
});

for (
  const { args, said } of [
    { args: ["--for", "mcp"], said: "--profile is missing" },
    { args: ["--profile", "github"], said: "--for mcp" },
    { args: ["--for", "x", "--profile", "github"], said: "expected mcp" },
    {
      args: ["--for", "mcp", "--profile", "githup"],
      said: 'did you mean "github"',
    },
    { args: ["--for", "mcp", "--profile", "github,github"], said: "twice" },
  ]
) {
  test(`policy init ${args.join(" ")} is refused`, async () => {
    const { code, stderr } = await warmProgram(["policy", "init", ...args], {
      cwd: PROJECT,
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, said);
  });
}
