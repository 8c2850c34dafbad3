/**
 * Measures what the proxy costs: calls of server-filesystem directly, through a
 * process that only passes lines, and through the proxy, in turns; a quick call
 * beside a slow one; how much later a client is connected; and memory over many
 * calls. Each has its target, and the exit code says whether all were met. With
 * `--long` memory is measured over four times as many calls, too. `deno task
 * bench:mcp` names this file.
 *
 * @module
 */
import { join } from "../../deps.ts";
import { byteLines } from "../../tools/mcp/lines.ts";
import type { JsonObject } from "../../tools/data/json.ts";
import { PROJECT } from "../program.ts";
import { server, SERVERS } from "./packages.ts";
import { eventsIn, type Message, proxyCommand } from "./proxied.ts";

const CALLS = 400;
const BLOCK = 20;
const CONNECTS = 9;
const WARM = 500;
const MANY = 4000;
const LONG = 16_000;

/** What each line may come to at most. */
const TARGETS = {
  read: 1.5,
  write: 2.5,
  beside: 100,
  connect: 250,
  memory: 20,
} as const;

/** A client of one server, which asks one thing after the other. */
interface Client {
  readonly pid: number;
  ask(method: string, params?: JsonObject): Promise<Message>;
  close(): Promise<void>;
}

function started(
  command: string,
  { args, cwd }: { readonly args: readonly string[]; readonly cwd: string },
): Client {
  const child = new Deno.Command(command, {
    args: [...args],
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const encoder = new TextEncoder();
  const waiting = new Map<unknown, (message: Message) => void>();
  let id = 0;
  const reading = (async () => {
    const lines = byteLines(child.stdout, { maxBytes: 2 ** 28 });
    for await (const line of lines) {
      const message: Message = JSON.parse(String(line));
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  })();
  return {
    pid: child.pid,
    async ask(method, params = {}) {
      id += 1;
      const answer = Promise.withResolvers<Message>();
      waiting.set(id, answer.resolve);
      await writer.write(encoder.encode(
        `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`,
      ));
      return await answer.promise;
    },
    async close() {
      await writer.close();
      await Promise.all([reading, child.status]);
    },
  };
}

async function initialized(client: Client): Promise<Client> {
  await client.ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  });
  await client.ask("ping");
  return client;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

async function memoryMb(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "rss=", "-p", String(pid)],
  }).output();
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

const MCP = { env: { PATH: { from: "PATH", secret: false } } };

await using files = proxyCommand({
  policy: {
    tool_registry: {
      allowed: ["fs.read_text_file", "fs.write_file"],
      denied: [],
    },
    tools: [
      { match: ["fs.read_text_file"], reads: ["path"] },
      { match: ["fs.write_file"], writes: ["path"] },
    ],
    mcp: MCP,
  },
  server: server(SERVERS.filesystem, "."),
  options: ["--name", "fs"],
});
const cwd = files.sandbox;
Deno.writeTextFileSync(join(cwd, "a.txt"), "a".repeat(1000));
const [node = "", ...args] = server(SERVERS.filesystem, ".");
const ways: Record<string, () => Client> = {
  direct: () => started(node, { args, cwd }),
  pipe: () =>
    started(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-lock", "--allow-run"],
        ...["--allow-read", join(PROJECT, "tests/mcp/bare_pipe.ts"), node],
        ...args,
      ],
      cwd,
    }),
  proxy: () => started(files.command, { args: files.args, cwd }),
};

const connect: Record<string, number[]> = { direct: [], pipe: [], proxy: [] };
for (let n = 0; n < CONNECTS; n++) {
  for (const [way, start] of Object.entries(ways)) {
    const client = start();
    connect[way]?.push(
      await timed(async () => {
        await initialized(client);
        await client.ask("tools/list");
      }),
    );
    await client.close();
  }
}

