import config from "../deno.json" with { type: "json" };
import { type Rate, setRate } from "../evidence/store/postgres/fleet_limits.ts";
import { checkSchema } from "../evidence/store/postgres/schema.ts";
import { terminalLine } from "../tools/data/untrusted_text.ts";
import { parseCommandLine } from "./command/command_line.ts";
import {
  type Command,
  EXIT,
  type Output,
  UsageError,
} from "./command/command.ts";
import { cancelOnSignal } from "./execution/cancellation.ts";
import {
  liveSpans,
  SPAN_FLAGS,
  SPAN_OPTIONS,
  spanSettings,
} from "./execution/live_spans.ts";
import { sendMetrics } from "./fleet/sent_metrics.ts";
import { workerMeters } from "./fleet/worker_meters.ts";
import type { Settled } from "./fleet/claimed_run.ts";
import { untilReached, withDatabaseTrouble } from "./fleet/database_trouble.ts";
import {
  DATABASE_HELP,
  DATABASE_OPTION,
  openDatabase,
} from "./fleet/open_database.ts";
import { openQueue } from "./fleet/open_queue.ts";
import { readWorkerConfig } from "./fleet/worker_config.ts";
import { workerLoop } from "./fleet/worker_loop.ts";

/** How long a claim lasts without a renewal when nobody says, in seconds. */
const LEASE_SECONDS = 15;

/** `worker`: executes submitted runs. */
export const worker: Command = {
  summary: "execute submitted runs, one of many workers",
  help: `Usage: worker --config FILE.yaml [--concurrency N] [--lease S]
              [--rate PROVIDER=N/s] [--otlp URL [...]] [--db URL] [--json]

Executes submitted runs until it gets SIGTERM or Ctrl-C. Then each run stops before
its next step or effect, another worker goes on with it, and the process ends.

The configuration says what this worker executes, whatever a submitter asks for:

  policies: [policy.yaml]        # files, or SHA-256 of policies
  models:                        # optional; without it only scripted runs
    - llm: openai:MODEL          # as submit --llm names it
      api_key_env: NAME          # optional, as is base_url
  tools: { NAME: tools.ts }      # optional; as submit --tools names them
  mcp_servers:                   # optional; word for word as tasks name them
    NAME: { command: COMMAND, args: [ARGUMENT] }
  max_deaths: 3                  # tries in a row without a new line, then stuck

Runs that it does not name are left to other workers. Keys of models, and what a
policy gives servers under mcp.env, come from the environment of the worker alone.

  --concurrency N  how many runs are executed at once; default: 4
  --lease S        seconds without a sign of life after which another worker may
                   take a run over; default: ${LEASE_SECONDS}, at least 5
  --rate P=N/s     how often all workers together ask a provider, as records name it,
                   at most: openai=5/s, or 0.5/s; several with commas. It stays
                   until a worker says otherwise
  --otlp URL       send the spans of each run, as run does, and every ten seconds
                   the metrics of the fleet and of this worker; default: what the
                   OTEL_ variables say. What goes with it for run goes here, too
${DATABASE_HELP}
  --json           print each run that stops as one JSON object: run, how, why

Besides the permissions for the database, the process needs those that the
policies imply, to write below the folder for temporary files, and for servers
--allow-run for their commands and for sh, or --allow-net for their hosts.

Exit codes: 0 it was told to end, 4 the database could not be reached at the start,
1 it could not work for another reason.
`,
  async run(args, output) {
    const given = parseCommandLine(args, {
      options: [
        DATABASE_OPTION,
        "config",
        "concurrency",
        "lease",
        "rate",
        ...SPAN_OPTIONS,
      ],
      flags: ["json", ...SPAN_FLAGS],
    });
    const concurrency = wholeNumber(
      "concurrency",
      given.option("concurrency") ?? "4",
      1,
      1000,
    );
    const lease = wholeNumber(
      "lease",
      given.option("lease") ?? String(LEASE_SECONDS),
      5,
      3600,
    );
    const rates = given.option("rate", ratesOf) ?? new Map<string, Rate>();
    const accepted = await readWorkerConfig(given.required("config"));
    return await withDatabaseTrouble(output, async () => {
      await using database = await openDatabase(given, {
        // Each run has statements in flight, and renewals beside them.
        connections: 2 * concurrency + 2,
      });
      using cancellation = cancelOnSignal();
      const { signal } = cancellation;
      await untilReached(() => checkSchema(database), signal);
      await using queue = await untilReached(
        () => openQueue(database),
        signal,
      );
      for (const [provider, rate] of rates) {
        await setRate(database, provider, rate);
      }
      const scratch = Deno.makeTempDirSync({ prefix: "worker_" });
      try {
        output.note(
          terminalLine(
            `worker ${config.version} on ${database.name}, ${concurrency} at once`,
          ),
        );
        const meters = workerMeters();
        const owner = crypto.randomUUID();
        const { settings, warnings } = spanSettings(given);
        for (const warning of warnings) output.note(warning);
        const sending = settings && sendMetrics({
          database,
          meters,
          settings,
          instance: owner,
          output,
          leaving: signal,
        });
        await workerLoop({
          meters,
          spans: (policy) =>
            liveSpans(given, { policy, output: { ...output, note() {} } }),
          database,
          queue,
          config: accepted,
          claimant: {
            owner,
            leaseMs: lease * 1000,
            clocks: {
              wall: () => Date.now(),
              monotonic: () => performance.now(),
            },
          },
          scratch,
          concurrency,
          output,
          leaving: cancellation.signal,
          settled: teller(output, given.flag("json")),
        });
        await sending;
      } finally {
        Deno.removeSync(scratch, { recursive: true });
      }
      return EXIT.ok;
    });
  },
};

function teller(output: Output, json: boolean) {
  return (run: string, settled: Settled): void => {
    const { how } = settled;
    const why = "why" in settled
      ? settled.why
      : "terminalReason" in settled
      ? settled.terminalReason
      : undefined;
    if (json) output.json({ run, how, why });
    else {
      output.data(
        terminalLine(`${run}: ${how}${why === undefined ? "" : `: ${why}`}`),
      );
    }
  };
}

/** `openai=5/s,google=0.5/s`: a rest of a second, or of one token, may be made up for at once. */
function ratesOf(text: string): ReadonlyMap<string, Rate> {
  return new Map(
    text.split(",").map((each): [string, Rate] => {
      const [, provider, number] =
        /^([\w.-]+)=(\d+(?:\.\d+)?)\/s$/.exec(each) ??
          [];
      const perSecond = Number(number);
      if (provider === undefined || !(perSecond > 0)) {
        throw new UsageError(
          `Cannot use --rate "${text}": expected PROVIDER=N/s, such as openai=5/s`,
        );
      }
      return [provider, { perSecond, burst: Math.max(1, perSecond) }];
    }),
  );
}

function wholeNumber(
  option: string,
  text: string,
  least: number,
  most: number,
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `Cannot use --${option} "${text}": expected a whole number from ${least} to ${most}`,
  );
}
