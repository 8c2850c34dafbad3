/**
 * Policies made of the permissions of Claude Code are never looser: each row says
 * what its documentation says of a call, and what the policy decides.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "../deps.ts";
import { deadClauses } from "../policy/document/dead_clauses.ts";
import { loadPolicy } from "../policy/document/load.ts";
import {
  type ImportedPolicy,
  importedPolicy,
} from "../policy/permissions/imported_policy.ts";
import { readPermissions } from "../policy/permissions/settings_permissions.ts";
import { playCase } from "../policy/testing/play_case.ts";
import type { Json, JsonObject } from "../tools/data/json.ts";
import { standardSchema } from "../tools/schema.ts";
import type { ToolDefinition } from "../tools/tool.ts";

const PLACES = {
  root: "/home/anna/shop",
  home: "/home/anna",
  settings: "/home/anna/shop",
};

function imported(permissions: JsonObject, places = PLACES): ImportedPolicy {
  const text = JSON.stringify({ permissions });
  return importedPolicy(readPermissions(text, "settings.json"), places);
}

type Effect = "allow" | "escalate" | "deny";
const STRICTNESS: readonly Effect[] = ["allow", "escalate", "deny"];

function decided(
  permissions: JsonObject,
  { tool, args }: { readonly tool: string; readonly args: Json },
): Effect {
  const { text } = imported(permissions);
  const definition: ToolDefinition = {
    name: tool,
    description: "",
    effects: {},
    args: standardSchema(z.record(z.string(), z.json())),
    isUndescribed: true,
  };
  const world = {
    policy: loadPolicy(text, "imported"),
    tools: new Map([[tool, definition]]),
  };
  const found = STRICTNESS.find((expect) =>
    playCase({
      name: "",
      line: undefined,
      calls: [{ tool, args, expect }],
    }, world).unmet.length === 0
  );
  if (found === undefined) throw new Error("It is decided in no way");
  return found;
}

interface Row {
  readonly rules: JsonObject;
  /** A command of Bash, or a tool with its arguments. */
  readonly call: string | readonly [tool: string, args: JsonObject];
  /** What Claude Code does by its documentation. */
  readonly theirs: Effect;
  /** What the policy decides. Left out: the same. */
  readonly ours?: Effect;
}

const SHELL = { allow: ["Bash"] };
const NPM = { allow: ["Bash(npm run *)"] };
const SRC = { allow: ["Edit(src/**)"] };
const NO_SECRETS = { allow: ["Bash"], deny: ["Read(secrets/**)"] };
const file = (file_path: string) => ({ file_path });
const fetched = (url: string) =>
  ["WebFetch", { url, prompt: "What is it?" }] as const;

