import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "../../deps.ts";
import { lacks } from "../../tests/permissions.ts";
import { program, temporaryFolder } from "../../tests/program.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { commandLineParts } from "./command_line_parts.ts";
import { launchOf, launchOptions } from "./launch.ts";

const OWN = fromFileUrl(new URL("../../", import.meta.url));

for (
  const { line, engine = [], flags, modules = [] } of [
    {
      line: "run examples/prompt_injection/task.yaml --out out",
      flags: [
        "--unstable-worker-options",
        `--allow-read=${OWN},.,examples/prompt_injection,out`,
        "--allow-write=out",
      ],
    },
    {
      line: "run tasks/canonical.yaml --llm ollama:x --record=new/cassette",
      flags: [
        `--allow-read=${OWN},.,tasks,runs,new/cassette`,
        "--allow-write=runs,new/cassette",
        "--allow-net=127.0.0.1:11434",
      ],
    },
    {
      line: "run tasks/canonical.yaml --llm openai:x --tools my/tools.ts",
      flags: [
        `--allow-read=${OWN},.,tasks,runs,my`,
        "--allow-write=runs",
        "--allow-net=api.openai.com:443",
        "--allow-env=OPENAI_API_KEY",
      ],
      modules: ["my/tools.ts"],
    },
    {
      line: "run tasks/canonical.yaml --llm replay:cassette --out a,b",
      flags: [
        `--allow-read=${OWN},.,tasks,a,,b`,
        "--allow-write=a,,b",
      ],
    },
    {
      line:
        "run tasks/canonical.yaml --mcp fs=npx --mcp=memory=node --mcp far=https://example.com/mcp",
      flags: [
        `--allow-read=${OWN},.,tasks,runs`,
        "--allow-write=runs",
        "--allow-net=example.com:443",
        "--allow-run=npx,node,sh",
      ],
    },
    {
      line: "decide --policy policy/v1.yaml --mcp fs=npx",
      flags: ["--allow-read", "--allow-run=npx,sh"],
    },
    { line: "verify out --head abc", flags: ["--allow-read"] },
    { line: "run --help", flags: ["--allow-read"] },
    { line: "", flags: ["--allow-read"] },
    {
      line: "report out/",
      flags: [
        `--allow-read=${OWN},.,out/,out.html`,
        "--allow-write=out.html,out.html.part",
      ],
    },
    {
      line: "report out --out page.html --open",
      flags: [
        `--allow-read=${OWN},.,out,page.html`,
        "--allow-write=page.html,page.html.part",
        "--allow-run=open,xdg-open",
      ],
    },
    {
      line:
        "mcp --policy examples/support_desk/policy.yaml --out runs --name fs -- npx -y server --out elsewhere",
      engine: ["--v8-flags=--max-semi-space-size=2"],
      flags: [
        `--allow-read=${OWN},.,examples/support_desk/policy.yaml,runs`,
        "--allow-write=runs",
        "--allow-run=npx,sh",
      ],
    },
    {
      line:
        "mcp --listen 127.0.0.1:8931 --upstream https://tools.test/mcp --policy examples/support_desk/policy.yaml --out=runs",
      engine: ["--v8-flags=--max-semi-space-size=2"],
      flags: [
        `--allow-read=${OWN},.,examples/support_desk/policy.yaml,runs`,
        "--allow-write=runs",
        "--allow-net=127.0.0.1:8931,tools.test:443",
      ],
    },
    {
      line: "approvals approve out --by ada",
      flags: [`--allow-read=${OWN},.,out`, "--allow-write=out"],
    },
    {
      line: "approvals list 17 --db postgres://me@db.test/runs",
      flags: [
        "--allow-read",
        "--allow-net=db.test:5432",
        "--allow-env=DATABASE_URL,PG*",
      ],
    },
    {
      line: "mcp list --env PATH,TOKEN -- npx server",
      flags: [
        `--allow-read=${OWN},.`,
        "--allow-run=npx,sh",
        "--allow-env=PATH,TOKEN",
      ],
    },
    { line: "approvals list out", flags: ["--allow-read"] },
    {
      line: "submit tasks/canonical.yaml --db postgres://me@db.test/runs",
      flags: [
        "--allow-read",
        "--allow-net=db.test:5432",
        "--allow-env=DATABASE_URL,PG*",
      ],
    },
    {
      line: "fleet prune --before 2026-01-01 --out kept",
      flags: [
        "--allow-read",
        "--allow-write=kept",
        "--allow-env=DATABASE_URL,PG*",
      ],
    },
    {
      line:
        "worker --config examples/fleet/worker.yml --db postgres://me@db.test:6000/runs",
      flags: [
        "--unstable-worker-options",
        `--allow-read=${OWN},.,examples/fleet,/tmp,examples/constitution/policy.yaml,examples/approval/policy.yaml`,
        "--allow-write=/tmp",
        "--allow-net=db.test:6000",
        "--allow-env=DATABASE_URL,PG*,TMPDIR",
      ],
    },
    {
      line: "keygen --out key",
      flags: ["--allow-read", "--allow-write=key,key.pub"],
    },
  ]
) {
  Deno.test({
    name: `launchOf() starts "${line}" with what it needs`,
    ignore: lacks("read"),
    async fn() {
      const args = line.split(" ").filter((each) => each !== "");
      assertEquals(await launchOf(args), {
        flags: [...engine, "--no-prompt", "--cached-only", ...flags],
        modules,
      });
    },
  });
}

