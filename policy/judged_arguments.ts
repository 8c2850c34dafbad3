import { isList, isObject, type Json } from "../tools/data/json.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import type { CallArguments } from "./arguments.ts";
import type { Facts } from "./facts.ts";
import { compileJsonPath } from "./redaction/json_path.ts";
import { parseUrl } from "./url_text.ts";

/** How what was judged is written. */
interface Spelling {
  readonly path: (path: string) => string;
  readonly url: (url: string) => string;
}

/**
 * The arguments of a call as the rules judged them: URLs as they would be sent,
 * paths where they lead. Calls that differ in spelling alone have the same;
 * `undefined` when the tool names neither, or the arguments do not fit it.
 */
export function judgedArguments(
  { tool, args, facts }: {
    readonly tool: ToolDefinition | undefined;
    readonly args: CallArguments;
    readonly facts: Facts;
  },
): Json | undefined {
  if (!args.ok || tool === undefined) return undefined;
  return spelledArguments(tool, args.value, {
    path: (path) => facts.paths.get(path)?.resolved ?? path,
    url: sentUrl,
  });
}

/**
 * Arguments with their URLs and paths written otherwise, and all else as it was;
 * `undefined` when the tool names neither.
 */
export function spelledArguments(
  { effects }: Pick<ToolDefinition, "effects">,
  args: Json,
  spelling: Spelling,
): Json | undefined {
  const { fetches = [], reads = [], writes = [] } = effects;
  const paths = [...reads, ...writes];
  if (fetches.length + paths.length === 0 || !isObject(args)) return undefined;
  const spelled = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      fetches.includes(key)
        ? each(value, spelling.url)
        : paths.includes(key)
        ? each(value, spelling.path)
        : value,
    ]),
  );
  const deeper = [...paths, ...fetches].some((name) => name.startsWith("$"));
  return deeper
    ? withPlaces(spelled, [[paths, spelling.path], [fetches, spelling.url]])
    : spelled;
}

/** Spells what stands deeper in the arguments, where a policy's JSONPaths lead. */
function withPlaces(
  args: Json,
  effects: readonly (readonly [readonly string[], (text: string) => string])[],
): Json {
  const judged = structuredClone(args);
  for (const [names, spell] of effects) {
    for (const name of names.filter((each) => each.startsWith("$"))) {
      for (const { holder, key } of compileJsonPath(name).places(judged)) {
        Reflect.set(holder, key, each(Reflect.get(holder, key), spell));
      }
    }
  }
  return judged;
}

function each(value: Json, spell: (text: string) => string): Json {
  if (typeof value === "string") return spell(value);
  return isList(value) ? value.map((item) => each(item, spell)) : value;
}

/**
 * What is sent of a URL, without its fragment and an empty query, and with no
 * escape that stands for an unreserved character (RFC 3986, section 6.2.2.2).
 */
function sentUrl(text: string): string {
  const href = parseUrl(text)?.href;
  if (href === undefined) return text;
  const sent = href.replace(/#.*$/s, "").replace(/\?$/, "");
  return sent.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}
