import { assertEquals } from "@std/assert";
import { join } from "../../deps.ts";
import { readLedger } from "../../evidence/read_ledger.ts";
import { replay } from "../../evidence/replay/replay.ts";
import { storedRun } from "../../evidence/store/stored_run.ts";
import { verifyRun } from "../../evidence/verify/decisions/verify_run.ts";
import type { RunEvent } from "../../runtime/record/event.ts";
import { isObject, type JsonObject } from "../../tools/data/json.ts";
import { byteLines } from "../../tools/mcp/lines.ts";
import { validateTraceText } from "../../trace/validate/validate.ts";
import { PROJECT, temporaryFolder } from "../program.ts";

/** What a proxy is started with. */
export interface Proxied {
  /** What the policy has beside the least; a key replaces one of the least. */
  readonly policy: JsonObject;
  /** The command of the server. */
  readonly server: readonly string[];
  /** Options of `mcp`, beside those for the policy, the runs and the sandbox. */
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A message of either side, as far as tests look at it. */
export interface Message extends JsonObject {
  readonly id: string | number;
  readonly method: string;
  readonly params: JsonObject;
  readonly result: JsonObject;
  readonly error: JsonObject & {
    readonly code: number;
    readonly message: string;
  };
}

/** A client behind a proxy of its own. */
export interface ProxiedClient extends AsyncDisposable {
  /** The working directory of the server. */
  readonly sandbox: string;
  readonly pid: number;
  /** Writes a line as it is. */
  write(line: string): Promise<void>;
  /** Asks, and resolves with the answer. */
  ask(method: string, params?: JsonObject): Promise<Message>;
  /** The same for a call of a tool. */
  call(name: string, args?: JsonObject): Promise<Message>;
  /** Opens the session as clients up to 2025-11-25 do. */
  initialize(capabilities?: JsonObject): Promise<Message>;
  notify(method: string, params?: JsonObject): Promise<void>;
  /** Every message that came and does not answer `ask`, in order. */
  readonly others: readonly Message[];
  /** Resolves when such a message comes, or has come. */
  other(fits: (message: Message) => boolean): Promise<Message>;
  signal(name: Deno.Signal): void;
  /** Ends standard input, and resolves when the proxy has ended. */
  close(): Promise<{ readonly code: number; readonly stderr: string }>;
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
  stderr(): string;
  /** The folders of the runs that there are. */
  runs(): readonly string[];
}

/** The least that a policy says in these tests. */
export const LEAST: JsonObject = {
  version: 1,
  on_deny: "continue",
  tool_registry: { allowed: [], denied: [] },
  url_allowlist: [],
  sandbox: { isolation: "process" },
  arg_schema: { enforcement: "strict", max_bytes: 65536, max_depth: 32 },
  loop_budget: { max_iterations: 1 },
  cycle_detection: { max_repeats: 100_000, max_period: 4 },
  retry: { max_retries: 0, backoff_base_ms: 0, backoff_cap_ms: 0 },
};

/** How a proxy is started, and where it works. */
export interface ProxyCommand extends AsyncDisposable {
  readonly command: string;
  readonly args: readonly string[];
  /** The working directory of the server. */
  readonly sandbox: string;
  /** The folders of the runs that there are. */
  runs(): readonly string[];
}

/** Lays out what a proxy needs; disposing of it checks every run that it left behind. */
export function proxyCommand(
  { policy, server, options = [] }: Omit<Proxied, "env">,
): ProxyCommand {
  const folder = temporaryFolder();
  const path = Deno.realPathSync(folder.path);
  const sandbox = join(path, "sandbox");
  const out = join(path, "runs");
  Deno.mkdirSync(sandbox);
  Deno.writeTextFileSync(
    join(path, "policy.yaml"),
    JSON.stringify({ ...LEAST, ...policy }),
  );
  const [command = ""] = server;
  return {
    command: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--v8-flags=--max-semi-space-size=2"],
      ...["--no-prompt", "--no-lock", "--allow-read"],
      ...[`--allow-write=${out}`, `--allow-run=${command},sh`],
      ...["--allow-env", `${PROJECT}cli.ts`, "mcp"],
      ...["--policy", join(path, "policy.yaml"), "--out", out],
      ...["--sandbox", sandbox, ...options, "--", ...server],
    ],
    sandbox,
    runs: () => runsIn(out),
    async [Symbol.asyncDispose]() {
      using _ = folder;
      for (const run of runsIn(out)) await checkRun(run);
    },
  };
}

