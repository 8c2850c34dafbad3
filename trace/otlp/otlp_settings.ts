import { InputError } from "../../tools/data/input_error.ts";
import type { Attributes } from "../span.ts";

/** Where spans are sent, and with what. */
export interface OtlpSettings {
  /** Takes `ExportTraceServiceRequest`s by POST. */
  readonly url: string;
  /** Headers of each request; they may hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the resource, beside or instead of those that every run has. */
  readonly resource: Attributes;
  /** How long one request may take, in milliseconds. Default: 10,000. */
  readonly timeoutMs: number;
  /** How requests are written. Default: `http/json`. */
  readonly protocol: OtlpProtocol;
}

/** The protocols of OTLP that there are here, as `OTEL_EXPORTER_OTLP_PROTOCOL` names them. */
export const OTLP_PROTOCOLS: readonly OtlpProtocol[] = [
  "http/json",
  "http/protobuf",
];

/** One of them. */
export type OtlpProtocol = "http/json" | "http/protobuf";

/** What the command line and the environment say about sending spans. */
export interface OtlpChoice {
  /** Where they go; `undefined` when none are sent. */
  readonly settings: OtlpSettings | undefined;
  /** One line for each variable whose value is not supported and which is therefore ignored. */
  readonly warnings: readonly string[];
}

type Env = (name: string) => string | undefined;

/** OpenTelemetry's default. */
const TIMEOUT_MS = 10_000;

/** A day: a value that overflows a timer would fire at once. */
const MAX_TIMEOUT_MS = 86_400_000;

/**
 * Reads where spans are to be sent: to `endpoint`, which a person gave as
 * `--otlp` and which wins over every variable; or to
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, which is used as it is; or to
 * `OTEL_EXPORTER_OTLP_ENDPOINT`. `/v1/traces` is added to the first and the last
 * unless they end with it; slashes at the end do not count. Nothing is sent
 * without any of them, or when `OTEL_SDK_DISABLED` or `OTEL_TRACES_EXPORTER`
 * turns sending off.
 *
 * A variable for traces wins over the general one: `…_TRACES_HEADERS` before
 * `…_HEADERS`, and `…_TIMEOUT`, `…_PROTOCOL` likewise. Headers and
 * `OTEL_RESOURCE_ATTRIBUTES` are lists of `key=value`, separated by commas,
 * percent-encoded; `OTEL_SERVICE_NAME` wins over a `service.name` among the
 * latter. An empty variable counts as not set; one with an unsupported value is
 * reported and ignored. Source: OpenTelemetry specification 1.x, "Environment
 * variables", "OTLP exporter configuration" and "Resource SDK".
 *
 * @throws {InputError} when a URL, a header or an attribute cannot be understood; the message shows no header's value
 */
