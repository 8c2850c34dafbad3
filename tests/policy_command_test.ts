import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../deps.ts";
import { policyJsonSchema } from "../policy/document/document.ts";
import { loadPolicy } from "../policy/document/load.ts";
import { mcpPolicy } from "../policy/profiles/mcp_policy.ts";
import { PROFILE_NAMES, profileFor } from "../policy/profiles/profile.ts";
import { partOfProfile } from "../policy/profiles/server_part.ts";
import { RUN_STARTER } from "../cli/policy/run_starter.ts";
import { HOSTILE_TEXTS, obeyed } from "./hostile/terminal_texts.ts";
import { lacks } from "./permissions.ts";
import { program, temporaryFolder, warmProgram } from "./program.ts";

const runs = { ignore: lacks("read", "write", "run") };

/** Nothing but to read is needed. */
const permissions = ["--allow-read"];

const HOSTILE = "a\u001b[2J\u009b\u202e\u2028z";

/** A policy without clauses, with the tools that some keys name. */
const BASE = `version: 1
on_deny: continue
tool_registry:
  allowed: [search, fetch, read, write]
  denied: []
url_allowlist: [docs.example.com]
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 65536, max_depth: 32 }
loop_budget: { max_iterations: 20, max_tool_calls: 60 }
cycle_detection: { max_repeats: 5, max_period: 4 }
retry: { max_retries: 3, backoff_base_ms: 100, backoff_cap_ms: 2000 }
`;

