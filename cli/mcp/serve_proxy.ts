import { terminalLine } from "../../tools/data/untrusted_text.ts";
import { hiddenValues } from "../../tools/mcp/hidden_values.ts";
import { byteLines } from "../../tools/mcp/lines.ts";
import { EXIT, type Output } from "../command/command.ts";
import { cancelOnSignal } from "../execution/cancellation.ts";
import { serverEnvironment } from "./server_environment.ts";
import { serverProcess } from "./server_process.ts";
import type { SessionOptions } from "./session_options.ts";
import {
  type PlaceOptions,
  refuseUnfit,
  sessionPlace,
} from "./session_place.ts";

/** What a proxy over standard input and output is started with. */
export interface ServedProxy extends PlaceOptions, SessionOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The longest message, in bytes. */
const MAX_LINE_BYTES = 256 * 2 ** 20;

/**
 * Starts a server, in the sandbox, and stands before it until one side ends. Returns
 * the exit code.
 *
 * @throws {UsageError} when the policy cannot govern a session, the sandbox is not
 *   apart from runs and policy, or the server cannot be started
 */
export async function serveProxy(
  { command, args, ...given }: ServedProxy,
  output: Output,
): Promise<number> {
  refuseUnfit(given);
  const { policy, name } = given;
  using place = sessionPlace(given);
  const { env, hidden: values } = serverEnvironment(policy.document, {
    name,
    get: (variable) => Deno.env.get(variable),
  });
  const hidden = hiddenValues(values);
  using cancellation = cancelOnSignal();
  const server = serverProcess({
    ...{ command, args, cwd: place.sandbox, env, maxBytes: MAX_LINE_BYTES },
    said: (line) => output.note(terminalLine(`${name}: ${hidden.text(line)}`)),
  });
  const writer = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  try {
    // The server starts meanwhile.
    const { proxiedSession } = await import("./proxied_session.ts");
    const end = await proxiedSession(given, {
      client: {
        lines: byteLines(Deno.stdin.readable, { maxBytes: MAX_LINE_BYTES }),
        send: (line) => writer.write(encoder.encode(`${line}\n`)),
      },
      ...{ server, place, hidden, signal: cancellation.signal },
    }, output);
    if (end.type !== "server") return EXIT.ok;
    await server.end();
    const how = `${end.reason}, ${await server.ended}`;
    output.error(terminalLine(`The server ended before its client: ${how}`));
    return EXIT.unreachable;
  } finally {
    await server.end();
  }
}
