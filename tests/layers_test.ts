import { assertEquals } from "@std/assert";
import { relative } from "../deps.ts";
import { lacks } from "./permissions.ts";
import { PROJECT } from "./program.ts";

/** Each folder may import itself and the folders to its left. */
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
  "agent",
  "mod.ts",
];

/**
 * The rooms below a folder, from left to right. A room may import itself, the
 * files of its own folder, and rooms to its left; the folder's own files may
 * import any of them. A folder that is not named here has no rooms.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  tools: ["data", "sandbox", "page", "search", "json_schema", "mcp", "worker"],
  policy: [
    "redaction",
    "conditions",
    "document",
    "rules",
    "deno",
    "testing",
    "profiles",
    "permissions",
  ],
  // A session takes calls from clients that have no model of their own.
  runtime: ["record", "attempt", "approval", "session", "llm", "rerun"],
  "runtime/llm": ["cassette", "provider"],
  trace: ["genai", "otlp", "validate"],
  "trace/validate": ["samples"],
  evidence: [
    "report",
    "recording",
    "approval",
    "replay",
    "verify",
    "attest",
    "page",
    "archive",
    "store",
  ],
  "evidence/page": ["checker", "view"],
  "evidence/store": ["postgres"],
  "evidence/verify": ["story", "decisions"],
  corpus: ["reports"],
  cli: [
    "command",
    "machine",
    "input",
    "approval",
    "progress",
    "execution",
    "mcp",
    "fleet",
    "scenario",
    "policy",
    "launch",
    "starter",
  ],
};

/** Modules that import a package which only they and a few others need. */
const ADAPTERS = [
  "cli/command/parse_args.ts",
  "cli/fleet/pg_boss_queue.ts",
  "evidence/page/lean_deps.ts",
  "evidence/store/postgres/pg_database.ts",
  "evidence/store/walk.ts",
  "npm/build_launcher.ts",
  "npm/module_for_node.ts",
  "policy/document/yaml_events.ts",
  "policy/rules/address_range.ts",
  "runtime/llm/provider/anthropic.ts",
  "runtime/llm/provider/google.ts",
  "runtime/llm/provider/openai_compatible.ts",
  "tools/data/canonicalize.ts",
  "tools/data/re2.ts",
  "tools/data/yaml.ts",
  "tools/json_schema/json_schema_validator.ts",
  "tools/page/bounded_html.ts",
  "tools/page/html_text.ts",
  "tools/search/ranking.ts",
  "tools/search/vocabulary.ts",
  "tools/search/word_forms.ts",
];

/** Modules at the edge: the only ones that may touch the machine. */
const EDGES = [
  "cli.ts",
  /^cli\/(?!command\/)/,
  /^agent\/(agent_run|governing|interruption)\.ts$/,
  "mod.ts",
  "tools/data/plain_json.ts",
  "tools/sandbox/new_file.ts",
  "tools/sandbox/place.ts",
  "tools/sandbox/stands_at.ts",
  "tools/sandbox/temporary.ts",
  "tools/sandbox/verified_read.ts",
  "tools/sandbox/verified_write.ts",
  "tools/sandbox/directory_sandbox.ts",
  "tools/worker/serve_tools.ts",
  "tools/worker/tool_worker.ts",
  /^evidence\/store\//,
  // What Node has in the place of Deno, and what builds the package for it.
  /^npm\//,
  // What only a browser runs.
  "evidence/page/checker/serve.ts",
  /^evidence\/page\/view\//,
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

/** Says what is wrong with the place of a module and with what it uses. */
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
      if (specifier.startsWith("node:")) {
        return isEdge(path) ? [] : [`${path} imports ${specifier}`];
      }
      const allowed = path === "deps.ts" || ADAPTERS.includes(path);
      return allowed ? [] : [`${path} imports ${specifier} past deps.ts`];
    }
    const target = relative(
      "/",
      new URL(specifier, `file:///${path}`).pathname,
    );
    if (/\.(yaml|md|json)$/.test(target)) return [];
    return layerOf(target) <= own && isToTheLeft(target, path)
      ? []
      : [`${path} imports ${target}`];
  });
}

/** Whether the first room in which two paths part may be imported by the second. */
function isToTheLeft(target: string, path: string): boolean {
  const [to, from] = [target.split("/"), path.split("/")];
  let depth = 0;
  while (to[depth] === from[depth] && depth < from.length - 1) depth++;
  const isRoom = depth < to.length - 1 && depth < from.length - 1;
  if (depth === 0 || !isRoom) return true;
  const rooms = ROOMS[from.slice(0, depth).join("/")] ?? [];
  const placeOf = (parts: readonly string[]) =>
    rooms.indexOf(parts[depth] ?? "");
  return placeOf(to) >= 0 && placeOf(to) <= placeOf(from);
}

