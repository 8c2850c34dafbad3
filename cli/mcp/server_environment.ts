import type { PolicyDocument } from "../../policy/document/document.ts";
import type { HiddenValue } from "../../tools/mcp/hidden_values.ts";
import { UsageError } from "../command/command.ts";

/** The environment of a server. */
export interface ServerEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** Those of its values that must not be seen. */
  readonly hidden: readonly HiddenValue[];
}

/** A shorter value would be found in texts that have nothing to do with it. */
const MIN_SECRET_LENGTH = 8;

/**
 * Gathers the environment that a policy gives to the server `name`; `get` reads a
 * variable of our own.
 *
 * @throws {UsageError} when a variable is not set, or is too short to be hidden
 */
export function serverEnvironment(
  { mcp }: Pick<PolicyDocument, "mcp">,
  { name: server, get }: {
    readonly name: string;
    readonly get: (name: string) => string | undefined;
  },
): ServerEnvironment {
  const env: [string, string][] = [];
  const hidden: HiddenValue[] = [];
  for (
    const [name, { from, secret, servers }] of Object.entries(mcp?.env ?? {})
  ) {
    if (servers?.includes(server) === false) continue;
    const value = get(from);
    if (value === undefined) {
      throw new UsageError(
        `Cannot start the server: the policy gives it ${name} from the variable ${from}, which is not set`,
      );
    }
    env.push([name, value]);
    if (secret === false) continue;
    if (value.length < MIN_SECRET_LENGTH) {
      throw new UsageError(
        `Cannot hide the value of ${from}: it has fewer than ${MIN_SECRET_LENGTH} characters and would be found everywhere; if it is no secret, write "secret: false" below mcp.env.${name} in the policy`,
      );
    }
    hidden.push({ name, value });
  }
  return { env: Object.fromEntries(env), hidden };
}
