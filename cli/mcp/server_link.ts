import type { ToolServer } from "../../tasks/tool_server.ts";
import type { FrameId } from "../../tools/mcp/frame.ts";
import type { Side } from "./proxy.ts";
import { serverProcess } from "./server_process.ts";
import { upstream } from "./upstream.ts";

/** The way to a server: a process of ours, or a session over HTTP. */
export interface ServerLink extends Side {
  /** Resolves with how it ended, if it is a process. */
  readonly ended: Promise<string | undefined>;
  /** Ends it. */
  end(): Promise<void>;
}

/** What a way to a server is opened with. */
export interface LinkOptions extends ToolServer {
  /** The working directory of a process. */
  readonly cwd: string;
  /** The whole environment of a process; over HTTP its `AUTHORIZATION` goes with each request. */
  readonly env: Readonly<Record<string, string>>;
  /** Called with each line of the standard error of a process. */
  readonly said: (line: string) => void;
  /** Takes in that a request was refused, and why. */
  readonly refused: (id: FrameId, why: string) => void;
}

/** The longest message, in bytes. */
const MAX_LINE_BYTES = 256 * 2 ** 20;

/**
 * Starts a server, or opens a session with it, of which nothing is sent yet.
 *
 * @throws {UsageError} when it cannot be started
 */
export function serverLink(
  { command = "", args = [], url, cwd, env, said, refused }: LinkOptions,
): ServerLink {
  if (url === undefined) {
    const maxBytes = MAX_LINE_BYTES;
    return serverProcess({ command, args, cwd, env, said, maxBytes });
  }
  const session = upstream({
    url,
    authorization: () => env.AUTHORIZATION ?? null,
    refused: (id, { status }) => refused(id, `status ${status}`),
  });
  return { ...session, ended: Promise.resolve(undefined) };
}
