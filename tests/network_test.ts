import { assertEquals } from "@std/assert";
import { htmlText, networkFor } from "../cli/machine/network.ts";
import { deterministicEnv } from "../cli/machine/world.ts";
import type { Address } from "../policy/facts.ts";
import { loadPolicy } from "../policy/document/load.ts";
import type { RunEvent } from "../runtime/record/event.ts";
import { agentLoop } from "../runtime/loop.ts";
import { scriptedLlm } from "../runtime/llm/scripted_llm.ts";
import { fetchTool } from "../tools/fetch.ts";
import { toolRegistry } from "../tools/registry.ts";
import { lacks } from "./permissions.ts";
import { program, PROJECT } from "./program.ts";
import { eventsOf } from "./rehearsal.ts";

const network = networkFor(true);
const net = { ignore: lacks("read", "net") };

interface Served {
  readonly origin: string;
  /** Paths in the order in which they were asked for. */
  readonly asked: readonly string[];
}

/** A server of this machine, for as long as `use` takes. */
async function serving<T>(
  answer: (path: string, other: string) => Response | Promise<Response>,
  { other = "", use }: {
    readonly other?: string;
    readonly use: (served: Served) => Promise<T>;
  },
): Promise<T> {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) => {
      const { pathname } = new URL(url);
      asked.push(pathname);
      return answer(pathname, other);
    },
  );
  try {
    return await use({ origin: `http://127.0.0.1:${server.addr.port}`, asked });
  } finally {
    await server.shutdown();
  }
}

function to(location: string, status = 302): Response {
  return new Response("moved", { status, headers: { location } });
}

const PAGE = "<h1>Valves</h1><script>alert(1)</script><p>All <b>shut</b>.</p>";

/** What the listed server has; `other` is the origin of one that is not listed. */
function answer(path: string, other: string): Response | Promise<Response> {
  switch (path) {
    case "/moved":
      return to("/moved/on", 301);
    case "/moved/on":
      return to("../page", 307);
    case "/page":
      return new Response(PAGE, { headers: { "content-type": "text/html" } });
    case "/away":
      return to(`${other}/secret`);
    case "/localhost":
      return to(`${other.replace("127.0.0.1", "localhost")}/secret`);
    case "/backslash":
      return to(`${other.replace("http://", "\\\\")}/secret`);
    case "/nowhere":
      return new Response(null, { status: 302 });
    case "/round":
      return to("/round", 308);
    case "/large":
      return new Response("x".repeat(5000));
    default:
      return new Response("no such page", { status: 404 });
  }
}

/** Has a scripted model fetch one URL, really, in real time, under a policy that lists `origin`. */
async function fetched(
  url: string,
  { origin, timeoutMs = 10_000 }: Served & { readonly timeoutMs?: number },
): Promise<readonly RunEvent[]> {
  const policy = loadPolicy(
    `version: 1
on_deny: terminate
tool_registry: { allowed: [fetch], denied: [] }
url_allowlist: ["${origin}"]
fetch: { max_redirects: 2, max_bytes: 4096 }
sandbox: { isolation: process }
arg_schema: { enforcement: strict, max_bytes: 4096, max_depth: 4 }
loop_budget: { max_iterations: 2 }
cycle_detection: { max_repeats: 1, max_period: 2 }
retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0, attempt_timeout_ms: ${timeoutMs} }
`,
    "policy.yaml",
  );
  const { llm, sha256 } = scriptedLlm([
    { calls: [{ tool: "fetch", args: { url } }] },
    { answer: "done" },
  ]);
  const maxBytes = policy.document.fetch?.max_bytes;
  const events: RunEvent[] = [];
  const run = agentLoop(
    {
      runId: "network",
      seed: 0,
      task: { id: "network", question: "?", text: "" },
      policy,
      tools: toolRegistry([
        fetchTool({ fetch: network.fetch, maxBytes, htmlText }),
      ]),
      sandbox: {
        inspect() {
          throw new Error("No call has a path");
        },
      },
      llm,
      model: {
        execution_path: "stub",
        provider: "scripted",
        model: "network",
        script_sha256: sha256,
      },
      corpus: { sha256: "0".repeat(64), documents: 0 },
    },
    deterministicEnv(0n, {
      signal: new AbortController().signal,
      sleeps: () => true,
      deadlines: true,
      resolve: network.resolve,
    }),
  );
  for await (const event of run) events.push(event);
  return events;
}

/** What the tool came to at each hop, and what was denied. */
function outcome(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.type === "tool_finished") {
      const { result, redirect, error } = event;
      return [
        error?.type ??
          (redirect === null ? Object(result).text : Object(redirect).url),
      ];
    }
    return event.type === "policy_checked" && event.decision === "deny"
      ? [`${event.rule_id}: ${event.reason}`]
      : [];
  });
}

