import { isList, isObject, type Json } from "../tools/data/json.ts";
import type { ToolDefinition } from "../tools/tool.ts";
import type { CallArguments } from "./arguments.ts";
import type { Facts } from "./facts.ts";
import { compileJsonPath, type Place } from "./redaction/json_path.ts";
import { parseUrl } from "./url_text.ts";

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
  const { fetches = [], reads = [], writes = [] } = tool?.effects ?? {};
  const paths = [...reads, ...writes];
  if (!args.ok || fetches.length + paths.length === 0) return undefined;
  if (!isObject(args.value)) return undefined;
  // Of what is named by name alone, the arguments themselves are written to, and nothing inside them.
  const isDeep = [...fetches, ...paths].some((name) => name.startsWith("$"));
  const judged: Json = isDeep ? JSON.parse(args.canonical) : { ...args.value };
  const placeOf = (path: string) => facts.paths.get(path)?.resolved ?? path;
  for (
    const [names, spell] of [[paths, placeOf], [fetches, sentUrl]] as const
  ) {
    for (const name of names) {
      for (const { holder, key } of placesNamed(judged, name)) {
        const value = Reflect.get(holder, key);
        Reflect.set(holder, key, each(value, spell));
      }
    }
  }
  return judged;
}

function placesNamed(args: Json, name: string): Iterable<Place> {
  if (name.startsWith("$")) return compileJsonPath(name).places(args);
  return isObject(args) && Object.hasOwn(args, name)
    ? [{ holder: args, key: name }]
    : [];
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