Deno.test({
  name: "launchOf() gives test what the servers of its tasks need",
  ignore: lacks("read"),
  async fn() {
    const { flags } = await launchOf([
      ...["test", "tasks/policy_gates", "--mcp", "fs=npx"],
      ...["--mcp", "far=https://example.com/mcp"],
    ]);
    assertEquals(flags.filter((flag) => /net|run|env/.test(flag)), [
      "--allow-net=example.com:443",
      "--allow-run=npx,sh",
    ]);
  },
});

Deno.test({
  name:
    "launchOf() lets a policy's own hosts be, and closes inner ranges but for what is asked",
  ignore: lacks("read"),
  async fn() {
    const { flags } = await launchOf([
      ...["run", "examples/repository_assistant/task.yaml"],
      ...["--otlp", "http://localhost:4318/v1/traces"],
    ]);
    assertEquals(flags.slice(4), [
      "--allow-net=docs.example.com:443,localhost:4318",
      "--deny-net=0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,192.168.0.0/16,198.18.0.0/15,224.0.0.0/4,240.0.0.0/4",
      "--allow-env=OTEL_*,TRACEPARENT",
    ]);
  },
});

Deno.test({
  name: "launchOf() goes on as the policy on record says",
  ignore: lacks("read"),
  async fn() {
    const run = "runs/policy_gates/pg1_off_allowlist_url";
    assertEquals((await launchOf(["resume", run])).flags, [
      "--no-prompt",
      "--cached-only",
      `--allow-read=${OWN},.,${run}`,
      `--allow-write=${run}`,
    ]);
  },
});

Deno.test({
  name: "launchOf() says which file cannot be used",
  ignore: lacks("read"),
  async fn() {
    const error = await assertRejects(
      () => launchOf(["run", "nowhere.yaml"]),
      InputError,
    );
    assertEquals(error.message, "nowhere.yaml: there is no such file");
  },
});

// Those of which an operand counts.
for (
  const name of [
    ...["run", "resume", "mcp", "report", "approvals", "sign"],
    ...["submit", "fleet", "worker"],
  ]
) {
  Deno.test({
    name: `launchOf() knows every option of ${name} that takes a value`,
    ignore: lacks("read", "run"),
    async fn() {
      const { stdout } = await program([name, "--help"], {
        cwd: OWN,
        permissions: ["--allow-read"],
      });
      const valued = stdout.matchAll(
        /(?<!verify )--([a-z-]+) (?:[A-Z][A-Z]+|[a-z]+\|[a-z|]+)\b/g,
      );
      const known = launchOptions(name);
      for (const [, option = ""] of valued) {
        assertEquals([option, known.includes(option)], [option, true]);
      }
    },
  });
}

Deno.test({
  name: "launchOf() gives a worker what its configuration names",
  ignore: lacks("read", "write"),
  async fn() {
    using folder = temporaryFolder();
    const { path } = folder;
    Deno.writeTextFileSync(
      `${path}/policy.yaml`,
      Deno.readTextFileSync(`${OWN}policy/v1.yaml`)
        .replace("fixtures.local", "fixtures.local\n  - docs.test") +
        "mcp: { env: { KEY: { from: SERVER_KEY } } }\n",
    );
    Deno.writeTextFileSync(
      `${path}/worker.yaml`,
      `policies: [policy.yaml, ${"a".repeat(64)}]
models: [{ llm: "openai-compatible:x", base_url: "https://model.test/v1", api_key_env: MODEL_KEY }]
tools: { own: tools/own.ts }
mcp_servers: { fs: { command: npx, args: [server] }, web: { url: "https://mcp.test/" } }
`,
    );
    const { flags, modules } = await launchOf(
      [
        "worker",
        "--config",
        `${path}/worker.yaml`,
        "--otlp",
        "http://otlp.test",
      ],
    );
    assertEquals(flags, [
      ...["--no-prompt", "--cached-only"],
      `--allow-read=${OWN},.,${path},/tmp,${path}/policy.yaml,${path}/tools`,
      "--allow-write=/tmp",
      "--allow-net=docs.test:443,model.test:443,mcp.test:443,otlp.test:80",
      "--allow-run=npx,sh",
      "--allow-env=DATABASE_URL,PG*,TMPDIR,MODEL_KEY,SERVER_KEY,OTEL_*,TRACEPARENT",
    ]);
    assertEquals(modules, [`${path}/tools/own.ts`]);
  },
});

Deno.test("commandLineParts() tells values, flags, operands and the rest apart", () => {
  const line = "a --out b --json c --out=d=e --quiet -- --out f".split(" ");
  const { options, flags, operands, rest } = commandLineParts(line, ["out"]);
  assertEquals([...options], [["out", "d=e"]]);
  assertEquals([...flags], ["json", "quiet"]);
  assertEquals(operands, ["a", "c"]);
  assertEquals(rest, ["--out", "f"]);
});
