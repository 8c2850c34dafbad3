import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "../deps.ts";
import { denoFlags } from "../policy/deno/deno_flags.ts";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

const reads = { ignore: lacks("read") };

function text(path: string): string {
  return Deno.readTextFileSync(join(PROJECT, path));
}

for (
  const { folder, holds } of [
    {
      folder: ".",
      holds: [
        "mod.ts",
        "cli.ts",
        "deps.ts",
        "deno.json",
        "deno.lock",
        "url.lock",
        "README.md",
        "LICENSE",
      ],
    },
    {
      folder: "tools",
      holds: ["search.ts", "fetch.ts", "read.ts", "write.ts", "summarize.ts"],
    },
    { folder: "policy", holds: ["v1.yaml", "v1.schema.json"] },
    {
      folder: "policy/rules",
      holds: [
        "tool_registry.ts",
        "url_allowlist.ts",
        "sandbox_path.ts",
        "arg_schema.ts",
        "loop_budget.ts",
        "cycle_detection.ts",
      ],
    },
    { folder: "runtime", holds: ["loop.ts"] },
    {
      folder: "runtime/record",
      holds: ["event.ts", "ledger.ts", "failure.ts"],
    },
    { folder: "trace/otlp", holds: ["otlp_json.ts"] },
    { folder: "trace/validate", holds: ["validate.ts"] },
    {
      folder: "evidence/recording",
      holds: ["manifest.ts", "differences.ts"],
    },
    { folder: "evidence/report", holds: ["run_report.ts"] },
    {
      folder: "tasks",
      holds: ["canonical.yaml", "policy_gates", "failure_modes"],
    },
    {
      folder: "corpus",
      holds: ["v1", "build.ts", "LICENSE", "DATA-SOURCE.md"],
    },
    { folder: "runs", holds: ["policy_gates", "failure_modes"] },
  ]
) {
  Deno.test(`the folder ${folder} has what it is for`, reads, () => {
    const names = [...Deno.readDirSync(join(PROJECT, folder))]
      .map(({ name }) => name);
    assertEquals(holds.filter((name) => !names.includes(name)), []);
  });
}

interface DenoConfig {
  readonly tasks: Readonly<
    Record<string, { readonly description?: string; readonly command: string }>
  >;
}

function tasks() {
  const { tasks }: DenoConfig = JSON.parse(text("deno.json"));
  return Object.entries(tasks);
}

Deno.test(
  "every task has a description, and none has every permission",
  reads,
  () => {
    for (const [name, { description, command }] of tasks()) {
      assertEquals(typeof description, "string", name);
      assertEquals(/ -A\b|--allow-all/.test(command), false, name);
    }
  },
);

Deno.test(
  "no task that runs an agent holds more than the policy implies",
  reads,
  () => {
    const { document } = loadPolicy(policyText, "policy/v1.yaml");
    const implied = denoFlags(document, {
      read: ["."],
      write: ["runs"],
      served: ["fixtures.local"],
    });
    const agents = tasks().filter(([, { command }]) =>
      /mod\.ts (canonical|policy-gates|failure-modes|test|run)\b/.test(command)
    );
    assertEquals(agents.length, 7);
    // A task works in a fresh clone, where nothing has been fetched yet.
    const wanted = implied.filter((flag) =>
      !/^--(allow|deny)-|^--cached-only$/.test(flag)
    );
    assertEquals(wanted, ["--no-prompt"]);
    for (const [name, { command }] of agents) {
      const flags = command.split(" ").filter((word) => word.startsWith("--"));
      const beyond = flags.filter((each) =>
        !["--check", "--scratch", ...implied].includes(each)
      );
      assertEquals(beyond, [], name);
      assertEquals(wanted.filter((flag) => !flags.includes(flag)), [], name);
    }
  },
);

Deno.test(
  "generated schemas are named where editors look for them",
  reads,
  () => {
    assertStringIncludes(text("policy/v1.yaml"), "$schema=./v1.schema.json");
    assertStringIncludes(
      text("tasks/canonical.yaml"),
      "$schema=./task.schema.json",
    );
  },
);
