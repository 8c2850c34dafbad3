import { join } from "../../deps.ts";
import type { Policy } from "../../policy/document/load.ts";
import { sessionPolicyFault } from "../../runtime/session/client_session.ts";
import type { Durability } from "../../evidence/recording/record_run.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { unusable } from "../../tools/data/input_error.ts";
import { jsonSchemaValidator } from "../../tools/json_schema/json_schema_validator.ts";
import { hiddenValues } from "../../tools/mcp/hidden_values.ts";
import { byteLines } from "../../tools/mcp/lines.ts";
import { virtualTools } from "../../tools/mcp/methods.ts";
import { isWithin } from "../../tools/sandbox/place.ts";
import type { Incident } from "../../evidence/recording/incident.ts";
import { cancelOnSignal } from "../execution/cancellation.ts";
import { EXIT, type Output, UsageError } from "../command/command.ts";
import { machinePulse } from "../machine/pulse.ts";
import { realFuturePath } from "../machine/real_future_path.ts";
import { runStore } from "../machine/run_store.ts";
import { progress, type ProgressForm } from "../progress/progress.ts";
import { mcpProxy } from "./proxy.ts";
import { type RecordedCalls, recordedCalls } from "./recorded_calls.ts";
import { serverEnvironment } from "./server_environment.ts";
import { serverProcess } from "./server_process.ts";
import { serverTools, type ToolIncident } from "./server_tools.ts";
import { type ApprovalWay, sessionApprover } from "./session_approver.ts";
import { toolIncidentText } from "./tool_incident_text.ts";

/** What a proxy over standard input and output is started with. */
export interface ServedProxy {
  readonly policy: Policy;
  /** The file of the policy, which must not be in the sandbox. */
  readonly policyPath: string;
  /** The folder of the runs. */
  readonly out: string;
  /** The directory in which the server works and paths are judged. Default: an empty one in the run. */
  readonly sandbox: string | undefined;
  readonly name: string;
  readonly approve: ApprovalWay;
  readonly showDenied: boolean;
  readonly durability: Durability;
  /** How calls are told on standard error. */
  readonly form: ProgressForm;
  readonly command: string;
  readonly args: readonly string[];
}

/** The longest message, in bytes. */
const MAX_LINE_BYTES = 256 * 2 ** 20;

/**
 * Starts a server and stands before it, until one side ends. Returns the exit code.
 *
 * @throws {UsageError} when the policy cannot govern a session, the sandbox is not
 *   apart from runs and policy, or the server cannot be started
 */
