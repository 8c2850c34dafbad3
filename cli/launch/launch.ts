import { dirname } from "../../deps.ts";
import { firstPolicy } from "../../evidence/verify/first_policy.ts";
import { loadPolicy } from "../../policy/document/load.ts";
import { readTaskAndPolicy } from "../input/task_inputs.ts";
import { runStore } from "../machine/run_store.ts";
import {
  type CommandLineParts,
  commandLineParts,
  modulesIn,
  named,
} from "./command_line_parts.ts";
import { type Granted, type Launch, launch, within } from "./granted.ts";
import { ownRun, serversOnRecord } from "./own_run.ts";
import { decided, tested } from "./tried_servers.ts";
import { examined, proxy } from "./proxy.ts";
import { workerLaunch } from "./worker.ts";

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
      ...["profile", "env", "listen", "upstream"],
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
  ["submit", {
    options: [
      ...["policy", "corpus", "tools", "llm", "tenant", "priority", "id"],
      ...["at", "db"],
    ],
    launch: (parts) => launch(ofFleet(parts)),
  }],
  ["fleet", {
    options: ["tenant", "running", "max-wait", "before", "out", "db"],
    launch: (parts) =>
      launch({ write: named(parts, ["out"]), ...ofFleet(parts) }),
  }],
  ["worker", {
    options: [
      ...["config", "concurrency", "lease", "rate", "otlp", "otlp-protocol"],
      ...["trace-schema", "db"],
    ],
    launch: (parts) =>
      workerLaunch(parts, {
        database: ofFleet(parts),
        temporary: TEMPORARY,
      }),
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
    options: ["policy", "sandbox", "tools", "mcp"],
    launch: (parts) => ({
      ...launch(decided(parts)),
      modules: modulesIn(parts),
    }),
  }],
  ["test", {
    options: ["filter", "policy", "tools", "mcp", "reporter", "scratch"],
    launch(parts) {
      const [scratch = TEMPORARY] = named(parts, ["scratch"]);
      const { flags } = launch({ write: [scratch], ...tested(parts) });
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

/** The database that a command line names. */
function stored({ options }: CommandLineParts): Pick<Granted, "net" | "env"> {
  const url = URL.parse(options.get("db") ?? "");
  return url === null ? {} : {
    net: [`${url.hostname}:${url.port || POSTGRES_PORT}`],
    env: ["DATABASE_URL", "PG*"],
  };
}

/** The same for a command that has one in any case; without `--db` only its process knows where. */
function ofFleet(
  parts: CommandLineParts,
): Required<Pick<Granted, "net" | "env">> {
  const { net = [], env = ["DATABASE_URL", "PG*"] } = stored(parts);
  return { net, env };
}

const POSTGRES_PORT = "5432";