/** A folder with some files, in which `policy` is run. */
function laid(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFileSync(join(folder.path, name), text);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    policy: (...args: readonly string[]) =>
      warmProgram(["policy", ...args], { cwd: folder.path, permissions }),
    explain: (call: string, ...args: readonly string[]) =>
      program(["policy", "explain", ...args], {
        cwd: folder.path,
        permissions,
        stdin: call,
      }),
    write,
    path: folder.path,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

// init and schema

Deno.test(
  "policy init prints a policy that is sound, and nothing in it is odd",
  runs,
  async () => {
    using folder = laid({});
    const { code, stdout, stderr } = await folder.policy("init");
    assertEquals([code, stdout, stderr], [0, RUN_STARTER, ""]);
    folder.write("mine.yaml", stdout);
    const { version } = loadPolicy(stdout, "mine.yaml");
    assertEquals(await folder.policy("validate", "mine.yaml"), {
      code: 0,
      stdout: `mine.yaml: policy ${version}\n`,
      stderr: "",
    });
  },
);

Deno.test("policy init --for run prints the same", runs, async () => {
  using folder = laid({});
  assertEquals(
    (await folder.policy("init", "--for", "run")).stdout,
    RUN_STARTER,
  );
});

Deno.test(
  "policy init --for mcp prints a policy of every profile, in which nothing but audit is odd",
  runs,
  async () => {
    using folder = laid({});
    const { stdout: help } = await folder.policy("--help");
    for (const name of PROFILE_NAMES) {
      assertMatch(help, new RegExp(`[ ,]${name}[,\\n]`));
    }
    for (const profile of [...PROFILE_NAMES, PROFILE_NAMES.join(",")]) {
      const { code, stdout, stderr } = await folder.policy(
        ...["init", "--for", "mcp", "--profile", profile],
      );
      assertEquals([code, stderr], [0, ""], profile);
      folder.write("mine.yaml", stdout);
      const { version } = loadPolicy(stdout, "mine.yaml");
      const line = stdout.split("\n").indexOf("mode: audit") + 1;
      assertEquals(await folder.policy("validate", "mine.yaml"), {
        code: 0,
        stdout: `mine.yaml: policy ${version}\n`,
        stderr:
          `mine.yaml:${line}: mode: calls run whatever is decided, but for those that cannot run\n`,
      }, profile);
    }
  },
);

Deno.test("what the starter for servers has as a comment is sound when it is none", () => {
  const text = mcpPolicy([partOfProfile(profileFor("filesystem"))]);
  const commented =
    /^# (?=(?:flow|unlisted_hosts):| {2,4}(?:- after|before|effect|reason))/gm;
  assertEquals(text.match(commented)?.length, 6);
  const { document } = loadPolicy(text.replace(commented, ""), "starter");
  assertEquals(document.unlisted_hosts, "escalate");
  assertEquals(document.flow?.length, 1);
});

Deno.test(
  "policy init --for mcp names servers as --name says",
  runs,
  async () => {
    using folder = laid({});
    const { stdout } = await folder.policy(
      ...["init", "--for", "mcp", "--profile", "filesystem,sqlite,sqlite"],
      ...["--name", "fs,Main,archive"],
    );
    const { document } = loadPolicy(stdout, "mine.yaml");
    const servers = document.tool_registry.allowed
      .map((name) => name.split(".")[0]);
    assertEquals([...new Set(servers)], ["fs", "Main", "archive"]);
    assertEquals(document.require?.map(({ id }) => id), [
      "one-select-for-main",
      "one-select-for-archive",
    ]);
  },
);

for (
  const { args, says } of [
    { args: ["--for", "mcp"], says: "--profile is missing: expected " },
    {
      args: ["--for", "mcp", "--profile", "githb"],
      says: 'Cannot find the profile "githb"; did you mean "github"?',
    },
    {
      args: ["--for", "mcp", "--profile", "github,"],
      says: 'Cannot find the profile "": there are dbhub, ',
    },
    {
      args: ["--for", "mcp", "--profile", "github,github"],
      says: 'Cannot name two servers "github": give each a name',
    },
    {
      args: ["--for", "mcp", "--profile", "github,memory", "--name", "a,A"],
      says: 'Cannot name two servers "A"',
    },
    {
      args: ["--for", "mcp", "--profile", "github", "--name", "a,b"],
      says: "Cannot use --name a,b: expected a name for each profile, 1",
    },
    {
      args: ["--for", "mcp", "--profile", "github", "--name", "a.b"],
      says: 'Cannot use "a.b" as the name of a server: expected ',
    },
    { args: ["--profile", "github"], says: "--profile and --name go with" },
    { args: ["--for", "x"], says: 'Cannot use --for "x": expected run or mcp' },
  ]
) {
  Deno.test(`policy init ${args.join(" ")} is refused`, runs, async () => {
    using folder = laid({});
    const { code, stdout, stderr } = await folder.policy("init", ...args);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, says);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("what the starter has as a comment is sound when it is none", () => {
  const commented = /^# (?=(?:tools|unlisted_hosts|escalate):| {2})/gm;
  assertEquals(RUN_STARTER.match(commented)?.length, 8);
  const text = RUN_STARTER.replace(commented, "")
    .replace("[search, fetch,", "[mail.send, search, fetch,");
  const { document } = loadPolicy(text, "starter");
  assertEquals(document.tools?.length, 1);
  assertEquals(document.unlisted_hosts, "escalate");
  assertEquals(document.escalate?.length, 1);
});

Deno.test("the starter does what its comments say", runs, async () => {
  using folder = laid({
    "policy.yaml": RUN_STARTER,
    "tests.yaml": `policy: policy.yaml
cases:
  - name: a card number may not leave
    call: { tool: summarize, args: { text: "4111 1111 1111 1111" } }
    expect: { decision: deny, clause: card-numbers }
  - name: it may write below out/
    call: { tool: write, args: { path: out/deep/a.md, content: "" } }
    expect: allow
  - name: and nowhere else
    call: { tool: write, args: { path: out/../a.md, content: "" } }
    expect: { decision: deny, rule: argument_rule }
  - name: no host may be fetched from
    call: { tool: fetch, args: { url: "https://docs.example.com/" } }
    expect: { decision: deny, rule: url_allowlist }
  - name: what is not allowed is denied
    call: { tool: shell, args: {} }
    expect: { decision: deny, rule: tool_registry }
  - name: after something private alone nobody is asked
    calls:
      - { tool: read, args: { path: a.md } }
      - { tool: write, args: { path: out/a.md, content: "" }, expect: allow }
  - name: a model that is told of a denial goes on
    calls:
      - { tool: shell, args: {}, expect: deny }
      - { tool: read, args: { path: a.md }, expect: allow }
`,
  });
  assertEquals(await folder.policy("test", "tests.yaml"), {
    code: 0,
    stdout: "7 cases, 0 failed\n",
    stderr: "",
  });
});

Deno.test("policy schema prints the schema of the code", runs, async () => {
  using folder = laid({});
  const { code, stdout } = await folder.policy("schema");
  assertEquals(code, 0);
  assertEquals(
    JSON.parse(stdout),
    JSON.parse(JSON.stringify(policyJsonSchema())),
  );
});

// usage

for (
  const { args, stderr } of [
    {
      args: [],
      stderr:
        "Expected validate|test|explain|init|import|schema, found nothing",
    },
    { args: ["tset"], stderr: 'did you mean "test"?' },
    { args: ["init", "x"], stderr: 'Cannot understand "x": no operand' },
    { args: ["schema", "--json"], stderr: "unknown option" },
    { args: ["validate"], stderr: "Expected FILE, found nothing" },
    {
      args: ["validate", "none.yaml"],
      stderr: "none.yaml: there is no such file",
    },
    {
      args: ["validate", "policy.yaml", "--tools", "none.json"],
      stderr: "none.json: there is no such file",
    },
    { args: ["test"], stderr: "Expected FILE..., found nothing" },
    {
      args: ["test", "x", "--reporter", "tap"],
      stderr: "Cannot use --reporter",
    },
    ...["101", "-1", "1.5", "x"].map((n) => ({
      args: ["test", "x", `--min-coverage=${n}`],
      stderr:
        `Cannot use --min-coverage ${n}: expected a percentage from 0 to 100`,
    })),
    { args: ["explain"], stderr: "--policy is missing" },
    { args: ["explain", "--policy", "none.yaml"], stderr: "no such file" },
  ]
) {
  Deno.test(
    `policy ${args.join(" ")} is refused on one line`,
    runs,
    async () => {
      using folder = laid({ "policy.yaml": BASE });
      const ended = await folder.policy(...args);
      assertEquals([ended.code, ended.stdout], [1, ""]);
      assertStringIncludes(ended.stderr, stderr);
      assertMatch(ended.stderr, /^[^\n]+\n$/);
    },
  );
}

Deno.test("policy --help names every action and option", runs, async () => {
  using folder = laid({});
  const { code, stdout } = await folder.policy("--help");
  assertEquals(code, 0);
  for (
    const word of [
      ...["init", "validate", "test", "explain", "schema"],
      ...["--tools", "--reporter", "--coverage", "--min-coverage"],
      ...["--sandbox", "--question", "--json", "Exit codes: 0"],
      ...["--for run|mcp", "--profile NAME", "--name NAME"],
      ...["import FILE", "--root DIR", "--home DIR"],
    ]
  ) assertStringIncludes(stdout, word);
  assert(stdout.split("\n").every((line) => line.length <= 84));
});

// import

const SETTINGS = JSON.stringify({
  permissions: {
    allow: ["Bash(npm run *)", "Edit(~/shop/src/**)", "WebFetch"],
    deny: ["Read(/build/**)"],
  },
});

Deno.test(
  "policy import prints a policy that is sound, and says what is not in it",
  runs,
  async () => {
    using folder = laid({});
    Deno.mkdirSync(join(folder.path, ".claude"));
    folder.write(".claude/settings.json", SETTINGS);
    const { code, stdout, stderr } = await folder.policy(
      ...["import", ".claude/settings.json", "--home", "/home/anna"],
    );
    assertEquals(code, 0);
    const { document } = loadPolicy(stdout, "imported.yaml");
    // The project has the folder .claude; an edit of another one is not allowed.
    assertStringIncludes(stdout, '"glob":["build/**"]');
    assertEquals(
      stderr.trimEnd().split("\n").map((line) => line.slice(0, 40)),
      [
        '.claude/settings.json: allow[1] "Edit(~/',
        '.claude/settings.json: allow[2] "WebFetc',
        ".claude/settings.json: other settings fi",
        ".claude/settings.json: commands of Bash ",
      ],
    );
    assertEquals(document.unlisted_hosts, "escalate");
    folder.write("imported.yaml", stdout);
    assertEquals((await folder.policy("validate", "imported.yaml")).stderr, "");
  },
);

Deno.test(
  "policy import places ~ and the sandbox as it is told",
  runs,
  async () => {
    using folder = laid({ "mine.json": SETTINGS });
    const { stdout } = await folder.policy(
      ...["import", "mine.json", "--home", "/home/anna/"],
      ...["--root", "/home/anna/shop"],
    );
    assertStringIncludes(stdout, '"glob":["src/**/*"]');
    // What begins with a slash is below the folder of the file, and outside of this sandbox.
    assert(!stdout.includes('"build/**"'), stdout);
  },
);

Deno.test(
  "policy import places what begins with a slash beside settings of a user",
  runs,
  async () => {
    using folder = laid({});
    const home = Deno.realPathSync(folder.path);
    Deno.mkdirSync(join(folder.path, ".claude"));
    folder.write(".claude/settings.json", SETTINGS);
    const args = ["import", `${home}/.claude/settings.json`, "--home", home];
    const { stdout } = await folder.policy(...args, "--root", home);
    assertStringIncludes(stdout, '"glob":[".claude/build/**"]');
  },
);

for (
  const [file, text, says] of [
    ["mine.json", "{", "mine.json: it is not JSON"],
    [
      "mine.json",
      '{"permissions":{"deny":["Bash(rm"]}}',
      "permissions.deny[0]",
    ],
    ["other.json", "{}", "mine.json"],
  ] as const
) {
  Deno.test(`policy import refuses ${text} in ${file}`, runs, async () => {
    using folder = laid({ [file]: text });
    const { code, stdout, stderr } = await folder.policy("import", "mine.json");
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, says);
  });
}

// validate

/** Policies, and what is odd in them, with the number of the line after `BASE`. */
const ODD: readonly {
  readonly what: string;
  readonly base?: string;
  readonly keys?: string;
  readonly tools?: readonly string[];
  readonly want: readonly string[];
}[] = [
  { what: "nothing", want: [] },
  {
    what: "a misspelled tool",
    base: BASE.replace("read,", "raed,"),
    want: [
      '4: tool_registry.allowed[2]: no tool is called "raed"; did you mean "read"?',
    ],
  },
  {
    what: "a tool of another program, which may be anywhere",
    base: BASE.replace("[search,", "[crm.get, search,"),
    want: [],
  },
  {
    what: "tools that a file does not have, each once",
    base: BASE.replace("[search, fetch, read, write]", '[crm.get, "mail.*"]'),
    keys: `escalate:
  - tools: [crm.get]
    reason: ask
`,
    tools: ["crm.got", "crm.put"],
    want: [
      '4: tool_registry.allowed[0]: no tool in tools.json is called "crm.get"; did you mean "crm.got"?',
      '4: tool_registry.allowed[1]: no tool in tools.json begins with "mail."',
      '4: tool_registry.allowed[1]: "mail.*" also allows tools that are added later; list each tool by its name where you can',
    ],
  },
  {
    what: "a star under allowed",
    base: BASE.replace("[search,", '["fs.read_*", search,'),
    want: [
      '4: tool_registry.allowed[0]: "fs.read_*" also allows tools that are added later; list each tool by its name where you can',
    ],
  },
  {
    what: "that a policy is only audited",
    base: BASE.replace("on_deny", "mode: audit\non_deny"),
    want: [
      "2: mode: calls run whatever is decided, but for those that cannot run",
    ],
  },
  {
    what: "clauses for tools that may not be called",
    base: BASE.replace("[search, fetch", '["fs.read_*", fetch')
      .replace("denied: []", "denied: [shell, fs.read_key]"),
    keys: `deny:
  - { tools: [shell], reason: no }
  - { tools: [fs.read_key], reason: no }
  - { tools: [fs.read_other], reason: no }
  - { tools: ["fs.*"], reason: no }
  - { tools: [shell, fetch], when: [{ argument: url, present: true }], reason: no }
require:
  - tools: [delete, "mail.*"]
    that: [{ argument: path, present: true }]
call_limits:
  - { tools: [delete], max_calls: 1 }
`,
    want: [
      '4: tool_registry.allowed[0]: "fs.read_*" also allows tools that are added later; list each tool by its name where you can',
      "+2: deny[0]: it can never decide: shell may not be called anyway, by tool_registry",
      "+3: deny[1]: it can never decide: fs.read_key may not be called anyway, by tool_registry",
      "+8: require[0]: it can never decide: delete, mail.* may not be called anyway, by tool_registry",
      "+11: call_limits[0]: it can never decide: delete may not be called anyway, by tool_registry",
    ],
  },
  {
    what: "clauses after one that denies the same calls anyway",
    keys: `deny:
  - { tools: [write], when: [{ argument: path, present: true }], reason: a }
  - { tools: [write, fetch], reason: no }
  - { tools: [write], when: [{ argument: path, present: true }], reason: b }
escalate:
  - { tools: [fetch], reason: ask }
  - { tools: [fetch, read], reason: ask }
call_limits:
  - { tools: [write], max_calls: 3 }
require:
  - { tools: [write], that: [{ argument: path, glob: "out/*" }] }
`,
    want: [
      "+4: deny[2]: it can never decide: deny[1] denies every call of write",
      "+6: escalate[0]: it can never decide: deny[1] denies every call of fetch",
      "+9: call_limits[0]: it can never decide: deny[1] denies every call of write",
      "+11: require[0]: it can never decide: deny[1] denies every call of write",
    ],
  },
  {
    what: "limits beyond the budget of tool calls",
    keys: `call_limits:
  - { tools: ["*"], max_calls: 59 }
  - { tools: [read], max_calls: 60 }
  - tools: [fetch]
    max_calls: 61
  - { tools: [fetch], max_calls: 61, per_seconds: 60 }
`,
    want: [
      "+3: call_limits[1].max_calls: it can never decide: loop_budget.max_tool_calls ends a run after 60",
      "+5: call_limits[2].max_calls: it can never decide: loop_budget.max_tool_calls ends a run after 60",
    ],
  },
  {
    what: "a flow of labels that the tools of a file do not have",
    base: BASE.replace("[search, fetch, read, write]", "[crm.get, crm.put]"),
    keys: `tools:
  - { match: [crm.get], effects: none, labels: [private] }
  - { match: [crm.drop], effects: none, labels: [sink] }
flow:
  - { after: [private], before: sink, effect: deny, reason: no }
  - { after: [untrusted], before: private, effect: deny, reason: no }
  - { after: [private], before: private, effect: deny, reason: no }
`,
    tools: ["crm.get", "crm.put", "crm.drop"],
    want: [
      "+5: flow[0]: it can never decide: no tool that may be called is labelled sink",
      "+6: flow[1]: it can never decide: no tool that may be called is labelled untrusted",
    ],
  },
  {
    what: "a flow of labels that our own tools have",
    keys: `flow:
  - { after: [untrusted, private], before: sink, effect: deny, reason: no }
`,
    want: [],
  },
  {
    what: "a flow to a tool of another program",
    base: BASE.replace("[search, fetch, read, write]", "[crm.get, mail.send]"),
    keys: `tools:
  - { match: [crm.get], effects: none, labels: [private] }
  - { match: ["mail.*"], effects: none, labels: [sink] }
flow:
  - { after: [private], before: sink, effect: deny, reason: no }
  - { after: [untrusted], before: sink, effect: deny, reason: no }
`,
    want: [
      "+6: flow[1]: it can never decide: no tool that may be called is labelled untrusted",
    ],
  },
];

for (const { what, base = BASE, keys = "", tools, want } of ODD) {
  Deno.test(`policy validate points out ${what}`, runs, async () => {
    using folder = laid({
      "policy.yaml": base + keys,
      "tools.json": JSON.stringify(
        (tools ?? []).map((name) => ({ name, input_schema: {} })),
      ),
    });
    const asked = tools === undefined ? [] : ["--tools", "tools.json"];
    const { code, stdout, stderr } = await folder.policy(
      ...["validate", "policy.yaml", ...asked],
    );
    const offset = base.split("\n").length - 1;
    const lines = want.map((line) =>
      line.replace(/^\+(\d+)/, (_, n) => String(offset + Number(n)))
    );
    assertEquals(
      stderr.split("\n").filter((line) => line !== ""),
      lines.map((line) => `policy.yaml:${line}`),
    );
    const { version } = loadPolicy(base + keys, "policy.yaml");
    assertEquals([code, stdout], [0, `policy.yaml: policy ${version}\n`]);
  });
}

Deno.test(
  "policy validate names every problem with its line",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": `${BASE}deny:
  - { id: Bad, tools: [read], reason: no }
  - { tools: [], reason: "" }
`,
    });
    const { code, stdout, stderr } = await folder.policy(
      ...["validate", "policy.yaml"],
    );
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr.split("\n").map((line) => line.split(": ").slice(0, 2).join(": ")),
      [
        "policy.yaml:13: deny[0].id",
        "policy.yaml:14: deny[1].tools",
        "policy.yaml:14: deny[1].reason",
        "",
      ],
    );
  },
);

// test

const CLAUSES = `deny:
  - { id: no-secret, tools: [read], when: [{ argument: path, contains: secret }], reason: it is secret }
escalate:
  - { tools: [write], reason: a person reads it }
unlisted_hosts: escalate
`;

const SOUND = `policy: policy.yaml
cases:
  - name: may read
    call: { tool: read, args: { path: a.md } }
    expect: allow
`;

Deno.test(
  "policy test says what was expected of which call, and which clause decided where",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": BASE + CLAUSES,
      "tests.yaml": `policy: policy.yaml
cases:
  - name: reads
    calls:
      - { tool: read, args: { path: a.md }, expect: allow }
      - { tool: read, args: { path: secret.md }, expect: allow }
  - name: asks
    call: { tool: write, args: { path: a.md, content: x } }
    expect: { decision: deny, clause: no-secert }
  - name: asks again
    call: { tool: fetch, args: { url: "https://other.example/" } }
    expect: { decision: escalate, rule: url_allowlist, clause: unlisted_hosts }
`,
    });
    assertEquals(await folder.policy("test", "tests.yaml"), {
      code: 2,
      stdout:
        `tests.yaml:3: reads: call 2: read {"path":"secret.md"}: expected allow, found deny by argument_rule, no-secret (line 13 of the policy): it is secret
tests.yaml:7: asks: write {"path":"a.md","content":"x"}: expected deny by no-secert (the policy has no such clause; did you mean "no-secret"?), found escalate by approval, escalate[0] (line 15 of the policy): a person reads it
3 cases, 2 failed
`,
      stderr: "",
    });
  },
);

Deno.test(
  "policy test --coverage names the clauses by which no case was decided",
  runs,
  async () => {
    using folder = laid({ "policy.yaml": BASE + CLAUSES, "tests.yaml": SOUND });
    const open = [
      "policy.yaml:13: no case decides no-secret",
      "policy.yaml:15: no case decides escalate[0]",
      "policy.yaml:16: no case decides unlisted_hosts",
      "tests.yaml: 0 % of 3 clauses decided a case",
      "",
    ].join("\n");
    for (
      const [args, code, stderr] of [
        [[], 0, ""],
        [["--coverage"], 0, open],
        [["--min-coverage", "0"], 0, ""],
        [["--min-coverage", "1"], 2, open],
      ] as const
    ) {
      const stdout = "1 case, 0 failed\n";
      const ended = await folder.policy("test", "tests.yaml", ...args);
      assertEquals(ended, { code, stdout, stderr }, args.join(" "));
    }
    folder.write(
      "tests.yaml",
      `${SOUND}
  - name: one of three
    call: { tool: read, args: { path: secret.md } }
    expect: deny
`,
    );
    for (const [least, code] of [["33", 0], ["34", 2]] as const) {
      const ended = await folder.policy(
        ...["test", "tests.yaml", "--min-coverage", least],
      );
      assertEquals(ended.code, code, least);
    }
    folder.write("policy.yaml", BASE);
    folder.write("tests.yaml", SOUND);
    const none = await folder.policy(
      ...["test", "tests.yaml", "--min-coverage", "100", "--coverage"],
    );
    assertEquals([none.code, none.stderr], [
      0,
      "tests.yaml: 100 % of 0 clauses decided a case\n",
    ]);
  },
);

/** Files that cannot be used, and the line that says so. */
const BROKEN: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly stderr: string;
}[] = [
  {
    what: "an empty list of cases",
    files: { "tests.yaml": "policy: policy.yaml\ncases: []\n" },
    stderr: "tests.yaml:2: cases: expected at least one case",
  },
  {
    what: "a case without a call",
    files: { "tests.yaml": "policy: policy.yaml\ncases: [{ name: a }]\n" },
    stderr: "tests.yaml:2: cases[0]: expected either `call` or `calls`",
  },
  {
    what: "a rule that there is not",
    files: {
      "tests.yaml": SOUND.replace(
        "expect: allow",
        "expect: { decision: deny, rule: argument_rules }",
      ),
    },
    stderr: "tests.yaml:5: cases[0].expect",
  },
  {
    what: "no tests",
    files: {},
    stderr: "tests.yaml: there is no such file",
  },
  {
    what: "a policy in the place of its tests",
    files: { "tests.yaml": BASE },
    stderr:
      "tests.yaml: this looks like a policy; a test of a policy is wanted here",
  },
  {
    what: "tests in the place of a policy",
    files: {
      "tests.yaml": SOUND.replace("policy.yaml", "other.yaml"),
      "other.yaml": SOUND,
    },
    stderr:
      "tests.yaml:1: policy: other.yaml: this looks like a test of a policy; a policy is wanted here",
  },
  {
    what: "a policy that is not there",
    files: { "tests.yaml": SOUND.replace("policy.yaml", "../none.yaml") },
    stderr: "tests.yaml:1: policy: ../none.yaml: there is no such file",
  },
  {
    what: "a policy that is not sound",
    files: {
      "tests.yaml": SOUND,
      "policy.yaml": BASE.replace("version: 1", "version: 2"),
    },
    stderr: "tests.yaml:1: policy: policy.yaml:1: version: expected 1, found 2",
  },
  {
    what: "tools that are not there",
    files: { "tests.yaml": `tools: none.json\n${SOUND}` },
    stderr: "tests.yaml:1: tools: none.json: there is no such file",
  },
  {
    what: "tools that are none",
    files: { "tests.yaml": `tools: t.json\n${SOUND}`, "t.json": "{" },
    stderr: "tests.yaml:1: tools: t.json: it is not JSON",
  },
];

for (const { what, files, stderr } of BROKEN) {
  Deno.test(
    `policy test refuses ${what}, and goes on with other files`,
    runs,
    async () => {
      using folder = laid({
        "policy.yaml": BASE,
        "good.yaml": SOUND.replace("policy.yaml", "good.policy.yaml"),
        "good.policy.yaml": BASE,
        ...files,
      });
      const ended = await folder.policy("test", "tests.yaml", "good.yaml");
      assertEquals([ended.code, ended.stdout], [
        1,
        "1 case, 0 failed, 1 file cannot be used\n",
      ]);
      assertEquals(
        [ended.stderr.slice(0, stderr.length), ended.stderr.split("\n").length],
        [stderr, 2],
      );
    },
  );
}

Deno.test(
  "policy test says of a policy outside of what the process may read that it may not",
  runs,
  async () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(
      join(folder.path, "tests.yaml"),
      SOUND.replace("policy.yaml", "../../policy.yaml"),
    );
    const { code, stderr } = await program(["policy", "test", "tests.yaml"], {
      cwd: folder.path,
      permissions: ["--allow-read=."],
    });
    assertEquals([code, stderr], [
      1,
      "tests.yaml:1: policy: ../../policy.yaml: the process has no permission to read it; see --allow-read\n",
    ]);
  },
);

Deno.test(
  "policy test --reporter junit is a suite of policies",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": BASE + CLAUSES,
      "tests.yaml": `${SOUND}
  - name: <b>"secret"</b>
    call: { tool: read, args: { path: secret.md } }
    expect: allow
`,
    });
    const { code, stdout, stderr } = await folder.policy(
      ...["test", "tests.yaml", "none.yaml", "--reporter", "junit"],
    );
    assertEquals([code, stderr], [1, "none.yaml: there is no such file\n"]);
    assertEquals(
      stdout.replaceAll(/time="[^"]*"/g, "time"),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="1" time>
  <testsuite name="policies" tests="3" failures="1" errors="1" time>
    <testcase name="may read" classname="tests.yaml" time/>
    <testcase name="&lt;b&gt;&quot;secret&quot;&lt;/b&gt;" classname="tests.yaml" time>
      <failure message="read {&quot;path&quot;:&quot;secret.md&quot;}: expected allow, found deny by argument_rule, no-secret (line 13 of the policy): it is secret">read {&quot;path&quot;:&quot;secret.md&quot;}: expected allow, found deny by argument_rule, no-secret (line 13 of the policy): it is secret</failure>
    </testcase>
    <testcase name="none.yaml" classname="none.yaml" time>
      <error message="none.yaml: there is no such file">none.yaml: there is no such file</error>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  },
);

Deno.test(
  "policy test plays a session of a policy that is only audited as it would run",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": `mode: audit
${BASE}deny: [{ tools: [read], reason: no }]
flow: [{ after: [private], before: sink, effect: deny, reason: no }]
`,
      "tests.yaml": `policy: policy.yaml
cases:
  - name: what is denied runs
    calls:
      - { tool: read, args: { path: a.md }, expect: deny }
      - tool: write
        args: { path: b.md, content: "" }
        expect: { decision: deny, clause: "flow[0]" }
`,
    });
    const { code, stdout } = await folder.policy("test", "tests.yaml");
    assertEquals([code, stdout], [0, "1 case, 0 failed\n"]);
  },
);

// explain

/** A policy of some three hundred lines, most of it for one tool. */
const LONG = `${BASE}deny:
${
  Array.from({ length: 60 }, (_, n) =>
    `  - id: no-${n}
    tools: [write]
    when:
      - { argument: path, contains: "secret-${n}-${"x".repeat(150)}" }
    reason: ${
      JSON.stringify(`secret ${n} stays here. `.repeat(n === 40 ? 40 : 1))
    }`).join("\n")
}
escalate:
  - { tools: [read], reason: ask }
`;

Deno.test(
  "policy explain of a denied call under a policy of 300 lines fits one screen and names the line",
  runs,
  async () => {
    using folder = laid({ "policy.yaml": LONG });
    assert(LONG.split("\n").length > 300);
    const path = `out/secret-40-${"x".repeat(150)}`;
    const { code, stdout } = await folder.explain(
      JSON.stringify({ tool: "write", args: { path, content: "" } }),
      ...["--policy", "policy.yaml"],
    );
    assertEquals(code, 0);
    const line = LONG.split("\n").indexOf("  - id: no-40") + 1;
    const lines = stdout.trimEnd().split("\n");
    assert(lines.length >= 24 && lines.length <= 40, String(lines.length));
    assert(lines.every((each) => [...each].length <= 100), stdout);
    assertEquals(
      lines[0],
      `deny by argument_rule, no-40 (line ${line}) of policy.yaml`,
    );
    assertStringIncludes(
      stdout,
      `line ${line}: deny[40] no-40: objects (holds)`,
    );
    assertMatch(
      stdout,
      /\n\d+ more clauses for this tool; --json has all of them\n1 clause for other tools\n$/,
    );
  },
);

Deno.test(
  "policy explain says of an escalation which clauses ask, and of a permission that there is one",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": `${BASE}escalate:
  - { tools: [write], reason: a }
  - { id: two, tools: [write], when: [{ argument: path, contains: o }], reason: b }
`,
    });
    const asked = await folder.explain(
      '\n{"tool":"write","args":{"path":"out.md","content":""}}\nnot read',
      ...["--policy", "policy.yaml"],
    );
    assertEquals([asked.code, asked.stdout], [
      0,
      `escalate by approval, escalate[0] (line 13), two (line 14) of policy.yaml
  a; b

sandbox_path  allow
approval      escalate: a; b
nothing to say: cycle_detection, tool_registry, tool_pin, url_allowlist, arg_schema,
argument_rule, call_limit, flow

line 13: escalate[0]: objects (holds)
line 14: escalate[1] two: objects (holds)
  holds: {"argument":"path","contains":"o"}
`,
    ]);
    const allowed = await folder.explain(
      '{"tool":"read","args":{"path":"out.md"}}',
      ...["--policy", "policy.yaml"],
    );
    assertMatch(allowed.stdout, /^allow under policy\.yaml\n/);
    assertMatch(allowed.stdout, /\n2 clauses for other tools\n$/);
  },
);

Deno.test(
  "policy explain takes the question, tools and sandbox, and prints JSON",
  runs,
  async () => {
    using folder = laid({
      "policy.yaml": `${BASE.replace("[search,", "[pay, search,")}tools:
  - { match: [pay], effects: none }
require:
  - { id: asked-for, tools: [pay], that: [{ argument: to, seen_in: [question] }] }
`,
      "tools.json": JSON.stringify([{
        name: "pay",
        input_schema: { properties: { to: { type: "string" } } },
      }]),
    });
    const call = '{"tool":"pay","args":{"to":"GB29-7"}}';
    const args = ["--policy", "policy.yaml", "--tools", "tools.json", "--json"];
    const explained = async (...more: readonly string[]) =>
      JSON.parse((await folder.explain(call, ...args, ...more)).stdout);
    const denied = await explained("--sandbox", ".");
    assertEquals(
      [
        denied.decision.effect,
        denied.decision.metadata.line,
        denied.clauses[0].id,
      ],
      ["deny", 15, "asked-for"],
    );
    const allowed = await explained("--question", "Pay GB29-7");
    assertEquals(allowed.decision.effect, "allow");
    const wrong = await folder.explain("nonsense", "--policy", "policy.yaml");
    assertEquals([wrong.code, wrong.stdout], [1, ""]);
    assertStringIncludes(wrong.stderr, "Cannot read the call: it is not JSON");
  },
);

// hostile text

Deno.test(
  "policy keeps what files, calls and questions say on their lines",
  runs,
  async () => {
    const name = JSON.stringify(
      HOSTILE_TEXTS.map(({ text }) => text).join(" ").toWellFormed(),
    );
    const reason = JSON.stringify(HOSTILE);
    using folder = laid({
      "policy.yaml": `${BASE}deny:
  - { tools: [read], when: [{ argument: path, contains: ${reason} }], reason: ${reason} }
`,
      "tests.yaml": `policy: policy.yaml
cases:
  - name: ${name}
    question: ${name}
    call: { tool: read, args: { path: ${reason} } }
    expect: { decision: allow, clause: ${reason} }
  - name: tool
    call: { tool: ${reason}, args: { ${reason}: ${name} } }
    expect: allow
`,
      "bad.policy.yaml": `${BASE}deny:
  - { id: ${reason}, tools: [${reason}], reason: no }
`,
      "bad.yaml":
        `policy: ${reason}\ncases: [{ name: a, call: { tool: a, args: {} } }]\n`,
      "tools.json": JSON.stringify([{ name: HOSTILE, input_schema: {} }, {
        name: "read",
        input_schema: {},
      }]),
    });
    const call = JSON.stringify({
      tool: "read",
      args: { path: HOSTILE, [HOSTILE]: HOSTILE },
    });
    for (
      const ended of [
        await folder.policy("test", "tests.yaml", "bad.yaml", "--coverage"),
        await folder.policy("test", "tests.yaml", "--reporter", "junit"),
        await folder.policy("validate", "bad.policy.yaml"),
        await folder.policy("validate", "policy.yaml", "--tools", "tools.json"),
        await folder.policy(HOSTILE),
        await folder.policy("validate", HOSTILE),
        await folder.explain(
          call,
          "--policy",
          "policy.yaml",
          "--question",
          HOSTILE,
        ),
        await folder.explain(call, "--policy", "policy.yaml", "--json"),
        await folder.explain(
          JSON.stringify({ tool: HOSTILE, args: { a: HOSTILE } }),
          ...["--policy", "policy.yaml"],
        ),
        await folder.explain(`{"${HOSTILE}":1}`, "--policy", "policy.yaml"),
      ]
    ) {
      const text = ended.stdout + ended.stderr;
      assertEquals(obeyed(text), [], text);
      assert(text.length > 0);
    }
  },
);
