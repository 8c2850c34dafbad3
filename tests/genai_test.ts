/**
 * Spans for backends of generative AI, as they arrive and as `trace export` writes
 * them.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "../deps.ts";
import { walkSync } from "../evidence/store/walk.ts";
import { type Collector, collector } from "./collector.ts";
import { throughProtobuf } from "./otlp_proto.ts";
import { lacks } from "./permissions.ts";
import { PROJECT, temporaryFolder, warmProgram } from "./program.ts";
import { kindIn, SPAN_BACKENDS, WANTED_KINDS } from "./span_backends.ts";

const needs = { ignore: lacks("read", "write", "run", "net", "env") };
const TASK = join(PROJECT, "examples/constitution/task.yaml");
const PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

function runs(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
) {
  return warmProgram(args, {
    cwd,
    env,
    permissions: [
      ...["--allow-read", "--allow-write", "--allow-net=127.0.0.1"],
      "--allow-env=TRACEPARENT,OTEL_EXPORTER_OTLP_ENDPOINT,OTEL_EXPORTER_OTLP_PROTOCOL",
    ],
  });
}

function spansIn({ requests }: Collector) {
  return requests.flatMap(({ spans }) => spans).map(({ text }) =>
    JSON.parse(text)
  );
}

for (const protocol of ["http/json", "http/protobuf"]) {
  Deno.test(
    `a run arrives over ${protocol} as one tree for generative AI`,
    needs,
    async () => {
      using folder = temporaryFolder();
      await using there = collector();
      const { code, stdout, stderr } = await runs(folder.path, [
        ...["run", TASK, "--out", "out", "--json", "--otlp", there.url],
        ...["--otlp-protocol", protocol],
      ]);
      assertEquals(code, 0, stderr);
      assertEquals(
        there.requests.map(({ headers }) => headers.get("content-type")),
        [
          protocol === "http/json"
            ? "application/json"
            : "application/x-protobuf",
        ],
      );
      const spans = spansIn(there);
      assertEquals(JSON.parse(stdout).spans, { sent: spans.length, unsent: 0 });
      const roots = spans.filter(({ parentSpanId }) =>
        parentSpanId === undefined
      );
      assertEquals(roots.map(({ name }) => name), [
        "invoke_agent constitution",
      ]);
      const text = JSON.stringify(spans);
      assertEquals(text.includes("elected President"), false);
      assertEquals(text.includes("gen_ai.input.messages"), false);
      for (const { name, attributes } of spans) {
        for (const backend of SPAN_BACKENDS) {
          assertEquals(
            kindIn(backend, attributes),
            WANTED_KINDS[name.split(" ")[0]]?.[backend.name],
            name,
          );
        }
      }
    },
  );
}

Deno.test(
  "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf is done, and --otlp-content sends contents",
  needs,
  async () => {
    using folder = temporaryFolder();
    await using there = collector();
    const { code, stderr } = await runs(
      folder.path,
      ["run", TASK, "--out", "out", "--otlp-content"],
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: there.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
      },
    );
    assertEquals(code, 0, stderr);
    assertEquals(
      there.requests[0]?.headers.get("content-type"),
      "application/x-protobuf",
    );
    assertStringIncludes(JSON.stringify(spansIn(there)), "elected President");
  },
);

Deno.test(
  "with TRACEPARENT a run is a part of that trace, whatever its spans are",
  needs,
  async () => {
    for (const [schema, below] of [["genai", 1], ["seed", 3]] as const) {
      using folder = temporaryFolder();
      await using there = collector();
      const { code, stderr } = await runs(folder.path, [
        ...["run", TASK, "--out", "out", "--otlp", there.url],
        ...["--trace-schema", schema],
      ], { TRACEPARENT: PARENT });
      assertEquals(code, 0, stderr);
      const spans = spansIn(there);
      assertEquals(new Set(spans.map(({ traceId }) => traceId)).size, 1);
      assertEquals(
        spans.filter(({ traceId, parentSpanId }) =>
          traceId === "4bf92f3577b34da6a3ce929d0e0e4736" &&
          parentSpanId === "00f067aa0ba902b7"
        ).length,
        below,
      );
      // The record does not depend on who started the program.
      const trace = Deno.readTextFileSync(join(folder.path, "out/trace.json"));
      assertEquals(trace.includes("4bf92f3577b34da6a3ce929d0e0e4736"), false);
    }
  },
);

Deno.test(
  "a TRACEPARENT that is invalid is ignored, and one that is not sampled sends nothing",
  needs,
  async () => {
    for (
      const [parent, sent, said] of [
        ["nonsense\u001b[2J", true, /^TRACEPARENT=nonsense.* is ignored$/m],
        [PARENT.replace(/01$/, "00"), false, /no spans are sent/],
      ] as const
    ) {
      using folder = temporaryFolder();
      await using there = collector();
      const { code, stderr } = await runs(
        folder.path,
        ["run", TASK, "--out", "out", "--otlp", there.url],
        { TRACEPARENT: parent },
      );
      assertEquals([code, there.requests.length > 0], [0, sent]);
      assertMatch(stderr, said);
      assertEquals(stderr.includes("\u001b"), false);
    }
  },
);

Deno.test(
  "what goes with spans is refused where none are sent, and contents where there is no place",
  needs,
  async () => {
    using folder = temporaryFolder();
    for (
      const [more, message] of [
        [["--otlp-content"], "Cannot use --otlp-content without --otlp"],
        [
          ["--otlp-protocol", "http/json"],
          "Cannot use --otlp-protocol without",
        ],
        [
          ["--trace-schema", "seed"],
          "Cannot use --trace-schema without --otlp",
        ],
        [["--trace-schema", "sed"], 'did you mean "seed"'],
        [
          ["--otlp", "http://127.0.0.1:1", "--otlp-protocol", "grpc"],
          "expected",
        ],
        [
          ["--otlp-content", "--trace-schema", "seed"],
          "Cannot use --otlp-content with --trace-schema seed",
        ],
      ] as const
    ) {
      const { code, stderr } = await runs(folder.path, [
        ...["run", TASK, "--out", "out", ...more],
      ]);
      assertEquals(code, 1);
      assertStringIncludes(stderr, message);
    }
  },
);

Deno.test(
  "trace export writes every committed run, of version 1 too, as one tree for each backend",
  needs,
  async () => {
    const options = { includeDirs: false, includeSymlinks: false };
    const folders = ["runs", "tests/records/v1"].flatMap((folder) =>
      [...walkSync(join(PROJECT, folder), options)].map(({ path }) => path)
        .filter((path) => path.endsWith("/state.jsonl")).map(dirname)
    );
    assertEquals(folders.length, 22 + 13);
    for (const name of folders) {
      const { code, stdout, stderr } = await warmProgram(
        ["trace", "export", name],
        { cwd: PROJECT, permissions: ["--allow-read=."] },
      );
      assertEquals(code, 0, stderr);
      const document = JSON.parse(stdout);
      assertEquals(throughProtobuf(stdout), document);
      const { spans } = document.resourceSpans[0].scopeSpans[0];
      const roots = spans.filter(
        ({ parentSpanId }: { parentSpanId?: string }) =>
          parentSpanId === undefined,
      );
      assertEquals(roots.length, 1, name);
      assertMatch(roots[0].name, /^invoke_agent /);
      for (const span of spans) {
        const attributes = Object.fromEntries(
          span.attributes.map(
            ({ key, value }: { key: string; value: object }) => [
              key,
              Object.values(value)[0],
            ],
          ),
        );
        for (const backend of SPAN_BACKENDS) {
          assertEquals(
            kindIn(backend, attributes),
            WANTED_KINDS[span.name.split(" ")[0]]?.[backend.name],
            `${name}: ${span.name}`,
          );
        }
      }
    }
  },
);

Deno.test(
  "trace export --trace-schema seed gives trace.json back",
  needs,
  async () => {
    const run = "runs/policy_gates/pg5_arg_schema";
    const { stdout } = await warmProgram(
      ["trace", "export", run, "--trace-schema", "seed"],
      { cwd: PROJECT, permissions: ["--allow-read=."] },
    );
    assertEquals(
      stdout,
      Deno.readTextFileSync(join(PROJECT, run, "trace.json")),
    );
  },
);
