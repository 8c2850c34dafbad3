/**
 * What policies made of profiles decide, without audit, on calls that fit the saved
 * definitions of the real servers.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { readToolDefinitions } from "../cli/input/tool_definitions.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { mcpPolicy } from "../policy/profiles/mcp_policy.ts";
import { PROFILE_NAMES, profileFor } from "../policy/profiles/profile.ts";
import { partOfProfile } from "../policy/profiles/server_part.ts";
import { clausesIn } from "../policy/testing/coverage.ts";
import { playCase } from "../policy/testing/play_case.ts";
import type { Expected, TestedCall } from "../policy/testing/test_document.ts";
import type { Json } from "../tools/data/json.ts";
import { lacks } from "./permissions.ts";
import { savedTools } from "./saved_tools.ts";

interface Judged {
  readonly tool: string;
  readonly args: Json;
  readonly expect: Expected["decision"] | Expected;
}

const OUTSIDE = { decision: "deny", rule: "sandbox_path" } as const;

const CALLS: readonly Judged[] = [
  { tool: "filesystem.read_file", args: { path: "a.md" }, expect: "allow" },
  {
    tool: "filesystem.read_file",
    args: { path: "/etc/passwd" },
    expect: OUTSIDE,
  },
  {
    tool: "filesystem.read_multiple_files",
    args: { paths: ["a.md", "../b.md"] },
    expect: OUTSIDE,
  },
  {
    tool: "filesystem.move_file",
    args: { source: "a.md", destination: "../a.md" },
    expect: OUTSIDE,
  },
  {
    tool: "filesystem.move_file",
    args: { source: "../a.md", destination: "a.md" },
    expect: OUTSIDE,
  },
  {
    tool: "filesystem.edit_file",
    args: { path: "/etc/hosts", edits: [] },
    expect: OUTSIDE,
  },
  { tool: "filesystem.list_directory", args: { path: "." }, expect: "allow" },
  { tool: "filesystem.list_allowed_directories", args: {}, expect: "allow" },
  {
    tool: "github.push_files",
    args: {
      owner: "a",
      repo: "b",
      branch: "main",
      message: "m",
      files: [{ path: "src/a.ts", content: "" }],
    },
    expect: "allow",
  },
  {
    tool: "desktop-commander.read_file",
    args: { path: "a.md" },
    expect: "allow",
  },
  {
    tool: "desktop-commander.read_file",
    args: { path: "a.md", isUrl: false },
    expect: "allow",
  },
  {
    tool: "desktop-commander.read_file",
    args: { path: "a.md", isUrl: true },
    expect: {
      decision: "deny",
      rule: "argument_rule",
      clause: "address-as-path-of-desktop-commander",
    },
  },
  {
    tool: "desktop-commander.read_multiple_files",
    args: { paths: ["/etc/passwd"] },
    expect: OUTSIDE,
  },
  {
    tool: "desktop-commander.edit_block",
    args: { file_path: "/etc/hosts", old_string: "a", new_string: "b" },
    expect: OUTSIDE,
  },
  {
    tool: "desktop-commander.write_pdf",
    args: { path: "a.pdf", content: "# A" },
    expect: { decision: "escalate", clause: "pdf-of-desktop-commander" },
  },
  {
    tool: "desktop-commander.write_pdf",
    args: {
      path: "a.pdf",
      outputPath: "b.pdf",
      content: [{ type: "insert", pageIndex: 0, sourcePdfPath: "../c.pdf" }],
    },
    expect: OUTSIDE,
  },
  {
    tool: "desktop-commander.start_process",
    args: { command: "ls", timeout_ms: 1000 },
    expect: { decision: "escalate", clause: "command-for-desktop-commander" },
  },
  {
    tool: "desktop-commander.interact_with_process",
    args: { pid: 7, input: "ls" },
    expect: { decision: "escalate", clause: "command-for-desktop-commander" },
  },
  {
    tool: "desktop-commander.kill_process",
    args: { pid: 7 },
    expect: {
      decision: "escalate",
      clause: "end-of-a-process-by-desktop-commander",
    },
  },
  {
    tool: "desktop-commander.set_config_value",
    args: { key: "allowedDirectories", value: [] },
    expect: { decision: "deny", rule: "tool_registry" },
  },
  {
    tool: "everything.gzip-file-as-resource",
    args: { data: "https://docs.example.com/a" },
    expect: { decision: "deny", rule: "url_allowlist" },
  },
  {
    tool: "everything.gzip-file-as-resource",
    args: {},
    expect: {
      decision: "deny",
      rule: "argument_rule",
      clause: "address-given-to-everything",
    },
  },
  { tool: "everything.echo", args: { message: "a" }, expect: "allow" },
  {
    tool: "playwright.browser_navigate",
    args: { url: "https://docs.example.com/a" },
    expect: { decision: "deny", rule: "url_allowlist" },
  },
  {
    tool: "playwright.browser_tabs",
    args: { action: "new", url: "https://docs.example.com/a" },
    expect: { decision: "deny", rule: "url_allowlist" },
  },
  {
    tool: "playwright.browser_tabs",
    args: { action: "list" },
    expect: "allow",
  },
  {
    tool: "playwright.browser_file_upload",
    args: { paths: ["/etc/passwd"] },
    expect: OUTSIDE,
  },
  {
    tool: "playwright.browser_take_screenshot",
    args: { filename: "../a.png", type: "png" },
    expect: OUTSIDE,
  },
  {
    tool: "playwright.browser_evaluate",
    args: { function: "() => 1" },
    expect: {
      decision: "escalate",
      clause: "code-for-a-page-of-playwright",
    },
  },
  {
    tool: "playwright.browser_run_code_unsafe",
    args: { code: "1" },
    expect: { decision: "deny", rule: "tool_registry" },
  },
  {
    tool: "postgres.query",
    args: { sql: "SELECT 1;" },
    expect: "allow",
  },
  {
    tool: "postgres.query",
    args: { sql: "COMMIT; DROP TABLE a" },
    expect: { decision: "deny", clause: "one-select-for-postgres" },
  },
  {
    tool: "postgres.query",
    args: { sql: "select 1; select 2" },
    expect: { decision: "deny", clause: "one-select-for-postgres" },
  },
  { tool: "sqlite.query", args: { sql: "select 1" }, expect: "allow" },
  {
    tool: "sqlite.query",
    args: { sql: "attach database '/etc/x' as y" },
    expect: { decision: "escalate", clause: "one-select-for-sqlite" },
  },
  {
    tool: "dbhub.execute_sql",
    args: { sql: "delete from a" },
    expect: { decision: "escalate", clause: "one-select-for-dbhub" },
  },
];

const profiles = PROFILE_NAMES.map((name) => profileFor(name));

function policy() {
  const text = mcpPolicy(profiles.map(partOfProfile));
  return loadPolicy(text.replace("\nmode: audit\n", "\n"), "profiles");
}

function tools() {
  return new Map(
    PROFILE_NAMES.flatMap((name) => {
      const named = savedTools(name)
        .map((tool) => ({ ...tool, name: `${name}.${tool.name}` }));
      const { tools, refused } = readToolDefinitions(
        JSON.stringify(named),
        name,
      );
      assertEquals(refused, []);
      return [...tools].map(([name, tool]) =>
        [name, { ...tool, isUndescribed: true }] as const
      );
    }),
  );
}

/** Made once, and not before there is a permission to read. */
let world: Parameters<typeof playCase>[1] | undefined;

