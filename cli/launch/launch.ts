import { dirname, fromFileUrl } from "../../deps.ts";
import { firstPolicy } from "../../evidence/verify/first_policy.ts";
import { denoFlags, type ProgramPaths } from "../../policy/deno/deno_flags.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { portOf } from "../../policy/url_text.ts";
import { chooseModel } from "../../runtime/llm/provider/provider.ts";
import { FIXTURE_ORIGIN } from "../../tasks/corpus.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { ToolServers } from "../../tasks/tool_server.ts";
import { loadTask } from "../../tasks/task.ts";
import { InputError } from "../../tools/data/input_error.ts";
import { readPolicyFile } from "../input/policy_file.ts";
import { serversIn } from "../input/server_option.ts";
import { readTaskAndPolicy } from "../input/task_inputs.ts";
import { runStore } from "../machine/run_store.ts";
import {
  type CommandLineParts,
  commandLineParts,
} from "./command_line_parts.ts";

/** How Deno is started for one command line of this program. */
export interface Launch {
  /** The flags of Deno, with no more permissions than the command line needs. */
  readonly flags: readonly string[];
  /** Modules of the user's that are loaded, which have to be fetched first. */
  readonly modules: readonly string[];
}

/** What one command needs. */
interface LaunchedCommand {
  /**
   * Its options that take a value: all of them where an operand counts, so that it
   * is found, and else those that count.
   */
  readonly options: readonly string[];
  launch(parts: CommandLineParts): Promise<Launch> | Launch;
}

const RUN_OPTIONS = [
  ...["durability", "approve", "by", "tools", "corpus", "llm", "base-url"],
  "mcp",
  ...["api-key-env", "model-seed", "record", "otlp", "otlp-protocol"],
  "trace-schema",
];

/** Where Deno makes temporary folders, unless the environment says otherwise. */
const TEMPORARY = "/tmp";

/** The commands that need more than to read; all the others read wherever they are told. */
const COMMANDS: ReadonlyMap<string, LaunchedCommand> = new Map<
  string,
  LaunchedCommand