const CASES: readonly {
  readonly what: string;
  readonly path: string;
  readonly asked: readonly string[];
  /** `LISTED` stands for the listed server, `OTHER` for the other one's port. */
  readonly want: readonly string[];
}[] = [
  {
    what: "makes text of a page",
    path: "/page",
    asked: ["/page"],
    want: ["Valves\n\nAll shut."],
  },
  {
    what: "follows redirects between listed places, each judged",
    path: "/moved",
    asked: ["/moved", "/moved/on", "/page"],
    want: ["LISTED/moved/on", "LISTED/page", "Valves\n\nAll shut."],
  },
  {
    what: "does not follow a redirect to a port that is not listed",
    path: "/away",
    asked: ["/away"],
    want: [
      "http://127.0.0.1:OTHER/secret",
      'url_allowlist: the port OTHER is not listed for "127.0.0.1"',
    ],
  },
  {
    what: "does not follow a redirect to another name of a listed host",
    path: "/localhost",
    asked: ["/localhost"],
    want: [
      "http://localhost:OTHER/secret",
      'url_allowlist: the host "localhost" is not listed',
    ],
  },
  {
    what: "takes backslashes of a Location as fetch would, and judges them",
    path: "/backslash",
    asked: ["/backslash"],
    want: [
      "http://127.0.0.1:OTHER/secret",
      'url_allowlist: the port OTHER is not listed for "127.0.0.1"',
    ],
  },
  {
    what: "fails for a redirect to nowhere",
    path: "/nowhere",
    asked: ["/nowhere"],
    want: ["redirect"],
  },
  {
    what: "stops going round in a circle",
    path: "/round",
    asked: ["/round", "/round", "/round"],
    want: [
      "LISTED/round",
      "LISTED/round",
      "LISTED/round",
      "url_allowlist: the call was redirected 3 times; 2 are allowed",
    ],
  },
  {
    what: "reads no body that is too large",
    path: "/large",
    asked: ["/large"],
    want: ["too_large"],
  },
  {
    what: "says of a page that is not there what the server says",
    path: "/none",
    asked: ["/none"],
    want: ["404"],
  },
];

for (const { what, path, asked: wantAsked, want } of CASES) {
  Deno.test(`a run over a real network ${what}`, net, async () => {
    await serving(() => new Response("secret"), {
      async use(unlisted) {
        const port = new URL(unlisted.origin).port;
        await serving(answer, {
          other: unlisted.origin,
          async use(listed) {
            const events = await fetched(`${listed.origin}${path}`, listed);
            assertEquals(
              outcome(events),
              want.map((text) =>
                text.replaceAll("OTHER", port)
                  .replaceAll("LISTED", listed.origin)
              ),
            );
            assertEquals(listed.asked, wantAsked);
            assertEquals(unlisted.asked, []);
          },
        });
      },
    });
  });
}

Deno.test(
  "a run over a real network abandons a body that does not end",
  net,
  async () => {
    let cancelled = false;
    const endless = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode("so far"));
          },
          cancel() {
            cancelled = true;
          },
        }),
      );
    await serving(endless, {
      async use(served) {
        const events = await fetched(`${served.origin}/`, {
          ...served,
          timeoutMs: 300,
        });
        assertEquals(outcome(events), ["timeout"]);
        assertEquals(
          eventsOf("attempt_finished", events).map((event) => event.outcome),
          ["exhausted"],
        );
      },
    });
    assertEquals(cancelled, true);
  },
);

Deno.test(
  "a run over a real network asks no resolver for an address",
  net,
  async () => {
    await serving(answer, {
      async use(served) {
        const events = await fetched(`${served.origin}/page`, served);
        assertEquals(
          eventsOf("policy_checked", events).map(({ facts }) => facts?.hosts),
          [[]],
        );
      },
    });
  },
);

/** Looks up a name, in a process with the named permissions. */
function resolving(url: string, permissions: readonly string[]) {
  const from = new URL("cli/machine/network.ts", `file://${PROJECT}`).href;
  const body = `import { networkFor } from "${from}";
const { signal } = new AbortController();
console.log(JSON.stringify(
  await networkFor(true).resolve(new URL("${url}"), signal).catch(({ code }) => code),
));`;
  return program([], {
    cwd: PROJECT,
    permissions: [`--allow-read=${PROJECT}`, ...permissions],
    program: `data:text/javascript,${encodeURIComponent(body)}`,
  });
}

Deno.test(
  "networkFor() finds that localhost is loopback, with the permission for the URL alone",
  { ignore: lacks("read", "run") },
  async () => {
    const { stdout, stderr } = await resolving(
      "http://localhost:8080/",
      ["--allow-net=localhost:8080"],
    );
    assertEquals(stderr, "");
    const found: readonly Address[] = JSON.parse(stdout);
    assertEquals(
      [...new Set(found.map(({ range }) => range))],
      ["loopback"],
    );
  },
);

for (
  const { what, permissions } of [
    { what: "without a permission", permissions: [] },
    {
      what: "with the permission for another port",
      permissions: ["--allow-net=localhost:8081"],
    },
  ]
) {
  Deno.test(
    `networkFor() looks nothing up ${what}`,
    { ignore: lacks("read", "run") },
    async () => {
      const { stdout } = await resolving("http://localhost:8080/", permissions);
      assertEquals(stdout, '"EPERM"\n');
    },
  );
}
