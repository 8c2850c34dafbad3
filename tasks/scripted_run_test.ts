import { assertEquals, assertObjectMatch } from "@std/assert";
import { loadPolicy } from "../policy/document/load.ts";
import policyText from "../policy/v1.yaml" with { type: "text" };
import { virtualClock } from "../runtime/env.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { agentLoop } from "../runtime/loop.ts";
import type { Document } from "../tools/document.ts";
import type { FetchLike } from "../tools/fetch.ts";
import type { Sandbox } from "../tools/sandbox/sandbox.ts";
import { stagedDocuments } from "./corpus.ts";
import { taskTools } from "./task_tools.ts";
import { scriptedRun, startOf } from "./scripted_run.ts";
import { loadTask } from "./task.ts";
import { STANDARD_TOOL_NAMES } from "../tools/standard_tools.ts";

const DOCUMENTS: readonly Document[] = [
  { id: "op-1", path: "op-1.md", text: "# Tea\n\nTea is served at four.\n" },
  { id: "op-2", path: "op-2.md", text: "# Milk\n\nMilk is out.\n" },
];

const TASK = loadTask(
  `id: tea
question: When is tea?
seed: 9
started_at: 2026-11-22T09:00:00Z
script:
  - calls: [{ tool: search, args: { query: tea } }]
  - calls: [{ tool: fetch, args: { url: https://fixtures.local/op-1 } }]
  - calls: [{ tool: read, args: { path: corpus/op-2.md } }]
  - calls: [{ tool: write, args: { path: notes/tea.txt, content: four } }]
  - calls: [{ tool: summarize, args: { text: Tea is served at four. } }]
  - answer: At four.
`,
  "tea.yaml",
);

/** A sandbox in memory, in which every path is inside. */
function memorySandbox(): Sandbox & { readonly files: Map<string, string> } {
  const files = new Map(
    stagedDocuments(DOCUMENTS).map(({ path, text }) => [path, text] as const),
  );
  return {
    files,
    inspect: (path) => ({
      resolved: `<sandbox>/${path}`,
      inside: true,
      viaLink: false,
      dotdotAfterLink: false,
      special: false,
      hardLinked: false,
    }),
    readText: ({ path }) => Promise.resolve(files.get(path) ?? ""),
    writeText({ path }, text) {
      files.set(path, text);
      return Promise.resolve(text.length);
    },
  };
}

const network: FetchLike = (url) => {
  throw new Error(`There is no network for ${url}`);
};

function prepared(sandbox: Sandbox) {
  return scriptedRun(TASK, {
    policy: loadPolicy(policyText, "policy/v1.yaml"),
    documents: DOCUMENTS,
    sandbox,
    tools: taskTools({
      documents: DOCUMENTS,
      sandbox,
      fetch: network,
      htmlText: (text) => Promise.resolve({ text, truncated: false }),
      requested() {},
    }),
    expire() {},
    runtimeVersion: "1.2.3",
    runId: "run-1",
  });
}

Deno.test("scriptedRun() says on the record what is run, by whom and over what", () => {
  const spec = prepared(memorySandbox());
  assertEquals(spec.task, {
    id: "tea",
    question: "When is tea?",
    text: TASK.text,
  });
  assertEquals(
    [spec.runId, spec.seed, spec.runtimeVersion],
    ["run-1", 9, "1.2.3"],
  );
  assertEquals(spec.model, {
    execution_path: "stub",
    provider: "scripted",
    model: "tea",
    script_sha256:
      "40d7d79d80c70ee2a7fc8b285df4af89c78bba703e650c13b83f31cf17ebc975",
  });
  assertEquals(spec.corpus, {
    sha256: "ee0d5129de0854d55c697413deabf7bef31001daf1907d1ea24ff121deb458de",
    documents: 2,
  });
  assertEquals([...spec.tools.keys()], [...STANDARD_TOOL_NAMES]);
});

Deno.test("scriptedRun() is a task that the five tools can do, over the documents of the run", async () => {
  const sandbox = memorySandbox();
  const spec = prepared(sandbox);
  const events: RunEvent[] = [];
  const { signal } = new AbortController();
  const resolve = () => Promise.resolve(undefined);
  const env = { ...virtualClock(startOf(TASK)), resolve, signal };
  for await (const event of agentLoop(spec, env)) events.push(event);
  const [search, ...others] = events.flatMap((event) =>
    event.type === "tool_finished" ? [Object(event.result ?? event.error)] : []
  );
  assertObjectMatch(search, {
    hits: [{ id: "op-1", path: "corpus/op-1.md", title: "Tea" }],
  });
  assertEquals(others, [
    {
      url: "https://fixtures.local/op-1",
      status: 200,
      content_type: "text/markdown; charset=utf-8",
      bytes: 30,
      text: "# Tea\n\nTea is served at four.\n",
    },
    {
      path: "corpus/op-2.md",
      bytes: 21,
      text: "# Milk\n\nMilk is out.\n",
    },
    { path: "notes/tea.txt", bytes: 4 },
    { summary: "Tea is served at four.", sentences: 1, of: 1 },
  ]);
  assertEquals(sandbox.files.get("notes/tea.txt"), "four");
  const last = events.at(-1);
  assertEquals(last?.type === "run_finished" && last.answer, "At four.");
  assertEquals(events[0]?.ts, "1795338000000000000");
});

const STARTS = [
  { started_at: "1970-01-01T00:00:00Z", want: 0n },
  { started_at: "2026-11-22T09:00:00Z", want: 1_795_338_000_000_000_000n },
  { started_at: "2553-12-31T23:59:59Z", want: 18_429_292_799_000_000_000n },
];

for (const { started_at, want } of STARTS) {
  Deno.test(`startOf() a task that starts at ${started_at} is ${want}`, () => {
    const document = { ...TASK.document, started_at };
    assertEquals(startOf({ ...TASK, document }), want);
  });
}
