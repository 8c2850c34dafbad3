import { quoted } from "../tools/data/untrusted_text.ts";

/** Of letters that a provider takes in the name of a tool, and short enough for one to follow. */
const SERVER_NAME = /^[A-Za-z0-9_-]{1,32}$/;

/** Why a server cannot be called so in a policy; `undefined` when it can. */
export function refusalOfServerName(name: string): string | undefined {
  // Names that begin with `mcp.` are those of what is not a tool.
  return SERVER_NAME.test(name) && name !== "mcp"
    ? undefined
    : `Cannot use ${
      quoted(name)
    } as the name of a server: expected up to 32 letters, digits, "-" and "_", and not "mcp"`;
}