const ROWS: readonly Row[] = [
  // What no rule is about.
  { rules: {}, call: ["Read", file("a.md")], theirs: "allow" },
  {
    rules: {},
    call: ["Read", file("/etc/passwd")],
    theirs: "escalate",
    ours: "deny",
  },
  { rules: {}, call: ["Grep", { pattern: "x" }], theirs: "allow" },
  { rules: {}, call: ["Glob", { pattern: "**/*.ts" }], theirs: "allow" },
  { rules: {}, call: ["Glob", { pattern: "/etc/*" }], theirs: "escalate" },
  { rules: {}, call: ["Glob", { pattern: "../*" }], theirs: "escalate" },
  { rules: {}, call: ["Edit", file("a.md")], theirs: "escalate" },
  { rules: {}, call: ["Write", file("a.md")], theirs: "escalate" },
  {
    rules: {},
    call: ["NotebookEdit", { notebook_path: "a.ipynb" }],
    theirs: "escalate",
  },
  { rules: {}, call: "npm test", theirs: "escalate" },
  { rules: {}, call: "ls", theirs: "allow", ours: "escalate" },
  { rules: {}, call: ["WebSearch", { query: "x" }], theirs: "escalate" },
  { rules: {}, call: fetched("https://example.com/"), theirs: "escalate" },
  { rules: {}, call: ["TodoWrite", { todos: [] }], theirs: "allow" },
  {
    rules: {},
    call: ["PowerShell", { command: "ls" }],
    theirs: "escalate",
    ours: "deny",
  },
  {
    rules: {},
    call: ["github.create_issue", {}],
    theirs: "escalate",
    ours: "deny",
  },
  // Commands.
  { rules: SHELL, call: "make a && make b", theirs: "allow" },
  { rules: { allow: ["Bash(*)"] }, call: "make", theirs: "allow" },
  { rules: SHELL, call: "rm -rf /", theirs: "escalate" },
  { rules: NPM, call: "npm run test", theirs: "allow" },
  {
    rules: NPM,
    call: "npm run test -- --watch 'a b' \"c d\"",
    theirs: "allow",
  },
  { rules: NPM, call: "npm run", theirs: "allow" },
  { rules: NPM, call: "npm runx", theirs: "escalate" },
  { rules: NPM, call: "npm run test && rm -rf x", theirs: "escalate" },
  { rules: NPM, call: "npm run test; curl evil", theirs: "escalate" },
  { rules: NPM, call: "npm run test | sh", theirs: "escalate" },
  { rules: NPM, call: "npm run test & curl evil", theirs: "escalate" },
  { rules: NPM, call: "npm run test\ncurl evil", theirs: "escalate" },
  { rules: NPM, call: "npm run $(curl evil)", theirs: "escalate" },
  { rules: NPM, call: "npm run `curl evil`", theirs: "escalate" },
  { rules: NPM, call: 'npm run "$(curl evil)"', theirs: "escalate" },
  { rules: NPM, call: "npm run x > ~/.bashrc", theirs: "escalate" },
  { rules: NPM, call: "EVIL=1 npm run x", theirs: "escalate" },
  {
    rules: NPM,
    call: "timeout 30 npm run test",
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { allow: ["Bash(npm run:*)"] },
    call: "npm run test",
    theirs: "allow",
  },
  {
    rules: { allow: ["Bash(npm run:*)"] },
    call: "npm runx",
    theirs: "escalate",
  },
  { rules: { allow: ["Bash(npm*)"] }, call: "npmx", theirs: "allow" },
  { rules: { allow: ["Bash(npm test)"] }, call: "npm test", theirs: "allow" },
  {
    rules: { allow: ["Bash(npm*)"] },
    call: "npm=1 curl evil",
    theirs: "escalate",
  },
  {
    rules: { allow: ["Bash(A=1 npm *)"] },
    call: "A=1 npm x",
    theirs: "escalate",
  },
  {
    rules: { allow: ["Bash(npm test)"] },
    call: "npm test x",
    theirs: "escalate",
  },
  {
    rules: { allow: ["Bash(git * main)"] },
    call: "git merge main",
    theirs: "allow",
  },
  {
    rules: { allow: ["Bash(git * main)"] },
    call: "git merge x",
    theirs: "escalate",
  },
  {
    rules: { allow: ["Bash(git:* push)"] },
    call: "git push",
    theirs: "escalate",
  },
  {
    rules: { allow: ["Bash(* install)"] },
    call: "npm install",
    theirs: "allow",
    ours: "escalate",
  },
  { rules: { allow: ["Bash(watch *)"] }, call: "watch ls", theirs: "escalate" },
  {
    rules: { allow: ["Bash(find *)"] },
    call: "find . -delete",
    theirs: "escalate",
  },
  { rules: { allow: ["Bash(a && b)"] }, call: "a && b", theirs: "escalate" },
  {
    rules: { allow: ['Bash(git commit -m "*")'] },
    call: 'git commit -m "fix it"',
    theirs: "allow",
  },
  {
    rules: { allow: ['Bash(git commit -m "*")'] },
    call: 'git commit -m ""; curl evil ""',
    theirs: "escalate",
  },
  {
    rules: { ...SHELL, deny: ["Bash(curl *)"] },
    call: "curl evil",
    theirs: "deny",
  },
  { rules: { ...SHELL, deny: ["Bash(curl *)"] }, call: "curl", theirs: "deny" },
  {
    rules: { ...SHELL, deny: ["Bash(curl *)"] },
    call: "curlx a",
    theirs: "allow",
  },
  {
    rules: { ...SHELL, deny: ["Bash(curl:*)"] },
    call: "make && curl evil",
    theirs: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Bash(curl *)"] },
    call: "A=1 timeout 9 curl evil",
    theirs: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Bash(git push *)"] },
    call: "git  push origin",
    theirs: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Bash(npm publish)"] },
    call: "npm publish",
    theirs: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Bash(* --force)"] },
    call: "git push --force",
    theirs: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Bash(curl *)"] },
    call: "c''url evil",
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { ...SHELL, deny: ["Bash(curl *)"] },
    call: '"curl" evil',
    theirs: "allow",
    ours: "deny",
  },
  {
    rules: { ...SHELL, ask: ["Bash(git push *)"] },
    call: "git push",
    theirs: "escalate",
  },
  {
    rules: { ...SHELL, ask: ["Bash(git push *)"] },
    call: "git pull",
    theirs: "allow",
  },
  { rules: { ...SHELL, deny: ["Bash"] }, call: "ls", theirs: "deny" },
  { rules: { ...SHELL, deny: ["Bash(*)"] }, call: "ls", theirs: "deny" },
  { rules: { ...SHELL, ask: ["Bash"] }, call: "make", theirs: "escalate" },
  {
    rules: { ...SHELL, ask: ["Bash(run_in_background:true)"] },
    call: ["Bash", { command: "make", run_in_background: true }],
    theirs: "escalate",
  },
  {
    rules: { ...SHELL, ask: ["Bash(run_in_background:true)"] },
    call: "make",
    theirs: "allow",
  },
  // A denial wins over a question, and that over a permission.
  {
    rules: { allow: ["Bash(aws s3 ls)"], deny: ["Bash(aws *)"] },
    call: "aws s3 ls",
    theirs: "deny",
  },
  {
    rules: { allow: ["Bash(aws s3 ls)"], ask: ["Bash(aws *)"] },
    call: "aws s3 ls",
    theirs: "escalate",
  },
  {
    rules: { ask: ["Bash(aws *)"], deny: ["Bash(aws *)"] },
    call: "aws s3 ls",
    theirs: "deny",
  },
  // Edits.
  { rules: SRC, call: ["Edit", file("src/a.ts")], theirs: "allow" },
  { rules: SRC, call: ["Write", file("src/deep/a.ts")], theirs: "allow" },
  {
    rules: SRC,
    call: ["NotebookEdit", { notebook_path: "src/a.ipynb" }],
    theirs: "allow",
  },
  { rules: SRC, call: ["Edit", file("vendor/src/a.ts")], theirs: "escalate" },
  { rules: SRC, call: ["Edit", file("src/../a.ts")], theirs: "escalate" },
  { rules: SRC, call: ["Write", file("src")], theirs: "escalate" },
  {
    rules: SRC,
    call: ["Edit", file("../src/a.ts")],
    theirs: "escalate",
    ours: "deny",
  },
  { rules: { allow: ["Edit"] }, call: ["Edit", file("a.ts")], theirs: "allow" },
  {
    rules: { allow: ["Edit"] },
    call: ["Edit", file(".git/hooks/x")],
    theirs: "escalate",
  },
  {
    rules: { allow: ["Edit(**)"] },
    call: ["Write", file("a/.claude/settings.json")],
    theirs: "escalate",
  },
  {
    rules: { allow: ["Edit(**)"] },
    call: ["Write", file(".npmrc")],
    theirs: "escalate",
  },
  {
    rules: { allow: ["Edit(/docs/**)"] },
    call: ["Edit", file("docs/a.md")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Edit(~/shop/docs/**)"] },
    call: ["Edit", file("docs/a.md")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Edit(//home/anna/shop/docs/**)"] },
    call: ["Edit", file("docs/a.md")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Edit(//home/*/shop/docs/**)"] },
    call: ["Edit", file("docs/a.md")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Edit(~/other/**)"] },
    call: ["Edit", file("docs/a.md")],
    theirs: "escalate",
  },
  {
    rules: { allow: ["Edit(**/src/**)"] },
    call: ["Edit", file("vendor/src/a.ts")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Edit(a.[tj]s)"] },
    call: ["Edit", file("a.ts")],
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { allow: ["Write(src/**)"] },
    call: ["Write", file("src/a.ts")],
    theirs: "escalate",
  },
  {
    rules: { ...SRC, deny: ["Edit(src/gen/**)"] },
    call: ["Write", file("src/gen/a.ts")],
    theirs: "deny",
  },
  {
    rules: { ...SRC, deny: ["Write"] },
    call: ["Write", file("src/a.ts")],
    theirs: "deny",
  },
  {
    rules: { ...SRC, deny: ["Edit"] },
    call: ["Write", file("src/a.ts")],
    theirs: "deny",
  },
  // Files that stay closed.
  { rules: NO_SECRETS, call: ["Read", file("secrets/a")], theirs: "deny" },
  {
    rules: NO_SECRETS,
    call: ["Read", file("deep/secrets/a/b")],
    theirs: "deny",
  },
  { rules: NO_SECRETS, call: ["Read", file("x/../secrets/a")], theirs: "deny" },
  { rules: NO_SECRETS, call: ["Read", file("secretsx/a")], theirs: "allow" },
  { rules: NO_SECRETS, call: ["Write", file("secrets/a")], theirs: "deny" },
  {
    rules: NO_SECRETS,
    call: ["Grep", { pattern: "x", path: "secrets" }],
    theirs: "deny",
  },
  {
    rules: NO_SECRETS,
    call: ["Grep", { pattern: "x" }],
    theirs: "allow",
    ours: "escalate",
  },
  { rules: NO_SECRETS, call: "cat secrets/a", theirs: "deny" },
  { rules: NO_SECRETS, call: "cat se*/a", theirs: "allow", ours: "escalate" },
  { rules: NO_SECRETS, call: "make > x", theirs: "escalate" },
  { rules: NO_SECRETS, call: "make", theirs: "allow" },
  {
    rules: { deny: ["Read(.env)"] },
    call: ["Read", file("a/.env")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(./.env)"] },
    call: ["Read", file(".env")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(**/.env)"] },
    call: ["Read", file(".env")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(//**/.env)"] },
    call: ["Read", file("a/.env")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(~/**)"] },
    call: ["Read", file("a")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(//home)"] },
    call: ["Read", file("a")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(build)"] },
    call: ["Read", file("x/build/y")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(build/)"] },
    call: ["Read", file("x/build/y")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(/build)"] },
    call: ["Read", file("build/y")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(/build)"] },
    call: ["Read", file("x/build/y")],
    theirs: "allow",
  },
  {
    rules: { deny: ["Read(*.p?m)"] },
    call: ["Read", file("a/key.pem")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read([ab].txt)"] },
    call: ["Read", file("a.txt")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(\\[a\\].txt)"] },
    call: ["Read", file("[a].txt")],
    theirs: "deny",
  },
  {
    rules: { deny: ["Read(../x/**)"] },
    call: ["Read", file("a")],
    theirs: "allow",
    ours: "deny",
  },
  {
    rules: { ...SHELL, deny: ["Read(~/.ssh/**)"] },
    call: ["Read", file("a")],
    theirs: "allow",
  },
  {
    rules: { ...SHELL, deny: ["Read(~/.ssh/**)"] },
    call: "cat ~/.ssh/id_rsa",
    theirs: "deny",
  },
  {
    rules: { ask: ["Read(secrets/**)"] },
    call: ["Read", file("secrets/a")],
    theirs: "escalate",
  },
  {
    rules: { deny: ["Read"] },
    call: ["Grep", { pattern: "x" }],
    theirs: "deny",
  },
  // Hosts.
  {
    rules: { allow: ["WebFetch(domain:example.com)"] },
    call: fetched("https://example.com/a"),
    theirs: "allow",
  },
  {
    rules: { allow: ["WebFetch(domain:Example.com.)"] },
    call: fetched("https://example.com/a"),
    theirs: "allow",
  },
  {
    rules: { allow: ["WebFetch(domain:example.com)"] },
    call: fetched("https://a.example.com/"),
    theirs: "escalate",
  },
  {
    rules: { allow: ["WebFetch(domain:*.example.com)"] },
    call: fetched("https://a.b.example.com/"),
    theirs: "allow",
  },
  {
    rules: { allow: ["WebFetch(domain:*.example.com)"] },
    call: fetched("https://example.com/"),
    theirs: "escalate",
  },
  {
    rules: { allow: ["WebFetch(domain:example.*)"] },
    call: fetched("https://example.org/"),
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { allow: ["WebFetch"] },
    call: fetched("https://example.com/"),
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: {
      allow: ["WebFetch(domain:*.example.com)"],
      deny: ["WebFetch(domain:x.example.com)"],
    },
    call: fetched("https://X.example.com/a"),
    theirs: "deny",
  },
  {
    rules: { deny: ["WebFetch(domain:evil.*)"] },
    call: fetched("https://evil.org/"),
    theirs: "deny",
  },
  {
    rules: { deny: ["WebFetch(domain:*)"] },
    call: fetched("https://a.org/"),
    theirs: "deny",
  },
  {
    rules: { allow: ["WebFetch(domain:a.org)"], ask: ["WebFetch"] },
    call: fetched("https://a.org/"),
    theirs: "escalate",
  },
  // Tools of servers.
  {
    rules: { allow: ["mcp__github__get_issue"] },
    call: ["github.get_issue", {}],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__github__get_issue"] },
    call: ["github.get_issues", {}],
    theirs: "escalate",
    ours: "deny",
  },
  {
    rules: { allow: ["mcp__github__get_*"] },
    call: ["github.get_issue", {}],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__github__get_*"] },
    call: ["github.create_issue", {}],
    theirs: "escalate",
    ours: "deny",
  },
  {
    rules: { allow: ["mcp__github"] },
    call: ["github.create_issue", {}],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__github__*"] },
    call: ["github.create_issue", {}],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__github__*"] },
    call: ["github.unknown", {}],
    theirs: "allow",
    ours: "deny",
  },
  {
    rules: { allow: ["mcp__other"] },
    call: ["other.x", {}],
    theirs: "allow",
    ours: "deny",
  },
  {
    rules: { allow: ["mcp__*"] },
    call: ["github.create_issue", {}],
    theirs: "escalate",
    ours: "deny",
  },
  {
    rules: { allow: ["mcp__a__b__c"] },
    call: ["a.b__c", {}],
    theirs: "allow",
    ours: "deny",
  },
  {
    rules: { ask: ["mcp__github__create_issue"] },
    call: ["github.create_issue", {}],
    theirs: "escalate",
  },
  {
    rules: { allow: ["mcp__github"], ask: ["mcp__github__create_*"] },
    call: ["github.create_issue", {}],
    theirs: "escalate",
  },
  {
    rules: { allow: ["mcp__github"], deny: ["mcp__github__create_issue"] },
    call: ["github.create_issue", {}],
    theirs: "deny",
  },
  {
    rules: { allow: ["mcp__github"], deny: ["mcp__github__*_issue"] },
    call: ["github.create_issue", {}],
    theirs: "deny",
  },
  {
    rules: { allow: ["mcp__github"], deny: ["mcp__*"] },
    call: ["github.create_issue", {}],
    theirs: "deny",
  },
  {
    rules: { allow: ["mcp__github"], deny: ["mcp__github"] },
    call: ["github.create_issue", {}],
    theirs: "deny",
  },
  {
    rules: { allow: ["mcp__github"], ask: ["*"] },
    call: ["github.create_issue", {}],
    theirs: "escalate",
  },
  {
    rules: {
      allow: ["mcp__github"],
      deny: ["mcp__github__create_issue(repo:x)"],
    },
    call: ["github.create_issue", { repo: "x" }],
    theirs: "deny",
  },
  {
    rules: {
      allow: ["mcp__github"],
      deny: ["mcp__github__create_issue(repo:x)"],
    },
    call: ["github.create_issue", { repo: "y" }],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__filesystem"] },
    call: ["filesystem.read_file", { path: "a" }],
    theirs: "allow",
  },
  {
    rules: { allow: ["mcp__filesystem"] },
    call: ["filesystem.read_file", { path: "../a" }],
    theirs: "allow",
    ours: "deny",
  },
  // Other tools.
  {
    rules: { allow: ["Agent(Explore)"] },
    call: ["Agent", { subagent_type: "Explore" }],
    theirs: "allow",
  },
  {
    rules: { allow: ["Agent(Explore)"] },
    call: ["Agent", { subagent_type: "Other" }],
    theirs: "escalate",
  },
  {
    rules: { allow: ["Agent"], deny: ["Agent(Explore)"] },
    call: ["Agent", { subagent_type: "Explore" }],
    theirs: "deny",
  },
  {
    rules: { allow: ["Agent"], deny: ["Agent(model:opus)"] },
    call: ["Agent", { subagent_type: "a", model: "opus" }],
    theirs: "deny",
  },
  {
    rules: { allow: ["Agent"], deny: ["Agent(model:*)"] },
    call: ["Agent", { subagent_type: "a", model: "x" }],
    theirs: "deny",
  },
  {
    rules: { allow: ["Agent"], deny: ["Agent(model:*)"] },
    call: ["Agent", { subagent_type: "a" }],
    theirs: "allow",
  },
  {
    rules: { allow: ["WebSearch"] },
    call: ["WebSearch", { query: "x" }],
    theirs: "allow",
  },
  {
    rules: { allow: ["WebSearch"], deny: ["Web*"] },
    call: ["WebSearch", { query: "x" }],
    theirs: "deny",
  },
  {
    rules: { allow: ["WebSearch"], deny: ["*"] },
    call: ["Read", file("a")],
    theirs: "deny",
  },
  {
    rules: { allow: ["Skill(deploy)"] },
    call: ["Skill", { skill: "deploy" }],
    theirs: "allow",
    ours: "deny",
  },
  { rules: { ...SHELL, deny: ["Cd"] }, call: "make", theirs: "allow" },
  // Modes.
  {
    rules: { defaultMode: "acceptEdits" },
    call: ["Edit", file("a")],
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { defaultMode: "bypassPermissions" },
    call: "make",
    theirs: "allow",
    ours: "escalate",
  },
  {
    rules: { defaultMode: "plan", allow: ["Edit"] },
    call: ["Edit", file("a")],
    theirs: "deny",
  },
  {
    rules: { ...NPM, defaultMode: "dontAsk" },
    call: "npm run x",
    theirs: "allow",
  },
  { rules: { ...NPM, defaultMode: "dontAsk" }, call: "make", theirs: "deny" },
  {
    rules: { ...NPM, ask: ["Bash(npm run x)"], defaultMode: "dontAsk" },
    call: "npm run x",
    theirs: "deny",
  },
  {
    rules: { defaultMode: "dontAsk" },
    call: ["Edit", file("a")],
    theirs: "deny",
  },
  {
    rules: { allow: ["Read(docs/**)"], defaultMode: "dontAsk" },
    call: ["Read", file("docs/a")],
    theirs: "allow",
  },
  {
    rules: { allow: ["Read(docs/**)"], defaultMode: "dontAsk" },
    call: ["Read", file("a")],
    theirs: "deny",
  },
  {
    rules: { ...SHELL, defaultMode: "of tomorrow" },
    call: ["Edit", file("a")],
    theirs: "deny",
  },
];

for (const { rules, call, theirs, ours = theirs } of ROWS) {
  const [tool, args] = typeof call === "string"
    ? ["Bash", { command: call }]
    : call;
  const name = `${JSON.stringify(rules)}: ${ours} for ${tool} ${
    JSON.stringify(args)
  }`;
  Deno.test(`importedPolicy() of ${name}`, () => {
    assert(STRICTNESS.indexOf(ours) >= STRICTNESS.indexOf(theirs), "looser");
    assertEquals(decided(rules, { tool, args }), ours);
  });
}

Deno.test("importedPolicy() makes sound policies without dead clauses", () => {
  for (const { rules } of ROWS) {
    const { document } = loadPolicy(imported(rules).text, "imported");
    assertEquals(
      deadClauses(document, { tools: new Map() }),
      [],
      JSON.stringify(rules),
    );
  }
});

Deno.test("importedPolicy() lists what it does not carry over, in the text, too", () => {
  const { text, notes } = imported({
    allow: ["Bash(* --version)", "Edit(~/x/**)", "mcp__other__x"],
    deny: ["Read(~/.ssh/**)", "Skill(a)"],
    additionalDirectories: ["../x"],
    defaultMode: "acceptEdits",
  });
  const says = [
    'allow[0] "Bash(* --version)": not allowed: no text tells',
    'allow[1] "Edit(~/x/**)": not allowed: it is outside of the sandbox',
    'deny[0] "Read(~/.ssh/**)": whatever is outside of the sandbox is denied',
    'deny[1] "Skill(a)": denied as a whole: nothing is known',
    '"additionalDirectories": not carried over',
    'defaultMode "acceptEdits": what no rule allows is left to a person',
    '"other.x": denied until an entry under tools says what it touches',
  ];
  for (const each of says) {
    assert(notes.some((note) => note.startsWith(each)), each);
    assert(text.includes(`#   ${each}`), each);
  }
});

Deno.test("importedPolicy() denies a tool as a whole where ~ is not known", () => {
  const settings = readPermissions(
    JSON.stringify({ permissions: { deny: ["Read(~/.ssh/**)"] } }),
    "settings.json",
  );
  const { text, notes } = importedPolicy(settings, {
    ...PLACES,
    home: undefined,
  });
  assert(notes[0]?.includes("--home would say"), notes[0]);
  const { tool_registry } = loadPolicy(text, "imported").document;
  for (const tool of ["Read", "Grep", "Glob", "Edit", "Write"]) {
    assert(!tool_registry.allowed.includes(tool), tool);
  }
});

Deno.test("importedPolicy() puts nothing but rules into the text", () => {
  const { text } = imported({
    allow: ['Bash(a": x, tools: ["*"] #)', "Bash('*')", "Edit(a: b # c)"],
    deny: ['Bash(}\\n"mode: audit)', "Read(#a)", "Agent(%)"],
  });
  const { document } = loadPolicy(text, "imported");
  assertEquals(document.mode, undefined);
  assertEquals(document.deny?.every(({ tools }) => !tools.includes("*")), true);
});

for (
  const [text, says] of [
    ["{", "settings.json: it is not JSON"],
    ["[]", "settings.json: "],
    ["{}", "settings.json: permissions: "],
    ['{"permissions":{"allow":[7]}}', "permissions.allow[0]: "],
    [
      '{"permissions":{"deny":["Bash(rm"]}}',
      'permissions.deny[0]: expected Tool or Tool(specifier), found "Bash(rm"',
    ],
    ['{"permissions":{"deny":["Bash()"]}}', "permissions.deny[0]: expected"],
    [
      '{"permissions":{"deny":["Bash(r\u200bm)"]}}',
      "has characters that cannot be seen",
    ],
    [
      '{"permissions":{"deny":["Bash(a\\nb)"]}}',
      "has characters that cannot be seen",
    ],
  ] as const
) {
  Deno.test(`readPermissions() refuses ${text}`, () => {
    assertThrows(() => readPermissions(text, "settings.json"), Error, says);
  });
}