const clients = new Map<string, Client>();
for (const [way, start] of Object.entries(ways)) {
  clients.set(way, await initialized(start()));
}
const times = new Map<string, number[]>();
const calls = {
  read: (_n: number) => ({
    name: "read_text_file",
    arguments: { path: join(cwd, "a.txt") },
  }),
  write: (n: number) => ({
    name: "write_file",
    arguments: { path: join(cwd, `w${n % 50}.txt`), content: `${n}` },
  }),
};
for (let n = 0; n < CALLS; n += BLOCK) {
  for (const [way, client] of clients) {
    for (const [kind, call] of Object.entries(calls)) {
      const all = times.get(`${kind} ${way}`) ?? [];
      times.set(`${kind} ${way}`, all);
      for (let m = n; m < n + BLOCK; m++) {
        all.push(await timed(() => client.ask("tools/call", call(m))));
      }
    }
  }
}
for (const client of clients.values()) await client.close();

await using everything = proxyCommand({
  policy: {
    tool_registry: { allowed: ["server.*"], denied: [] },
    tools: [{ match: ["server.*"], effects: "none" }],
    mcp: MCP,
  },
  server: server(SERVERS.everything),
});
const both = await initialized(
  started(everything.command, { args: everything.args, cwd }),
);
const echo = (message: string) =>
  both.ask("tools/call", { name: "echo", arguments: { message } });
await echo("warm");
const slow = both.ask("tools/call", {
  name: "trigger-long-running-operation",
  arguments: { duration: 2, steps: 1 },
});
const beside = await timed(() => echo("quick"));
await slow;

const large = "x".repeat(10_000);
let made = 0;
/** Makes calls until there were so many; returns the memory then. */
async function memoryAfter(calls: number): Promise<number> {
  while (made < calls) await echo(`${made += 1} ${large}`);
  return await memoryMb(both.pid);
}
const before = await memoryAfter(WARM);
const after = await memoryAfter(MANY);
const later = Deno.args.includes("--long")
  ? await memoryAfter(LONG)
  : undefined;
await both.close();

const [run = ""] = files.runs().filter((each) => eventsIn(each).length > 100);
const intents =
  eventsIn(run).filter((event) =>
    event.type === "tool_started" && event.tool === "fs.write_file"
  ).length;

let isMissed = false;

/** Says what a value may be at most, and whether it is. */
function verdict(
  name: keyof typeof TARGETS,
  value: number,
  unit: "ms" | "MB",
): string {
  const isMet = value <= TARGETS[name];
  isMissed ||= !isMet;
  return `target at most ${TARGETS[name]} ${unit}: ${isMet ? "met" : "MISSED"}`;
}

const ms = (value: number) => `${value.toFixed(2)} ms`;
const mb = (value: number) => `${value.toFixed(0)} MB`;
const medians = (all: (way: string) => readonly number[] | undefined) => ({
  direct: median(all("direct") ?? []),
  pipe: median(all("pipe") ?? []),
  proxy: median(all("proxy") ?? []),
});
const each = ({ direct, pipe, proxy }: ReturnType<typeof medians>) =>
  `direct ${ms(direct)}, pipe ${ms(pipe)}, proxy ${ms(proxy)}`;

const [load = 0] = Deno.loadavg();
console.log(
  `load ${
    load.toFixed(1)
  } on ${navigator.hardwareConcurrency} cores, of which this takes 1 to 2; a busy machine takes longer`,
);
console.log(`median of ${CALLS} calls`);
for (const kind of ["read", "write"] as const) {
  const measured = medians((way) => times.get(`${kind} ${way}`));
  const more = measured.proxy - measured.pipe;
  console.log(
    `  ${kind}: ${each(measured)}: ${ms(more)} more than a pipe; ${
      verdict(kind, more, "ms")
    }`,
  );
}
console.log(
  `  ${intents} intents of writes were on the disk before the writes`,
);
console.log(
  `echo beside a call of 2 s: ${ms(beside)}; ${
    verdict("beside", beside, "ms")
  }`,
);
const connected = medians((way) => connect[way]);
const { direct, pipe, proxy } = connected;
console.log(
  `connected and listed, median of ${CONNECTS}: ${each(connected)}: ${
    ms(proxy - direct)
  } later than directly, ${ms(proxy - pipe)} than through a pipe; ${
    verdict("connect", proxy - direct, "ms")
  }`,
);
console.log(
  `resident memory over calls of 10 KB: ${mb(before)} after ${WARM}, ${
    mb(after)
  } after ${MANY}: ${mb(after - before)} more; ${
    verdict("memory", after - before, "MB")
  }${later === undefined ? "" : `; ${mb(later)} after ${LONG}`}`,
);
if (isMissed) Deno.exitCode = 1;
