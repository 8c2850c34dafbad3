import { refusalOfServerName } from "../../policy/server_name.ts";
import {
  refusalOfServerUrl,
  type ToolServer,
  type ToolServers,
} from "../../tasks/tool_server.ts";
import { quoted } from "../../tools/data/untrusted_text.ts";
import { UsageError } from "../command/command.ts";

/**
 * Reads what `--mcp` says: `NAME=URL`, or `NAME=COMMAND`, with the command as a shell would split
 * it into words: at spaces, with quotes around what belongs together. Nothing else
 * of a shell is understood. Of two with one name, the last one counts.
 *
 * @throws {UsageError} when it cannot be read
 */
export function serversIn(options: readonly string[]): ToolServers {
  return Object.fromEntries(options.map(serverIn));
}

function serverIn(option: string): [string, ToolServer] {
  const at = option.indexOf("=");
  if (at < 0) {
    throw new UsageError(
      `Cannot use --mcp ${quoted(option)}: expected NAME=COMMAND or NAME=URL`,
    );
  }
  const name = option.slice(0, at);
  const refusal = refusalOfServerName(name);
  if (refusal !== undefined) throw new UsageError(`${refusal}; see --mcp`);
  const text = option.slice(at + 1).trim();
  if (/^https?:\/\//i.test(text)) {
    const fault = refusalOfServerUrl(text);
    if (fault === undefined) return [name, { url: text }];
    throw new UsageError(`Cannot use --mcp ${name}: ${fault}`);
  }
  const [command, ...args] = words(text, name);
  if (command === undefined || command === "") {
    throw new UsageError(
      `Cannot use --mcp ${name}: expected a command after the "="`,
    );
  }
  return [name, { command, args }];
}

/** Parts of a word: in quotes, or of other characters; what is between words. */
const PART =
  /'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<plain>[^\s'"]+)|(?<space>\s+)/y;

function words(text: string, name: string): readonly string[] {
  const found: string[] = [];
  let word: string | undefined;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const groups = PART.exec(text)?.groups;
    if (groups === undefined) {
      throw new UsageError(
        `Cannot use --mcp ${name}: a quote in its command does not end`,
      );
    }
    const { single, double, plain, space } = groups;
    if (space === undefined) word = (word ?? "") + (single ?? double ?? plain);
    else if (word !== undefined) {
      found.push(word);
      word = undefined;
    }
  }
  return word === undefined ? found : [...found, word];
}
