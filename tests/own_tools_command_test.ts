/**
 * Tools of one's own on the command line: from a module, in the process and in the
 * Worker, through run, verify, replay, resume, test, decide and policy.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { besideProgress } from "./beside_progress.ts";
import { lacks } from "./permissions.ts";
import { program, temporaryFolder, warmProgram } from "./program.ts";

const needs = { ignore: lacks("read", "write", "run") };

const TOOLS = `import { z } from "npm:zod@4.6.7";

export const ticket_read = {
  description: "Read one ticket",
  args: z.strictObject({ id: z.string() }),
  effects: {},
  labels: ["untrusted"],
  idempotent: true,
  run: ({ id }: { id: string }) => {
    try {
      Deno.readTextFileSync(new URL("secret.txt", import.meta.url));
      return { id, secret: "read" };
    } catch (error) {
      return { id, secret: error instanceof Error ? error.name : "" };
    }
  },
};

export const ticket_close = {
  description: "Close one ticket",
  args: z.strictObject({ id: z.string() }),
  effects: {},
  labels: ["sink"],
  run: ({ id }: { id: string }) => {
    return { closed: id };
  },
};
`;

const TASK = `id: desk
question: What does ticket 17 say?
policy: policy.yaml
script:
  - calls: [{ tool: ticket_read, args: { id: "17" } }, { tool: ticket_close, args: { id: "17" } }]
  - calls: [{ tool: write, args: { path: a.md, content: late } }]
  - answer: It is closed
expect: { terminal_reason: final_answer }
`;

function policy(isolation: "process" | "worker", more = ""): string {
  return `version: 1
on_deny: continue
tool_registry: { allowed: [ticket_read, ticket_close, write], denied: [] }
url_allowlist: []
sandbox: { isolation: ${isolation} }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 10, max_parallel: 4 }
cycle_detection: { max_repeats: 3, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 }
${more}`;
}

/** A folder with a task, a policy and tools; `changes` replaces some of them. */
function desk(changes: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const files = {
    "task.yaml": TASK,
    "policy.yaml": policy("process"),
    "tools.ts": TOOLS,
    "secret.txt": "SECRET",
    ...changes,
  };
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(join(folder.path, name), text);
  }
  return {
    path: folder.path,
    say: (...args: readonly string[]) =>
      warmProgram(args, { cwd: folder.path }),
    text: (name: string) => Deno.readTextFileSync(join(folder.path, name)),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

const RUN = ["run", "task.yaml", "--tools", "tools.ts", "--out", "out"];

for (
  const { isolation, secret } of [
    { isolation: "process", secret: "read" },
    { isolation: "worker", secret: "NotCapable" },
  ] as const
) {
  Deno.test(
    `run --tools runs tools of one's own with isolation: ${isolation}, and every event can be resumed from`,
    needs,
    async () => {
      using here = desk({ "policy.yaml": policy(isolation) });
      const ran = await here.say(...RUN);
      assertEquals([ran.code, besideProgress(ran.stderr)], [0, ""]);
      const ledger = here.text("out/state.jsonl");
      assertStringIncludes(ledger, `"result":{"id":"17","secret":"${secret}"}`);
      assertStringIncludes(ledger, '"result":{"closed":"17"}');
      for (const command of ["verify", "replay"]) {
        const checked = await here.say(command, "out");
        assertEquals(checked.code, 0, checked.stdout + checked.stderr);
      }
      const lines = ledger.trimEnd().split("\n");
      for (let count = 1; count < lines.length; count++) {
        const half = `half_${count}`;
        Deno.mkdirSync(join(here.path, half, "sandbox"), { recursive: true });
        const kept = lines.slice(0, count);
        Deno.writeTextFileSync(
          join(here.path, half, "state.jsonl"),
          `${kept.join("\n")}\n`,
        );
        const without = await here.say("resume", half);
        assertEquals(without.code, 1);
        assertEquals(
          without.stderr,
          `${half}/state.jsonl:1: the run has tools that are not ours: "ticket_close", "ticket_read"; name the module that exports them with --tools\n`,
        );
        const { code } = await here.say("resume", half, "--tools", "tools.ts");
        const last = JSON.parse(kept.at(-1) ?? "");
        // Whether the ticket was closed is not known, and it is not closed again.
        const isUnknown = last.call_id === "call_1_2" &&
          ["tool_started", "attempt_finished"].includes(last.type);
        assertEquals(code, isUnknown ? 2 : 0, `${count} lines`);
        const after = here.text(join(half, "state.jsonl"));
        if (isUnknown) assertStringIncludes(after, '"type":"indeterminate"');
        else assertEquals(after, ledger);
      }
    },
  );
}

Deno.test("test, decide and policy take the module of run", needs, async () => {
  using here = desk();
  const tested = await here.say("test", "task.yaml", "--tools", "tools.ts");
  assertEquals(tested.code, 0, tested.stdout + tested.stderr);
  const validated = await here.say(
    ...["policy", "validate", "policy.yaml", "--tools", "tools.ts"],
  );
  assertEquals([validated.code, validated.stderr], [0, ""]);
  const stdin = ["ticket_read", "write", "nothing"].map((tool) =>
    JSON.stringify({ id: tool, tool, args: { id: "1" } })
  ).join("\n");
  const decided = await program(
    ["decide", "--policy", "policy.yaml", "--tools", "tools.ts"],
    { cwd: here.path, stdin },
  );
  assertEquals(
    decided.stdout.trimEnd().split("\n").map((line) => {
      const { id, decision, rule_id } = JSON.parse(line);
      return [id, decision, rule_id];
    }),
    [
      ["ticket_read", "allow", null],
      ["write", "deny", "arg_schema"],
      ["nothing", "deny", "tool_registry"],
    ],
  );
});

const SILENT = TOOLS.replaceAll("effects: {},", "");

Deno.test(
  "a tool that says nothing of what it touches runs only where the policy says it",
  needs,
  async () => {
    using here = desk({
      "tools.ts": SILENT,
      "said.yaml": policy(
        "process",
        'tools: [{ match: ["ticket_*"], effects: none, labels: [sink] }]\n',
      ),
    });
    const refused = await here.say(...RUN);
    assertEquals(refused.code, 1);
    assertStringIncludes(
      refused.stderr,
      'tools.ts: nothing says what the tool "ticket_close" touches: give it effects, {} for none, or an entry under `tools` of the policy\n',
    );
    assert(!Deno.readDirSync(here.path).some(({ name }) => name === "out"));
    const ran = await here.say(...RUN, "--policy", "said.yaml");
    assertEquals([ran.code, besideProgress(ran.stderr)], [0, ""]);
    assertEquals((await here.say("verify", "out")).code, 0);
  },
);

Deno.test(
  "resume refuses a module whose tools touch something else by now",
  needs,
  async () => {
    using here = desk({
      "others.ts": TOOLS.replace("effects: {}", 'effects: { reads: ["id"] }'),
      "fewer.ts": TOOLS.replace("export const ticket_close", "const x"),
    });
    await here.say(...RUN);
    Deno.removeSync(join(here.path, "out/manifest.json"));
    for (
      const [module, why] of [
        [
          "others.ts",
          'the tool "ticket_read" says other effects, or another idempotent, than when the run began; take the module of that time',
        ],
        [
          "fewer.ts",
          'the run has tools that fewer.ts does not export: "ticket_close"',
        ],
      ] as const
    ) {
      const { code, stderr } = await here.say(
        "resume",
        "out",
        "--tools",
        module,
      );
      assertEquals([code, stderr], [1, `out/state.jsonl:1: ${why}\n`]);
    }
  },
);

for (
  const { name, text, why } of [
    {
      name: "no tool",
      text: "export const a = 1;",
      why:
        ": it exports no tool: expected an object with description, args and run",
    },
    {
      name: "a tool that is not sound",
      text: "export const a = { description: 'x', args: {}, run() {} };",
      why:
        ': export "a": args: expected a Standard Schema (https://standardschema.dev)',
    },
    {
      name: "a mistake in its syntax",
      text: "export const a = 1;\nexport const b: = 2;",
      why: ":2: it cannot be loaded: SyntaxError: Unexpected token `=`.",
    },
    {
      name: "an import of nothing",
      text: 'import "./none.ts";',
      why: ": it imports what is not there: file:///",
    },
    {
      name: "code that throws",
      text: 'throw new RangeError("no key");',
      why: ": it cannot be loaded: RangeError: no key",
    },
    {
      name: "an effect that names no argument",
      text: TOOLS.replace("effects: {}", 'effects: { writes: ["path"] }'),
      why:
        ': Cannot register the tool "ticket_read": its effect names "path", which is not an argument of it',
    },
  ]
) {
  Deno.test(
    `--tools says where it is when a module has ${name}`,
    needs,
    async () => {
      using here = desk({ "tools.ts": text });
      const { code, stderr } = await here.say(...RUN);
      assertEquals(code, 1);
      assert(stderr.startsWith(`tools.ts${why}`), stderr);
      assert(!Deno.readDirSync(here.path).some(({ name }) => name === "out"));
    },
  );
}

Deno.test(
  "--tools says that a file is not there, or no module",
  needs,
  async () => {
    using here = desk();
    for (
      const [file, why] of [
        ["none.ts", "there is no such file"],
        ["policy.yaml", "expected a module, such as tools.ts"],
      ] as const
    ) {
      const { code, stderr } = await here.say(
        "run",
        "task.yaml",
        "--tools",
        file,
      );
      assertEquals([code, stderr], [1, `${file}: ${why}\n`]);
    }
  },
);

Deno.test(
  "init writes a folder that passes as it is, and runs the steps of its CI",
  needs,
  async () => {
    using folder = temporaryFolder();
    const cwd = join(folder.path, "desk");
    const written = await warmProgram(["init", "desk"], { cwd: folder.path });
    assertEquals(written.code, 0, written.stderr);
    const policy = Deno.readTextFileSync(join(cwd, "policy.yaml"));
    assertStringIncludes(policy, "max_parallel: 4");
    const steps = Deno.readTextFileSync(join(cwd, "ci.yaml")).matchAll(
      /"\$PROGRAM" (.*)/g,
    );
    const commands = [...steps].map(([, command = ""]) => command.split(" "));
    assertEquals(commands.length, 3);
    const out = ["run", "task.yaml", "--tools", "tools.ts", "--out", "out"];
    for (const command of [...commands, out, ["verify", "out"]]) {
      const { code, stdout, stderr } = await warmProgram(command, { cwd });
      assertEquals([code, besideProgress(stderr)], [0, ""], stdout);
    }
    const again = await warmProgram(["init", "desk"], { cwd: folder.path });
    assertEquals(again.code, 1);
    assertStringIncludes(again.stderr, 'Cannot write "desk/policy.yaml"');
  },
);