export function otlpSettings(env: Env, endpoint?: string): OtlpChoice {
  const warnings: string[] = [];
  let protocol: OtlpProtocol = "http/json";
  if (endpoint === undefined) {
    if (ofOtlp(env, "ENDPOINT") === undefined || isDisabled(env, warnings)) {
      return { settings: undefined, warnings };
    }
    protocol = protocolOf(env, warnings);
  }
  const url = urlOf(env, endpoint);
  if (url === undefined) return { settings: undefined, warnings };
  const service = set(env, "OTEL_SERVICE_NAME");
  const settings = {
    url,
    headers: headersOf(env),
    resource: {
      ...Object.fromEntries(
        pairs(
          set(env, "OTEL_RESOURCE_ATTRIBUTES")?.value ?? "",
          "OTEL_RESOURCE_ATTRIBUTES",
        ),
      ),
      ...service === undefined ? {} : { "service.name": service.value },
    },
    timeoutMs: timeoutOf(env, warnings),
    protocol,
  };
  return { settings, warnings };
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The first of some variables that is set and not empty. */
function set(env: Env, ...names: readonly string[]): Variable | undefined {
  for (const name of names) {
    const value = env(name);
    if (value) return { name, value };
  }
}

/** What a variable of OTLP is set to: the one for traces before the one for everything. */
function ofOtlp(env: Env, name: string): Variable | undefined {
  return set(
    env,
    `OTEL_EXPORTER_OTLP_TRACES_${name}`,
    `OTEL_EXPORTER_OTLP_${name}`,
  );
}

function urlOf(env: Env, endpoint: string | undefined): string | undefined {
  if (endpoint !== undefined) {
    return withTracesPath(httpUrl(endpoint, "--otlp"));
  }
  const variable = ofOtlp(env, "ENDPOINT");
  if (variable === undefined) return undefined;
  const { name, value } = variable;
  const url = httpUrl(value, name);
  return name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    ? url.href
    : withTracesPath(url);
}

/** Whether the environment turns sending spans over OTLP off. */
function isDisabled(env: Env, warnings: string[]): boolean {
  const disabled = set(env, "OTEL_SDK_DISABLED");
  const wanted = disabled?.value.trim().toLowerCase();
  if (wanted === "true") return true;
  if (disabled !== undefined && wanted !== "false") {
    warnings.push(unsupported(disabled, "expected true or false"));
  }
  const exporter = set(env, "OTEL_TRACES_EXPORTER");
  if (exporter === undefined) return false;
  const names = exporter.value.split(",").map((each) =>
    each.trim().toLowerCase()
  );
  if (names.some((name) => name !== "otlp" && name !== "none")) {
    warnings.push(
      unsupported(
        exporter,
        `only otlp and none are${
          names.includes("otlp") ? "" : ", and no spans are sent"
        }`,
      ),
    );
  }
  return !names.includes("otlp");
}

function protocolOf(env: Env, warnings: string[]): OtlpProtocol {
  const variable = ofOtlp(env, "PROTOCOL");
  if (variable === undefined) return "http/json";
  const wanted = variable.value.trim().toLowerCase();
  const found = OTLP_PROTOCOLS.find((each) => each === wanted);
  if (found !== undefined) return found;
  warnings.push(
    unsupported(
      variable,
      `only ${OTLP_PROTOCOLS.join(" and ")} are, and spans go out as http/json`,
    ),
  );
  return "http/json";
}

function timeoutOf(env: Env, warnings: string[]): number {
  const timeout = ofOtlp(env, "TIMEOUT");
  if (timeout === undefined) return TIMEOUT_MS;
  const ms = /^\s*\d{1,8}\s*$/.test(timeout.value) ? Number(timeout.value) : 0;
  if (ms >= 1 && ms <= MAX_TIMEOUT_MS) return ms;
  warnings.push(
    unsupported(
      timeout,
      `expected milliseconds from 1 to ${MAX_TIMEOUT_MS}; ${TIMEOUT_MS} it is`,
    ),
  );
  return TIMEOUT_MS;
}

function unsupported({ name, value }: Variable, message: string): string {
  return `${name}=${excerpt(value)} is not supported: ${message}`;
}

/** Variables may hold any text, and this text goes to a terminal. */
function excerpt(value: string): string {
  const plain = value.replace(/[^\x20-\x7e]/g, "?");
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}

function httpUrl(text: string, source: string): URL {
  const url = URL.parse(text);
  if (
    url === null || !/^https?:$/.test(url.protocol) ||
    `${url.username}${url.password}${url.hash}` !== ""
  ) {
    throw wrong(
      source,
      "expected an http or https URL without user and fragment, such as http://127.0.0.1:4318",
    );
  }
  return url;
}

function withTracesPath(url: URL): string {
  const path = url.pathname.replace(/\/+$/, "");
  const traces = new URL(url);
  traces.pathname = path.endsWith("/v1/traces") ? path : `${path}/v1/traces`;
  return traces.href;
}

function headersOf(env: Env): Record<string, string> {
  const { name: source, value: text } = ofOtlp(env, "HEADERS") ??
    { name: "", value: "" };
  const found = pairs(text, source);
  for (const [name, value] of found) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw wrong(source, "a header's name has characters that no header has");
    }
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw wrong(source, `the value of ${name} is not printable ASCII`);
    }
  }
  // Last, so that ours of the same name win.
  return Object.fromEntries(
    found.map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** A list of `key=value`, percent-encoded; spaces around either do not count. */
function pairs(
  text: string,
  source: string,
): readonly (readonly [string, string])[] {
  return text.split(",").filter((each) => each.trim() !== "").map((each) => {
    const at = each.indexOf("=");
    const name = decoded(each.slice(0, Math.max(at, 0)));
    const value = decoded(each.slice(at + 1));
    if (!name || value === undefined) {
      throw wrong(
        source,
        "expected key=value, separated by commas and percent-encoded",
      );
    }
    return [name, value];
  });
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}

function wrong(source: string, message: string): InputError {
  return new InputError(source, [{ path: "", message }]);
}
