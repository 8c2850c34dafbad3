import config from "../../deno.json" with { type: "json" };
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { redactor } from "../../policy/redaction/redaction.ts";
import { otlpHttp } from "../../trace/otlp/otlp_http.ts";
import { otlpSettings } from "../../trace/otlp/otlp_settings.ts";
import {
  type SpanExport,
  spanExport,
  type SpansExported,
} from "../../trace/otlp/span_export.ts";
import { dated } from "../../tools/data/dated.ts";
import { counted } from "../../tools/data/counted.ts";
import { INCIDENTS } from "../../evidence/recording/incident.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { CommandLine } from "../command/command_line.ts";
import type { Output } from "../command/command.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import { isGranted } from "../machine/is_granted.ts";
import { wait } from "../machine/world.ts";

/** The options of the command line that say where spans are sent. */
export const SPAN_OPTIONS = ["otlp"] as const;

/** What `run` and `resume` say of these options. */
export const SPAN_HELP = {
  usage: "[--otlp URL]",
  run:
    `  --otlp URL         send spans as they end to an OpenTelemetry collector, over
                     OTLP/HTTP with JSON; default: what the OTEL_
                     variables say, OTEL_EXPORTER_OTLP_ENDPOINT first of all (see
                     docs/telemetry.md). The process needs --allow-net for its
                     host, and --allow-env for the variables`,
  resume: "  --otlp URL    as for `run`; the spans of the whole run are sent",
} as const;

/** Spans on their way to a collector. */
export interface LiveSpans extends Pick<SpanExport, "push"> {
  /**
   * Sends what is left until `signal` aborts, and reports what did not arrive,
   * also as an incident.
   */
  finish(where: {
    readonly record: RunRecord;
    readonly output: Output;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** How many arrived; `undefined` before the export is finished. */
  totals(): SpansExported | undefined;
}

/**
 * Starts sending spans where the command line or the environment says;
 * `undefined` when neither does. Variables without an effect are reported.
 *
 * @throws {InputError} when their values cannot be understood
 */
export function liveSpans(
  given: CommandLine,
  { policy: { redact }, output }: {
    readonly policy: PolicyDocument;
    readonly output: Output;
  },
): LiveSpans | undefined {
  const { settings, warnings } = otlpSettings(
    grantedVariable,
    given.option("otlp"),
  );
  for (const line of warnings) output.note(line);
  if (settings === undefined) return undefined;
  const send = otlpHttp(settings, async (url, { signal, ...init }) => {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.any([
        AbortSignal.timeout(settings.timeoutMs),
        ...signal ? [signal] : [],
      ]),
    });
    return dated(response, Date.now());
  });
  const { push, end } = spanExport({
    send,
    wait,
    random: Math.random,
    resource: { "service.version": config.version, ...settings.resource },
    redact: redactor(redact),
  });
  let totals: SpansExported | undefined;
  return {
    push,
    async finish({ record, output, signal }) {
      totals = await end(signal);
      const { host } = new URL(settings.url);
      if (totals.unsent > 0) {
        await reportUnsent(output, { record, host, totals });
      }
    },
    totals: () => totals,
  };
}

/**
 * Reads a variable only if that is already permitted, without a prompt: most
 * users never set it.
 */
function grantedVariable(name: string): string | undefined {
  return isGranted({ name: "env", variable: name })
    ? Deno.env.get(name)
    : undefined;
}

async function reportUnsent(
  output: Output,
  { record, host, totals: { sent, unsent, reason = "" } }: {
    readonly record: RunRecord;
    readonly host: string;
    readonly totals: SpansExported;
  },
): Promise<void> {
  output.error(
    `${unsent} of ${counted(sent + unsent, "span")} not sent to ${host}: ${
      terminalLine(reason)
    }; trace.json has them all`,
  );
  try {
    await record.addIncident({ type: "spans_unsent", count: unsent, reason });
  } catch (error) {
    // A collector must not change how a run ends.
    output.error(`${record.place(INCIDENTS)}: ${whyUnwritable(error)}`);
  }
}