function unmet(calls: readonly TestedCall[]): readonly string[] {
  world ??= { policy: policy(), tools: tools() };
  return playCase({ name: "", line: undefined, calls }, world).unmet;
}

for (const { tool, args, expect } of CALLS) {
  Deno.test({
    name: `profiles: ${JSON.stringify(expect)} for ${tool} ${
      JSON.stringify(args)
    }`,
    ignore: lacks("read"),
    fn: () => assertEquals(unmet([{ tool, args, expect }]), []),
  });
}

Deno.test("the table has a call for each clause of each profile", () => {
  const decided = CALLS.flatMap(({ expect }) =>
    typeof expect === "object" ? expect.clause ?? [] : []
  );
  const ids = clausesIn(policy()).map(({ name }) => name)
    .filter((name) => !/^flow|^url|^unlisted/.test(name));
  assertEquals(ids.filter((id) => !decided.includes(id)), []);
});

const ISSUE: TestedCall = {
  tool: "github.get_issue",
  args: { owner: "a", repo: "b", issue_number: 1 },
};
const NOTE: TestedCall = {
  tool: "filesystem.read_file",
  args: { path: "a.md" },
};
const COMMENT: TestedCall = {
  tool: "github.add_issue_comment",
  args: { owner: "a", repo: "b", issue_number: 1, body: "done" },
};
const USERS: TestedCall = { tool: "github.search_users", args: { q: "anna" } };
const WRITTEN: TestedCall = {
  tool: "filesystem.write_file",
  args: { path: "b.md", content: "" },
};
const MEMORY: TestedCall = {
  tool: "memory.create_entities",
  args: { entities: [] },
};

const ASKED = { decision: "escalate", rule: "flow" } as const;

for (
  const { what, calls } of [
    { what: "private, untrusted", calls: [NOTE, USERS] },
    { what: "untrusted, private", calls: [USERS, NOTE] },
    { what: "both at once", calls: [ISSUE] },
  ]
) {
  for (const sink of [COMMENT, WRITTEN, MEMORY]) {
    Deno.test({
      name: `profiles: ${sink.tool} is asked about after ${what}`,
      ignore: lacks("read"),
      fn: () => assertEquals(unmet([...calls, { ...sink, expect: ASKED }]), []),
    });
  }
}

for (const calls of [[NOTE, WRITTEN, WRITTEN], [USERS, COMMENT, MEMORY]]) {
  Deno.test({
    name: `profiles: ${calls.map(({ tool }) => tool).join(", ")} run`,
    ignore: lacks("read"),
    fn: () =>
      assertEquals(
        unmet(calls.map((call) => ({ ...call, expect: "allow" as const }))),
        [],
      ),
  });
}
