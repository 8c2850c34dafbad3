import config from "../../deno.json" with { type: "json" };
import { terminalLine } from "../../tools/data/untrusted_text.ts";
import type { PolicyDocument } from "../../policy/document/document.ts";
import { otlpHttp } from "../../trace/otlp/otlp_http.ts";
import { JSON_ENCODING } from "../../trace/otlp/otlp_json.ts";
import { PROTOBUF_ENCODING } from "../../trace/otlp/otlp_protobuf.ts";
import {
  OTLP_PROTOCOLS,
  type OtlpChoice,
  otlpSettings,
} from "../../trace/otlp/otlp_settings.ts";
import {
  type SpanExport,
  spanExport,
  type SpansExported,
} from "../../trace/otlp/span_export.ts";
import { type TraceParent, traceParent } from "../../trace/trace_parent.ts";
import { dated } from "../../tools/data/dated.ts";
import { counted } from "../../tools/data/counted.ts";
import { INCIDENTS } from "../../evidence/recording/incident.ts";
import type { RunRecord } from "../../evidence/run_store.ts";
import type { CommandLine } from "../command/command_line.ts";
import { choice } from "../command/choice.ts";
import { type Output, UsageError } from "../command/command.ts";
import { whyUnwritable } from "../../evidence/store/file_error.ts";
import { isGranted } from "../machine/is_granted.ts";
import { wait } from "../machine/world.ts";
import { chosenForm, FORM_FLAGS, FORM_OPTIONS, spanForm } from "./span_form.ts";

/** The options of the command line that say where spans are sent, and how. */
export const SPAN_OPTIONS = ["otlp", "otlp-protocol", ...FORM_OPTIONS] as const;

/** Its flags. */
export const SPAN_FLAGS = FORM_FLAGS;

/** What `run` and `resume` say of these options. */
export const SPAN_HELP = {
  usage: `[--otlp URL [--otlp-protocol http/json|http/protobuf]
              [--trace-schema genai|seed] [--otlp-content]]`,
  run:
    `  --otlp URL         send spans as they end to an OpenTelemetry collector, or to
                     a backend that takes OTLP/HTTP; default: what the OTEL_
                     variables say, OTEL_EXPORTER_OTLP_ENDPOINT first of all (see
                     docs/telemetry.md). The process needs --allow-net for its
                     host, and --allow-env for the variables. With TRACEPARENT in
                     the environment the run is a part of that trace
  --otlp-protocol P  http/json (default) or http/protobuf, which some backends
                     want
  --trace-schema S   genai (default): spans by OpenTelemetry's conventions for
                     generative AI, below one for the whole run; seed: those of
                     trace.json
  --otlp-content     send what the model was told and said, and what tools were
                     given and gave back, redacted as the policy says`,
  resume:
    "  --otlp URL    as for `run`, with what goes with it; the spans of the whole\n                run are sent",
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
  const { settings, warnings } = spanSettings(given);
  for (const line of warnings) output.note(line);
  const protocol = given.option(
    "otlp-protocol",
    (word) =>
      choice(word, { where: "Cannot use --otlp-protocol", of: OTLP_PROTOCOLS }),
  );
  const chosen = chosenForm(given);
  if (settings === undefined) {
    refuseIdle(given);
    return undefined;
  }
  const parent = parentSpan(output);
  if (parent?.isSampled === false) {
    output.note(
      "TRACEPARENT says that its trace is not recorded: no spans are sent",
    );
    return undefined;
  }
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
    encoding: (protocol ?? settings.protocol) === "http/json"
      ? JSON_ENCODING
      : PROTOBUF_ENCODING,
    ...spanForm(chosen, { redaction: redact, parent }),
  });
  let totals: SpansExported | undefined;
  return {
    push,
    async finish({ record, output, signal }) {
      const { host } = new URL(settings.url);
      output.status?.(`sending spans to ${host}`);
      totals = await end(signal);
      output.status?.("");
      if (totals.unsent > 0) {
        await reportUnsent(output, { record, host, totals });
      }
    },
    totals: () => totals,
  };
}

/**
 * Where the command line or the environment sends spans.
 *
 * @throws {InputError} when their values cannot be understood
 */
export function spanSettings(given: CommandLine): OtlpChoice {
  return otlpSettings(grantedVariable, given.option("otlp"));
}

/** Refuses what only counts where spans are sent. */
function refuseIdle(given: CommandLine): void {
  const idle = SPAN_OPTIONS.find((each) => given.option(each) !== undefined) ??
    SPAN_FLAGS.find((each) => given.flag(each));
  const isNamed = ["", "TRACES_"].some((each) =>
    grantedVariable(`OTEL_EXPORTER_OTLP_${each}ENDPOINT`)
  );
  if (idle === undefined || isNamed) return;
  throw new UsageError(
    `Cannot use --${idle} without --otlp: no spans are sent`,
  );
}

/** The span of another program that this one was started in, if it says so. */
function parentSpan(output: Output): TraceParent | undefined {
  const text = grantedVariable("TRACEPARENT");
  if (!text) return undefined;
  const parent = traceParent(text);
  if (parent === undefined) {
    output.note(
      terminalLine(
        `TRACEPARENT=${
          text.slice(0, 80)
        } is none of W3C Trace Context, and is ignored`,
      ),
    );
  }
  return parent;
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
