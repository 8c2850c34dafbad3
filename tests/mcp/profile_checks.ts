/**
 * Profiles against the tools that the real packages list, at the versions that the
 * profiles are about. Installs them into a temporary folder, without their scripts.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../../deps.ts";
import { argumentPaths } from "../../policy/profiles/argument_paths.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { examineServer } from "../../policy/profiles/examined_server.ts";
import { mcpPolicy } from "../../policy/profiles/mcp_policy.ts";
import { PROFILE_NAMES, profileFor } from "../../policy/profiles/profile.ts";
import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { profileFaults, type SomeTool } from "../profile_faults.ts";
import { temporaryFolder } from "../program.ts";
import { savedTools } from "../saved_tools.ts";
import { partOfProfile } from "../../policy/profiles/server_part.ts";
import { listedTools } from "./listed_tools.ts";
import { proxied, textOf } from "./proxied.ts";

const folder = temporaryFolder();
const home = temporaryFolder();
Deno.test.afterAll(() => {
  folder[Symbol.dispose]();
  home[Symbol.dispose]();
});

const PATH = Deno.env.get("PATH") ?? "";
const env = { PATH, HOME: home.path };

/** Native drivers are built from sources that no registry of packages has; these never answer. */
const DRIVERS = {
  sqlite3: `exports.verbose = () => ({ Database: class { on() {} } });`,
  "better-sqlite3": `
    const statement = { all: () => [], get: () => ({}), run: () => ({}), pluck: () => statement };
    module.exports = class { prepare() { return statement; } exec() {} pragma() { return []; } close() {} unsafeMode() {} defaultSafeIntegers() {} };
  `,
};

/** Installs all of them at once, and puts the drivers in the place of those that were not built. */
async function installed(): Promise<void> {
  const packages = PROFILE_NAMES.map((name) => {
    const { about } = profileFor(name).document;
    return `${about.package}@${about.version}`;
  });
  Deno.writeTextFileSync(join(folder.path, "package.json"), "{}");
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "install",
      ...["--ignore-scripts", "--no-audit", "--no-fund"],
      ...packages,
    ],
    cwd: folder.path,
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  for (const [name, code] of Object.entries(DRIVERS)) {
    const place = join(folder.path, "node_modules", name);
    Deno.removeSync(place, { recursive: true });
    Deno.mkdirSync(place);
    Deno.writeTextFileSync(join(place, "index.js"), code);
    Deno.writeTextFileSync(
      join(place, "package.json"),
      JSON.stringify({ name, main: "index.js" }),
    );
  }
}

let installing: Promise<void> | undefined;

