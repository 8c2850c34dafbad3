import { isObject } from "../../tools/data/json.ts";
import { compileJsonPath, type JsonPath } from "../redaction/json_path.ts";

/** A value among the arguments of a call, and where it stands. */
export interface Node {
  /** As a JSONPath; a key has a `~` after the path of its member. */
  readonly path: string;
  readonly value: unknown;
}

/** The values among some arguments, found by name or path. */
export interface Nodes {
  /** What an argument, or a JSONPath, names; none when nothing is there. */
  named(argument: string): readonly Node[];
  /** Every text, number and boolean at every depth, and every key. */
  everywhere(): readonly Node[];
}

/** Looks into the arguments of one call; what is asked for twice is looked for once. */
export function nodesOf(args: unknown): Nodes {
  const known = new Map<string, readonly Node[]>();
  let all: readonly Node[] | undefined;
  let places: ReadonlyMap<unknown, string> | undefined;

  function find(argument: string): readonly Node[] {
    if (!argument.startsWith("$")) return member(args, argument);
    places ??= placesOf(args);
    return [...compiled(argument).places(args)].map(({ holder, key }) => ({
      path: `${places?.get(holder) ?? "$"}${step(holder, key)}`,
      value: ownValue(holder, key),
    }));
  }

  return {
    named(argument) {
      const found = known.get(argument) ?? find(argument);
      known.set(argument, found);
      return found;
    },
    everywhere: () => all ??= [...textsBelow(args, "$")],
  };
}

const PATHS = new Map<string, JsonPath>();
const MAX_PATHS = 1000;

/** Policies have few paths, and each is asked about with every call. */
function compiled(text: string): JsonPath {
  const path = PATHS.get(text) ?? compileJsonPath(text);
  if (PATHS.size < MAX_PATHS) PATHS.set(text, path);
  return path;
}

function member(args: unknown, name: string): readonly Node[] {
  return isHolder(args) && Object.hasOwn(args, name) && !Array.isArray(args)
    ? [{ path: `$${step(args, name)}`, value: ownValue(args, name) }]
    : [];
}

function* textsBelow(value: unknown, path: string): Generator<Node> {
  if (["string", "number", "boolean"].includes(typeof value)) {
    yield { path, value };
  }
  if (!isHolder(value)) return;
  for (const [key, each] of Object.entries(value)) {
    const at = `${path}${step(value, key)}`;
    if (isObject(value)) yield { path: `${at}~`, value: key };
    yield* textsBelow(each, at);
  }
}

/** The path of everything that holds something. */
function placesOf(args: unknown): ReadonlyMap<unknown, string> {
  const places = new Map<unknown, string>([[args, "$"]]);
  // A Map goes on to the entries that are added meanwhile.
  for (const [holder, path] of places) {
    if (!isHolder(holder)) continue;
    for (const [key, each] of Object.entries(holder)) {
      if (isHolder(each)) places.set(each, `${path}${step(holder, key)}`);
    }
  }
  return places;
}

function step(holder: object, key: string): string {
  if (Array.isArray(holder)) return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function ownValue(holder: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}