export async function serveProxy(
  { policy, policyPath, out, name, command, args, ...given }: ServedProxy,
  output: Output,
): Promise<number> {
  const { document } = policy;
  const fault = sessionPolicyFault(document) ??
    (document.sandbox.isolation === "worker"
      ? "Cannot govern a server under this policy: it has sandbox.isolation: worker, and a server is a process of its own; write process"
      : undefined);
  if (fault !== undefined) throw new UsageError(fault);
  const runId = `${name}_${started(new Date())}_${
    crypto.getRandomValues(new Uint8Array(4)).toHex()
  }`;
  const record = runStore.run(join(out, runId));
  using folder = workingFolder(given.sandbox, record.sandbox);
  const sandbox = folder.path;
  refuseWithin(sandbox, {
    out,
    policyPath,
    isOwn: given.sandbox === undefined,
  });
  const { env, hidden: values } = serverEnvironment(document, {
    name,
    get: (variable) => Deno.env.get(variable),
  });
  const hidden = hiddenValues(values);
  const say = (text: string) => output.note(terminalLine(text));

  using cancellation = cancelOnSignal();
  using told = progress({ output, pulse: machinePulse, form: given.form });
  const stop = new AbortController();
  const signal = AbortSignal.any([cancellation.signal, stop.signal]);
  const server = serverProcess({
    ...{ command, args, cwd: sandbox, env, maxBytes: MAX_LINE_BYTES },
    said: (line) => say(`${name}: ${hidden.text(line)}`),
  });
  const writer = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  const early: Incident[] = [];
  let calls: RecordedCalls | undefined;
  let failure: { readonly error: unknown } | undefined;

  async function keep(incident: Incident): Promise<void> {
    if (calls === undefined) early.push(incident);
    else {
      try {
        await record.addIncident(incident);
      } catch (error) {
        output.error(
          `${record.place("incidents.jsonl")}: ${whyUnwritable(error)}`,
        );
      }
    }
  }

  const tools = serverTools({
    policy,
    server: name,
    schema: jsonSchemaValidator(),
    showDenied: given.showDenied,
  });
  const end = await mcpProxy({
    client: {
      lines: byteLines(Deno.stdin.readable, { maxBytes: MAX_LINE_BYTES }),
      send: (line) => writer.write(encoder.encode(`${line}\n`)),
    },
    server,
    ...{ name, policy, tools, sandbox, hidden, signal },
    prefix: `proxy-${crypto.getRandomValues(new Uint8Array(4)).toHex()}-`,
    token: () => crypto.randomUUID(),
    deadline(ms, expired) {
      const timer = setTimeout(expired, ms);
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
    note: say,
    incident(incident: ToolIncident) {
      say(toolIncidentText(incident));
      void keep(incident);
    },
    async open(client) {
      calls = recordedCalls({
        runId,
        record,
        policy,
        tools: [...(tools.first ?? new Map()).values(), ...virtualTools()],
        sandbox,
        question: `Calls of the server ${name}`,
        client,
        approver: sessionApprover(given.approve, { policy, record, output }),
        durability: given.durability,
        watch: (event) => told.watch(event),
        broken(error) {
          failure = { error };
          stop.abort();
        },
      });
      for (const incident of early.splice(0)) await keep(incident);
      say(`recording to ${record.name}`);
      return calls;
    },
  });
  if (end.type === "server") {
    await keep({ type: "server_fault", reason: end.reason });
  }
  try {
    await calls?.end();
  } catch (error) {
    failure ??= { error };
  }
  await server.end();
  if (failure !== undefined) throw failure.error;
  if (end.type !== "server") return EXIT.ok;
  output.error(
    terminalLine(
      `The server ended before its client: ${end.reason}, ${await server
        .ended}`,
    ),
  );
  return EXIT.unreachable;
}

/** A moment, as the name of a folder has it: 2026-11-29T08-49-28Z. */
function started(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** The directory in which a server works; one of our own is removed again while it is empty. */
function workingFolder(
  given: string | undefined,
  own: string,
): Disposable & { readonly path: string } {
  if (given !== undefined) {
    try {
      const path = Deno.realPathSync(given);
      if (!Deno.statSync(path).isDirectory) {
        throw unusable(given, "it is not a folder");
      }
      return { path, [Symbol.dispose]() {} };
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw unusable(given, "there is no such folder", { cause });
    }
  }
  Deno.mkdirSync(own, { recursive: true });
  return {
    path: Deno.realPathSync(own),
    [Symbol.dispose]() {
      for (const folder of [own, join(own, "..")]) {
        try {
          Deno.removeSync(folder);
        } catch {
          return;
        }
      }
    },
  };
}

/** The server, and so the agent, must not write what judges it and what is recorded of it. */
function refuseWithin(
  sandbox: string,
  { out, policyPath, isOwn }: {
    readonly out: string;
    readonly policyPath: string;
    readonly isOwn: boolean;
  },
): void {
  const policy = Deno.realPathSync(policyPath);
  if (isWithin(policy, sandbox)) {
    throw new UsageError(
      `Cannot use the sandbox "${sandbox}": the policy is in it, so that the server could change what judges it; keep it elsewhere`,
    );
  }
  const runs = realFuturePath(out);
  if (isWithin(runs, sandbox) || !isOwn && isWithin(sandbox, runs)) {
    throw new UsageError(
      `Cannot use the sandbox "${sandbox}" with --out "${out}": the server could change its own record; choose folders that do not hold one another`,
    );
  }
}
