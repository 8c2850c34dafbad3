import { InputError } from "../policy/input_error.ts";
import type { Attributes } from "./span.ts";

/** Where spans are sent, and with what. */
export interface OtlpSettings {
  /** Takes `ExportTraceServiceRequest`s by POST. */
  readonly url: string;
  /** Go with each request; they may hold a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the resource, beside or instead of those that every run has. */
  readonly resource: Attributes;
}

/**
 * Reads where spans are to be sent: to `endpoint`, which a person gave as
 * `--otlp`, or else to `OTEL_EXPORTER_OTLP_ENDPOINT`; `undefined` when there is
 * neither. `/v1/traces` is added to a URL that does not end with it; slashes at
 * the end do not count.
 *
 * `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES` are lists of
 * `key=value`, separated by commas, percent-encoded; `OTEL_SERVICE_NAME` wins over
 * a `service.name` among the latter. Source: OpenTelemetry specification, "OTLP
 * exporter configuration" and "Resource SDK".
 *
 * @throws {InputError} when one of them cannot be understood; the message shows no header's value
 */
export function otlpSettings(
  env: (name: string) => string | undefined,
  endpoint?: string,
): OtlpSettings | undefined {
  const set = (name: string) => env(name) || undefined;
  const source = endpoint === undefined
    ? "OTEL_EXPORTER_OTLP_ENDPOINT"
    : "--otlp";
  const base = endpoint ?? set(source);
  if (base === undefined) return undefined;
  const service = set("OTEL_SERVICE_NAME");
  return {
    url: tracesUrl(base, source),
    headers: headersOf(set("OTEL_EXPORTER_OTLP_HEADERS") ?? ""),
    resource: {
      ...Object.fromEntries(
        pairs(
          set("OTEL_RESOURCE_ATTRIBUTES") ?? "",
          "OTEL_RESOURCE_ATTRIBUTES",
        ),
      ),
      ...service === undefined ? {} : { "service.name": service },
    },
  };
}

function tracesUrl(text: string, source: string): string {
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
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/v1/traces") ? path : `${path}/v1/traces`;
  return url.href;
}

function headersOf(text: string): Record<string, string> {
  const source = "OTEL_EXPORTER_OTLP_HEADERS";
  const found = pairs(text, source);
  for (const [name, value] of found) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw wrong(source, "a header's name has characters that no header has");
    }
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw wrong(source, `the value of ${name} is not printable ASCII`);
    }
  }
  // So that ours of the same name win.
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
