import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../../deps.ts";
import { loadPolicy } from "../../policy/document/load.ts";
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

test("mcp list says what is suspicious, and where", async () => {
  const { stdout, stderr } = await listed();
  assertStringIncludes(stderr, "hostile.sly: hidden characters in description");
  assertStringIncludes(stderr, "hostile.sly: collects in description");
  assertStringIncludes(stdout, "# left out: hostile.sly: ");
  assertMatch(stderr, /entry \d+ cannot be used: .*odd/);
  assertStringIncludes(stderr, '"echo" is the name of 2 tools');
});

test("mcp list --json gives each tool its hash and what is suspicious in it", async () => {
  const { stdout } = await listed("--json");
  const { tools, refused } = JSON.parse(stdout);
  const sly = tools.find(({ name }: { name: string }) =>
    name === "hostile.sly"
  );
  assertMatch(sly.sha256, /^[0-9a-f]{64}$/);
  assertEquals(
    sly.suspicions.map(({ kind }: { kind: string }) => kind).toSorted(),
    ["collects", "hidden_characters"],
  );
  assert(refused.length >= 3, stdout);
});

test("mcp list allows what a profile says only reads", async () => {
  const { stdout } = await listed("--profile", "everything");
  const { document } = loadPolicy(stdout, "the output");
  // `echo` is there twice, so neither of the two can be called.
  assertEquals(document.tool_registry.allowed, []);
  assertStringIncludes(stdout, "hostile.echo");
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

test("policy init --for mcp gives a variable to the server that needs it, and to no other", async () => {
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