/** Starts a proxy; disposing of it ends it and checks every run that it left behind. */
export function proxied({ env = {}, ...given }: Proxied): ProxiedClient {
  const { command, args, sandbox, runs, ...proxy } = proxyCommand(given);
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: join(sandbox, ".."),
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  const asked = new Map<string | number, (message: Message) => void>();
  const others: Message[] = [];
  const watched = new Set<(message: Message) => void>();
  let errors = "";
  let numbers = 0;

  async function read(): Promise<void> {
    const lines = byteLines(child.stdout, { maxBytes: 2 ** 29 });
    for await (const line of lines) take(JSON.parse(String(line)));
  }

  function take(message: Message): void {
    const answered = message.method === undefined
      ? asked.get(message.id)
      : undefined;
    if (answered !== undefined) {
      asked.delete(message.id);
      return answered(message);
    }
    others.push(message);
    for (const each of watched) each(message);
  }

  async function listen(): Promise<void> {
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) errors += text;
  }

  const reading = read();
  const listening = listen();
  const ended = (async () => {
    const [{ code }] = await Promise.all([child.status, reading, listening]);
    return { code, stderr: errors };
  })();

  const client: ProxiedClient = {
    sandbox,
    pid: child.pid,
    write: (line) => writer.write(encoder.encode(`${line}\n`)),
    async ask(method, params = {}) {
      numbers += 1;
      const id = numbers;
      const answer = Promise.withResolvers<Message>();
      asked.set(id, answer.resolve);
      await client.write(
        JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      );
      return await answer.promise;
    },
    call: (name, args = {}) =>
      client.ask("tools/call", { name, arguments: args }),
    async initialize(capabilities = {}) {
      const answer = await client.ask("initialize", {
        protocolVersion: "2025-11-25",
        capabilities,
        clientInfo: { name: "test", version: "1" },
      });
      await client.notify("notifications/initialized");
      return answer;
    },
    notify: (method, params = {}) =>
      client.write(JSON.stringify({ jsonrpc: "2.0", method, params })),
    others,
    other(fits) {
      const found = others.find(fits);
      if (found !== undefined) return Promise.resolve(found);
      const come = Promise.withResolvers<Message>();
      watched.add((message) => fits(message) && come.resolve(message));
      return come.promise;
    },
    signal: (name) => child.kill(name),
    async close() {
      await writer.close().catch(() => {});
      return await ended;
    },
    ended,
    stderr: () => errors,
    runs,
    async [Symbol.asyncDispose]() {
      await using _ = proxy;
      try {
        await client.close();
      } finally {
        try {
          child.kill("SIGKILL");
        } catch {
          // It has ended.
        }
      }
    },
  };
  return client;
}

function runsIn(out: string): readonly string[] {
  try {
    return [...Deno.readDirSync(out)].map(({ name }) => join(out, name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The events of a run. */
export function eventsIn(run: string): readonly RunEvent[] {
  return readLedger(Deno.readFileSync(join(run, "state.jsonl"))).events;
}

/** Checks that a run is whole: `verify`, `replay` and `trace check` find nothing. */
export async function checkRun(run: string): Promise<void> {
  assertEquals(verifyRun(storedRun(run)).findings, []);
  assertEquals(await replay(eventsIn(run)), undefined);
  const trace = Deno.readTextFileSync(join(run, "trace.json"));
  assertEquals(validateTraceText(trace), []);
}

/** The text of the result of a call. */
export function textOf({ result, error }: Message): string {
  if (error !== undefined) return error.message;
  const [first] = Array.isArray(result.content) ? result.content : [];
  return isObject(first) ? String(first.text) : "";
}