/** The circles of imports, types included: each as the modules that import one another. */
export function circles(modules: readonly Module[]): readonly string[] {
  const imports = new Map(modules.map(({ path, code }) => [
    path,
    [...withoutComments(code).matchAll(/\bfrom\s*["'](\.[^"']+\.ts)["']/g)].map(
      ([, to = ""]) => relative("/", new URL(to, `file:///${path}`).pathname),
    ),
  ]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    const at = way.indexOf(path);
    if (at >= 0) found.push(way.slice(at).join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const each of imports.get(path) ?? []) visit(each, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

function layerOf(path: string): number {
  const [first = ""] = path.split("/");
  const name = first === "cli.ts" ? "cli" : first;
  const layer = LAYERS.indexOf(name);
  // Unknown folders stand to the right of everything.
  return layer < 0 ? LAYERS.length : layer;
}

function isEdge(path: string): boolean {
  return EDGES.some((edge) =>
    typeof edge === "string" ? edge === path : edge.test(path)
  );
}

function machineUses(path: string, code: string): readonly string[] {
  if (isEdge(path)) return [];
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
  name: "every module imports only its own folder and those to its left",
  ignore: lacks("read"),
  fn() {
    assertEquals([...sources(PROJECT)].flatMap(layerFaults), []);
  },
});

Deno.test({
  name: "no modules import one another in a circle, not even types",
  ignore: lacks("read"),
  fn() {
    assertEquals(circles([...sources(PROJECT)]), []);
  },
});

Deno.test({
  name: "every room is in the list of its folder",
  ignore: lacks("read"),
  fn() {
    const rooms = new Map<string, Set<string>>();
    for (const { path } of sources(PROJECT)) {
      const parts = path.split("/").slice(0, -1);
      for (let depth = 1; depth < parts.length; depth++) {
        const folder = parts.slice(0, depth).join("/");
        const found = rooms.get(folder) ?? new Set();
        rooms.set(folder, found.add(parts[depth] ?? ""));
      }
    }
    const sorted = (names: Iterable<string>) => [...names].sort();
    assertEquals(
      new Map([...rooms].map(([folder, found]) => [folder, sorted(found)])),
      new Map(
        Object.entries(ROOMS).map(([folder, names]) => [folder, sorted(names)]),
      ),
    );
  },
});

Deno.test("the layers test goes red when types import one another", () => {
  const modules = [
    { path: "policy/a.ts", code: 'import type { B } from "./rules/b.ts";' },
    {
      path: "policy/rules/b.ts",
      code: 'import { c } from "../../tools/c.ts";',
    },
    { path: "tools/c.ts", code: 'export { a } from "../policy/a.ts";' },
  ];
  assertEquals(circles(modules), [
    "policy/a.ts → policy/rules/b.ts → tools/c.ts",
  ]);
  assertEquals(circles(modules.slice(0, 2)), []);
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
      path: "runtime/record/ledger.ts",
      code: 'import { hash } from "node:crypto";',
      fault: "runtime/record/ledger.ts imports node:crypto",
    },
    {
      path: "evidence/recording/manifest.ts",
      code: 'const { main } = await import("../../cli.ts");',
      fault: "evidence/recording/manifest.ts imports cli.ts",
    },
    {
      path: "policy/document/load.ts",
      code: 'import { callRules } from "../rules/call_rules.ts";',
      fault: "policy/document/load.ts imports policy/rules/call_rules.ts",
    },
    {
      path: "evidence/report/markdown.ts",
      code: 'import { verifyRun } from "../verify/story/outcome.ts";',
      fault:
        "evidence/report/markdown.ts imports evidence/verify/story/outcome.ts",
    },
    {
      path: "runtime/session/tool_call.ts",
      code: 'import type { Message } from "../llm/llm.ts";',
      fault: "runtime/session/tool_call.ts imports runtime/llm/llm.ts",
    },
    {
      path: "trace/otlp/x.ts",
      code: 'import { x } from "../unknown/x.ts";',
      fault: "trace/otlp/x.ts imports trace/unknown/x.ts",
    },
    {
      path: "runtime/env.ts",
      code: 'import { corpus } from "../tests/program.ts";',
      fault: "runtime/env.ts imports tests/program.ts",
    },
    {
      path: "runtime/attempt/retry.ts",
      code: "const jitter = Math.random();",
      fault: "runtime/attempt/retry.ts:1 uses \\bMath\\.random\\b",
    },
    {
      path: "policy/document/load.ts",
      code: "/* fine */\nDeno.readTextFileSync(path);",
      fault: "policy/document/load.ts:2 uses \\bDeno\\.",
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