/** What is started, from the words with which the profile starts it. */
function command(name: string): readonly string[] {
  const { about } = profileFor(name).document;
  const [npx, yes, what, ...args] = about.start.split(" ");
  assertEquals([npx, yes, what], [
    "npx",
    "-y",
    `${about.package}@${about.version}`,
  ]);
  const file = join(folder.path, "node_modules", about.package, "package.json");
  const { bin, name: full } = JSON.parse(Deno.readTextFileSync(file));
  const script = isObject(bin)
    ? bin[full.replace(/^.*\//, "")] ?? Object.values(bin)[0]
    : bin;
  return [
    "node",
    join(folder.path, "node_modules", about.package, String(script)),
    ...args,
  ];
}

for (const name of PROFILE_NAMES) {
  Deno.test(`the profile ${name} fits the tools that its package lists`, async () => {
    await (installing ??= installed());
    const tools = await listedTools(command(name), { cwd: home.path, env });
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

/** Calls of a real server behind the proxy, under the policy that its profile gives. */
const CALLS: readonly {
  readonly profile: string;
  readonly calls: readonly {
    readonly tool: string;
    readonly args: JsonObject;
    /** What the answer says; of a denial, the rule. */
    readonly says: string;
    readonly isError?: boolean;
  }[];
}[] = [
  {
    profile: "filesystem",
    calls: [
      {
        tool: "write_file",
        args: { path: "a.txt", content: "hello" },
        says: "Successfully wrote",
      },
      { tool: "read_text_file", args: { path: "a.txt" }, says: "hello" },
      {
        tool: "read_multiple_files",
        args: { paths: ["a.txt", "/etc/passwd"] },
        says: "Denied by sandbox_path",
        isError: true,
      },
      {
        tool: "move_file",
        args: { source: "a.txt", destination: "../b.txt" },
        says: "Denied by sandbox_path",
        isError: true,
      },
      { tool: "list_directory", args: { path: "." }, says: "[FILE] a.txt" },
    ],
  },
  {
    profile: "everything",
    calls: [
      { tool: "echo", args: { message: "hello" }, says: "Echo: hello" },
      { tool: "get-sum", args: { a: 1, b: 2 }, says: "is 3" },
      {
        tool: "gzip-file-as-resource",
        args: {},
        says: "Denied by argument_rule",
        isError: true,
      },
      {
        tool: "gzip-file-as-resource",
        args: { data: "https://docs.example.com/a" },
        says: "Denied by url_allowlist",
        isError: true,
      },
    ],
  },
  {
    profile: "memory",
    calls: [
      {
        tool: "create_entities",
        args: {
          entities: [{ name: "Anna", entityType: "person", observations: [] }],
        },
        says: "Anna",
      },
      { tool: "search_nodes", args: { query: "Anna" }, says: "Anna" },
    ],
  },
  {
    profile: "sequential-thinking",
    calls: [{
      tool: "sequentialthinking",
      args: {
        thought: "x",
        nextThoughtNeeded: false,
        thoughtNumber: 1,
        totalThoughts: 1,
      },
      says: "thoughtHistoryLength",
    }],
  },
  {
    profile: "desktop-commander",
    calls: [
      {
        tool: "write_file",
        args: { path: "a.txt", content: "hello" },
        says: "Successfully wrote",
      },
      { tool: "read_file", args: { path: "a.txt" }, says: "hello" },
      {
        tool: "read_file",
        args: { path: "a.txt", isUrl: true },
        says: "Denied by argument_rule",
        isError: true,
      },
      {
        tool: "read_multiple_files",
        args: { paths: ["a.txt", "../a.txt"] },
        says: "Denied by sandbox_path",
        isError: true,
      },
      {
        tool: "write_pdf",
        args: {
          path: "a.pdf",
          outputPath: "b.pdf",
          content: [
            { type: "insert", pageIndex: 0, sourcePdfPath: "/etc/passwd" },
          ],
        },
        says: "Denied by sandbox_path",
        isError: true,
      },
      {
        tool: "start_process",
        args: { command: "ls", timeout_ms: 1000 },
        says: "a command may do anything",
        isError: true,
      },
      {
        tool: "set_config_value",
        args: { key: "allowedDirectories", value: [] },
        says: "Denied by tool_registry",
        isError: true,
      },
    ],
  },
  {
    profile: "playwright",
    calls: [
      {
        tool: "browser_navigate",
        args: { url: "https://docs.example.com/" },
        says: "Denied by url_allowlist",
        isError: true,
      },
      {
        tool: "browser_take_screenshot",
        args: { filename: "../a.png" },
        says: "Denied by sandbox_path",
        isError: true,
      },
      {
        tool: "browser_run_code_unsafe",
        args: { code: "1" },
        says: "Denied by tool_registry",
        isError: true,
      },
    ],
  },
  {
    profile: "postgres",
    calls: [{
      tool: "query",
      args: { sql: "COMMIT; DROP TABLE a" },
      says: "Denied by argument_rule",
      isError: true,
    }],
  },
];

for (const { profile, calls } of CALLS) {
  Deno.test(`the policy of the profile ${profile} governs its server`, async () => {
    await (installing ??= installed());
    const text = mcpPolicy([partOfProfile(profileFor(profile))]);
    const { mode: _, ...enforced } = loadPolicy(text, profile).document;
    await using client = proxied({
      policy: JSON.parse(JSON.stringify(enforced)),
      server: command(profile),
      options: ["--name", profile],
      env: { HOME: home.path },
    });
    await client.initialize();
    for (const { tool, args, says, isError } of calls) {
      const answer = await client.call(tool, args);
      assertStringIncludes(textOf(answer), says, tool);
      assertEquals(answer.result.isError === true, isError === true, tool);
    }
    await client.close();
    assertEquals(client.runs().length, 1);
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
