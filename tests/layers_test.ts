import { assertEquals } from "@std/assert";
import { relative } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

/** Each folder may import itself and what stands to its left. */
const LAYERS = [
  "deps.ts",
  "tools",
  "policy",
  "runtime",
  "trace",
  "evidence",
  "corpus",
  "tasks",
  "cli",
  "mod.ts",
];

/** Adapters that import one heavy package, and are loaded only when they are asked for. */
const ADAPTERS = [
  "cli/_json_schema_validator.ts",
  "policy/address_range.ts",
  "runtime/llm/anthropic.ts",
  "runtime/llm/google.ts",
  "runtime/llm/openai_compatible.ts",
  "tools/_bounded_html.ts",
  "tools/html_text.ts",
];

/** Modules at the edge: the only ones that may touch the machine. */
const EDGES = [
  "cli.ts",
  /^cli\//,
  "mod.ts",
  "tools/_new_file.ts",
  "tools/_place.ts",
  "tools/_stands_at.ts",
  "tools/_temporary.ts",
  "tools/_verified_read.ts",
  "tools/_verified_write.ts",
  "tools/directory_sandbox.ts",
  "tools/serve_tools.ts",
  "tools/tool_worker.ts",
  "evidence/store/entry_at.ts",
  "evidence/run_directory.ts",
  "evidence/staging.ts",
  "evidence/store/appended_file.ts",
  "evidence/store/growing_file.ts",
  "evidence/store/regular_file.ts",
  "evidence/store/run_places.ts",
  "evidence/store/stored_sandbox.ts",
  "evidence/stored_run.ts",
];

/** What only an edge may use. */
const MACHINE = [
  /\bDeno\./,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bTemporal\.Now\b/,
  /\bMath\.random\b/,
  /\bperformance\./,
  /\bset(Timeout|Interval)\(/,
  /\bAbortSignal\.timeout\b/,
  /\bcrypto\.(randomUUID|getRandomValues|subtle)\b/,
  /(?<![.\w])fetch\(/,
  /\b(XMLHttpRequest|WebSocket|EventSource|Worker)\(/,
  /\b(localStorage|sessionStorage|navigator|location)\./,
];

interface Module {
  readonly path: string;
  readonly code: string;
}

/** Says what is wrong with where a module stands and what it uses. */
export function layerFaults({ path, code }: Module): readonly string[] {
  return [...wrongImports(path, code), ...machineUses(path, code)];
}

function wrongImports(path: string, code: string): readonly string[] {
  const own = layerOf(path);
  const specifiers = code.matchAll(
    /(?:^|\n)(?:import|export)\b[^;'"]*?from\s*["']([^"']+)["']|import\s*\(?\s*["']([^"']+)["']/g,
  );
  return [...specifiers].flatMap(([, from, bare]) => {
    const specifier = from ?? bare ?? "";
    if (!specifier.startsWith(".")) {
      const allowed = path === "deps.ts" || ADAPTERS.includes(path) ||
        specifier.startsWith("node:");
      return allowed ? [] : [`${path} imports ${specifier} past deps.ts`];
    }
    const target = relative(
      "/",
      new URL(specifier, `file:///${path}`).pathname,
    );
    if (/\.(yaml|md|json)$/.test(target)) return [];
    return layerOf(target) <= own ? [] : [`${path} imports ${target}`];
  });
}

function layerOf(path: string): number {
  const [first = ""] = path.split("/");
  const name = first === "cli.ts" ? "cli" : first;
  const layer = LAYERS.indexOf(name);
  // Unknown folders stand to the right of everything.
  return layer < 0 ? LAYERS.length : layer;
}

function machineUses(path: string, code: string): readonly string[] {
  const isEdge = EDGES.some((edge) =>
    typeof edge === "string" ? edge === path : edge.test(path)
  );
  if (isEdge) return [];
  const lines = withoutComments(code).split("\n");
  return lines.flatMap((line, index) =>
    MACHINE.filter((use) => use.test(line))
      .map((use) => `${path}:${index + 1} uses ${use.source}`)
  );
}

function withoutComments(code: string): string {
  return code.replace(
    /\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g,
    (comment) => comment.replace(/[^\n]/g, ""),
  );
}

function* sources(folder: string): Generator<Module> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}${name}`;
    if (name.startsWith(".") || name === "tests" || name === "examples") {
      continue;
    }
    if (isDirectory) yield* sources(`${path}/`);
    else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) {
      yield {
        path: relative(PROJECT, path),
        code: Deno.readTextFileSync(path),
      };
    }
  }
}

Deno.test({
  name: "every module imports only itself and what stands to its left",
  ignore: lacks("read"),
  fn() {
    assertEquals([...sources(PROJECT)].flatMap(layerFaults), []);
  },
});

for (
  const { path, code, fault } of [
    {
      path: "policy/decide.ts",
      code: 'import { agentLoop } from "../runtime/loop.ts";',
      fault: "policy/decide.ts imports runtime/loop.ts",
    },
    {
      path: "trace/span.ts",
      code: 'import type {\n  Artifacts,\n} from "../evidence/artifacts.ts";',
      fault: "trace/span.ts imports evidence/artifacts.ts",
    },
    {
      path: "tools/read.ts",
      code: 'export { z } from "npm:zod@4.6.7";',
      fault: "tools/read.ts imports npm:zod@4.6.7 past deps.ts",
    },
    {
      path: "evidence/manifest.ts",
      code: 'const { main } = await import("../cli.ts");',
      fault: "evidence/manifest.ts imports cli.ts",
    },
    {
      path: "runtime/env.ts",
      code: 'import { corpus } from "../tests/program.ts";',
      fault: "runtime/env.ts imports tests/program.ts",
    },
    {
      path: "runtime/retry.ts",
      code: "const jitter = Math.random();",
      fault: "runtime/retry.ts:1 uses \\bMath\\.random\\b",
    },
    {
      path: "policy/load.ts",
      code: "/* fine */\nDeno.readTextFileSync(path);",
      fault: "policy/load.ts:2 uses \\bDeno\\.",
    },
    {
      path: "tools/fetch.ts",
      code: "const response = await fetch(url);",
      fault: "tools/fetch.ts:1 uses (?<![.\\w])fetch\\(",
    },
  ]
) {
  Deno.test(`the layers test goes red when ${fault}`, () => {
    assertEquals(layerFaults({ path, code }), [fault]);
  });
}

Deno.test("the layers test lets an edge touch the machine", () => {
  assertEquals(
    layerFaults({
      path: "evidence/store/growing_file.ts",
      code: "Deno.openSync(path);",
    }),
    [],
  );
});