>([
  ["run", {
    options: [
      ...["policy", "out", "sign", "system", "temperature"],
      ...["max-output-tokens", ...RUN_OPTIONS],
    ],
    launch(parts) {
      const [task = ""] = parts.operands;
      const { policy, task: { document } } = readTaskAndPolicy(
        task,
        parts.options.get("policy"),
      );
      const out = parts.options.get("out") ?? "runs";
      return ownRun(policy.document, parts, {
        servers: document.mcp_servers,
        // What the task names is beside it.
        read: [
          dirname(task),
          out,
          ...named(parts, ["policy", "sign", "system"]),
        ],
        write: [out],
      });
    },
  }],
  ["resume", {
    options: RUN_OPTIONS,
    async launch(parts) {
      const [run = ""] = parts.operands;
      const record = runStore.run(run);
      const source = await record.source();
      const policy = loadPolicy(firstPolicy(source), "the policy on record");
      return ownRun(policy.document, parts, {
        servers: await serversOnRecord(record),
        read: [run],
        write: [run],
      });
    },
  }],
  ["mcp", {
    options: [
      ...["policy", "out", "sandbox", "name", "approve", "durability"],
      ...["profile", "env"],
    ],
    launch(parts) {
      const [word, run = ""] = parts.operands;
      if (word === "close") return within([run]);
      return word === "list" ? examined(parts) : proxy(parts);
    },
  }],
  ["report", {
    options: ["out"],
    launch({ operands: [run = ""], options, flags }) {
      const name = /([^/]*)\/*$/.exec(run)?.[1];
      const out = options.get("out") ?? `${name}.html`;
      return launch({
        read: [".", run, out],
        write: [out, `${out}.part`],
        run: flags.has("open") ? ["open", "xdg-open"] : [],
      });
    },
  }],
  ["runs", {
    options: ["html", "out", "db"],
    launch: (parts) =>
      launch({ write: named(parts, ["html", "out"]), ...stored(parts) }),
  }],
  ["approvals", {
    options: ["by", "question", "db"],
    launch(parts) {
      const [verb, ...folders] = parts.operands;
      if (parts.options.has("db")) return launch(stored(parts));
      return verb === "list" ? launch({}) : within(folders);
    },
  }],
  ["sign", {
    options: ["key"],
    launch: ({ operands: [run = ""] }) => launch({ write: [run] }),
  }],
  ["keygen", {
    options: ["out"],
    launch: (parts) =>
      launch({
        write: named(parts, ["out"]).flatMap((key) => [key, `${key}.pub`]),
      }),
  }],
  ["init", { options: [], launch: ({ operands }) => within(operands) }],
  ["decide", {
    options: ["tools"],
    launch: (parts) => ({ ...launch({}), modules: modulesIn(parts) }),
  }],
  ["test", {
    options: ["tools", "scratch"],
    launch(parts) {
      const [scratch = TEMPORARY] = named(parts, ["scratch"]);
      const { flags } = launch({ write: [scratch] });
      // Their policies may want a Worker.
      return {
        flags: ["--unstable-worker-options", ...flags],
        modules: modulesIn(parts),
      };
    },
  }],
  ["policy", {
    options: ["tools"],
    launch: (parts) => ({ ...launch({}), modules: modulesIn(parts) }),
  }],
  ...["canonical", "policy-gates", "failure-modes"].map((name) =>
    [name, {
      options: ["scenario"],
      launch: () => launch({ read: [".", "runs"], write: ["runs"] }),
    }] satisfies [string, LaunchedCommand]
  ),
]);

/** The options that are known of a command. */
export function launchOptions(name: string): readonly string[] {
  return COMMANDS.get(name)?.options ?? [];
}

/**
 * Says how Deno is started for a command line, the name of the command first: with
 * what its policy implies and it names, and nothing else. Nothing is run.
 *
 * @throws {InputError} when a file that it names cannot be used
 */
export async function launchOf(
  [name = "", ...args]: readonly string[],
): Promise<Launch> {
  const isHelp = ["--help", "-h"].some((each) => args.includes(each));
  const command = isHelp ? undefined : COMMANDS.get(name);
  return command === undefined
    ? launch({})
    : await command.launch(commandLineParts(args, command.options));
}

/** Where this program's own policies and texts are, unless it comes from a server. */
const OWN: readonly string[] = import.meta.url.startsWith("file:")
  ? [fromFileUrl(new URL("../../", import.meta.url))]
  : [];

/** What a process may do; reading is not limited unless that is said. */
interface Granted {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly run?: readonly string[];
  readonly env?: readonly string[];
  readonly net?: readonly string[];
}

function launch(
  { read, write = [], run = [], env = [], net = [] }: Granted,
): Launch {
  return {
    flags: [
      "--no-prompt",
      "--cached-only",
      read === undefined
        ? "--allow-read"
        : `--allow-read=${list([...OWN, ...read])}`,
      ...valued("--allow-write", write),
      ...valued("--allow-net", net),
      ...valued("--allow-run", run),
      ...valued("--allow-env", env),
    ],
    modules: [],
  };
}

/** A command that works in some folders. */
function within(paths: readonly string[]): Launch {
  return launch({ read: [".", ...paths], write: paths });
}

/** A run, new or resumed, under its policy. */
function ownRun(
  document: PolicyDocument,
  parts: CommandLineParts,
  { read, write, servers: inTask }: ProgramPaths & {
    /** The servers that the task names. */
    readonly servers: ToolServers | undefined;
  },
): Launch {
  const modules = modulesIn(parts);
  const { hosts, env } = reached(parts);
  const servers = { ...inTask, ...serversIn(parts.every("mcp")) };
  const each = Object.values(servers);
  const commands = each.flatMap(({ command }) => command ?? []);
  hosts.push(
    ...each.flatMap(({ url }) => url === undefined ? [] : hostIn(url)),
  );
  const record = named(parts, ["record"]);
  const flags = denoFlags(document, {
    read: [
      ...new Set([
        ...[...OWN, ".", ...read, ...named(parts, ["corpus"]), ...record],
        ...modules.map((module) => dirname(module)),
      ]),
    ].map(escaped),
    write: [...write, ...record].map(escaped),
    served: [new URL(FIXTURE_ORIGIN).hostname],
    hosts,
  });
  return {
    flags: [
      ...flags,
      ...valued("--allow-run", commands.length > 0 ? [...commands, "sh"] : []),
      ...valued("--allow-env", [
        ...env,
        ...each.length > 0 ? environmentOf(document) : [],
      ]),
    ],
    modules,
  };
}

/** The servers that the task of a run names; of a session there are none. */
async function serversOnRecord(
  record: RunRecord,
): Promise<ToolServers | undefined> {
  try {
    const { started } = await record.ledger();
    return loadTask(started.task.text, "the task on record").document
      .mcp_servers;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The host of an address, with its port. */
function hostIn(text: string): readonly string[] {
  const url = URL.parse(text);
  return url === null ? [] : [`${url.hostname}:${portOf(url)}`];
}

/** The variables that the policy gives to servers. */
function environmentOf({ mcp }: PolicyDocument): readonly string[] {
  const given = Object.values(mcp?.env ?? {});
  return [...new Set(given.map(({ from }) => from))];
}

/** What a run asks beside the hosts of its policy: a model, a collector. */
function reached({ options }: CommandLineParts) {
  const [hosts, env]: [string[], string[]] = [[], []];
  const llm = options.get("llm");
  if (llm !== undefined && !llm.startsWith("replay:")) {
    const { host, keys } = chooseModel(llm, {
      baseUrl: options.get("base-url"),
      keyName: options.get("api-key-env"),
    });
    hosts.push(host);
    env.push(...keys);
  }
  const otlp = URL.parse(options.get("otlp") ?? "");
  if (otlp !== null) {
    hosts.push(`${otlp.hostname}:${portOf(otlp)}`);
    env.push("OTEL_*", "TRACEPARENT");
  }
  return { hosts, env };
}

/** The proxy before a server, and the one server. */
function proxy(parts: CommandLineParts): Launch {
  const { document } = readPolicyFile(parts.options.get("policy") ?? "");
  const [command] = parts.rest;
  const paths = named(parts, ["policy", "out", "sandbox"]);
  return launch({
    read: [...isRelative(paths) ? ["."] : [], ...paths],
    write: named(parts, ["out"]),
    run: command === undefined ? [] : [command, "sh"],
    env: environmentOf(document),
  });
}

/** A server that is only asked which tools it has. */
function examined(parts: CommandLineParts): Launch {
  const [command] = parts.rest;
  return launch({
    read: [".", ...named(parts, ["sandbox"])],
    run: command === undefined ? [] : [command, "sh"],
    env: (parts.options.get("env") ?? "PATH").split(","),
  });
}

/** The database that a command line names. */
function stored({ options }: CommandLineParts): Pick<Granted, "net" | "env"> {
  const url = URL.parse(options.get("db") ?? "");
  return url === null ? {} : {
    net: [`${url.hostname}:${url.port || POSTGRES_PORT}`],
    env: ["DATABASE_URL", "PG*"],
  };
}

const POSTGRES_PORT = "5432";

/** Whether the current folder has a say in what a path is. */
function isRelative(paths: readonly string[]): boolean {
  return paths.some((path) => !path.startsWith("/"));
}

function modulesIn(parts: CommandLineParts): readonly string[] {
  return named(parts, ["tools"]).filter((path) => !path.endsWith(".json"));
}

/** The values of those of some options that are given. */
function named(
  { options }: CommandLineParts,
  names: readonly string[],
): readonly string[] {
  return names.flatMap((name) => options.get(name) ?? []);
}

function valued(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${name}=${list(values)}`];
}

function list(values: readonly string[]): string {
  return [...new Set(values)].map(escaped).join(",");
}

/** Deno parts paths at commas, but not at two of them. */
function escaped(path: string): string {
  return path.replaceAll(",", ",,");
}
