import { members, pathTo, ROOT_PATH } from "./json_node.ts";

/** One way in which the spelling of a legal trace differs from ours. */
export interface SpellingNote {
  /** The first place of it. */
  readonly path: string;
  /** The difference, for people. */
  readonly message: string;
  /** How many places there are. */
  readonly count: number;
}

/** A trace in the spelling that `validateTrace` judges. */
export interface OwnSpelling {
  readonly document: unknown;
  /** The differences; empty for a trace of ours. */
  readonly notes: readonly SpellingNote[];
}

/**
 * Spells a trace as we do, where OTLP/JSON lets a sender choose: hex digits of
 * either case, 64-bit integers as numbers, doubles as strings, `null` and empty
 * values for what is not set, fields that we never write or unknown ones, spans
 * of one resource in several groups. Illegal parts stay as they are: keys in
 * snake_case, names of enum values, ids in base64.
 *
 * Source: OpenTelemetry protocol specification, "JSON Protobuf Encoding", and the
 * JSON mapping of proto3 that it is based on.
 *
 * @throws {SyntaxError} when the text is not JSON
 */
export function ownSpelling(text: string): OwnSpelling {
  const notes = new Map<string, SpellingNote>();
  const note: Note = (path, message) => {
    const { count, ...first } = notes.get(message) ??
      { path, message, count: 0 };
    notes.set(message, { ...first, count: count + 1 });
  };
  if (text.startsWith("\ufeff")) note(ROOT_PATH, "a byte order mark");
  const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""), exactInteger);
  const document = spell(value, { path: ROOT_PATH, form: TRACE, note });
  return { document: joined(document, note), notes: [...notes.values()] };
}

type Note = (path: string, message: string) => void;

interface Place {
  readonly path: string;
  readonly note: Note;
}

/** Spells one value; returns an unknown kind of value as it is. */
type Form = (value: unknown, place: Place) => unknown;

/** An integer that a double cannot hold keeps all its digits. */
function exactInteger(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) &&
      /^-?\d+$/.test(context?.source ?? "")
    ? BigInt(context?.source ?? 0)
    : value;
}

function spell(
  value: unknown,
  { form, ...place }: Place & { readonly form: Form },
): unknown {
  return form(value, place);
}

const asIs: Form = (value) => value;

const hex: Form = (value, { path, note }) => {
  if (typeof value !== "string" || !/^(?=.*[A-F])[0-9a-fA-F]+$/.test(value)) {
    return value;
  }
  note(path, "hex digits in upper case");
  return value.toLowerCase();
};

const integer: Form = (value, { path, note }) => {
  if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return value;
  note(path, "a 64-bit integer as a number");
  return Object.is(value, -0) ? "0" : String(value);
};

const double: Form = (value, { path, note }) => {
  if (typeof value === "bigint") return Number(value);
  if (
    typeof value !== "string" || !/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(value)
  ) return value;
  note(path, "a double as a string");
  return Number(value);
};

function listOf(form: Form): Form {
  return (value, { path, note }) => {
    if (!Array.isArray(value)) return value;
    const items: readonly unknown[] = value;
    return items.map((item, index) =>
      spell(item, { path: pathTo(path, index), note, form })
    );
  };
}

/** What one message of OTLP may hold. */
interface Message {
  /** Fields that we write. */
  readonly fields: Readonly<Record<string, Form>>;
  /** Fields that we never write, and what their value may be. */
  readonly foreign?: Readonly<Record<string, (value: unknown) => boolean>>;
  /** Fields that we leave out when they are unset. */
  readonly unset?: Readonly<Record<string, (value: unknown) => boolean>>;
  /** Fields that we write even when they are empty. */
  readonly always?: Readonly<Record<string, unknown>>;
}

function messageOf(message: () => Message): Form {
  return (value, { path, note }) => {
    const found = members(value);
    if (found === undefined) return value;
    const { fields, foreign = {}, unset = {}, always = {} } = message();
    const spelled = new Map<string, unknown>();
    for (const [key, member] of found) {
      const at = pathTo(path, key);
      const form = own(fields, key);
      if (form !== undefined && member === null) {
        note(at, "null for what is not set");
      } else if (own(unset, key)?.(member)) {
        note(at, "an empty value for what is not set");
      } else if (form !== undefined) {
        spelled.set(key, spell(member, { path: at, note, form }));
      } else if (own(foreign, key)?.(member) || isUnknown(key, message())) {
        note(
          at,
          own(foreign, key) === undefined
            ? "an unknown field, which receivers ignore"
            : `${key}, which we never write`,
        );
      } else spelled.set(key, member);
    }
    for (const [key, empty] of Object.entries(always)) {
      if (spelled.has(key)) continue;
      note(path, `no ${key}, which is empty then`);
      spelled.set(key, empty);
    }
    return Object.fromEntries(spelled);
  };
}

function own<T>(record: Readonly<Record<string, T>>, key: string) {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A known field in snake_case is a mistake, not an unknown field. */
function isUnknown(key: string, { fields, foreign = {} }: Message): boolean {
  const meant = key.replace(
    /_([a-z0-9])/g,
    (_, letter) => letter.toUpperCase(),
  );
  return own(fields, meant) === undefined && own(foreign, meant) === undefined;
}

const isText = (value: unknown) => typeof value === "string";
const isEmptyText = (value: unknown) => value === "";
const isList = (value: unknown) => Array.isArray(value);
const isUint32 = (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 &&
  value < 2 ** 32;

const anyValue: Form = messageOf(() => ({
  fields: {
    stringValue: asIs,
    boolValue: asIs,
    intValue: integer,
    doubleValue: double,
    arrayValue: messageOf(() => ({
      fields: { values: listOf(anyValue) },
      always: { values: [] },
    })),
    kvlistValue: asIs,
    bytesValue: asIs,
  },
}));

const attributes = listOf(
  messageOf(() => ({ fields: { key: asIs, value: anyValue } })),
);

const droppedAttributesCount = isUint32;

const link = messageOf(() => ({
  fields: { traceId: hex, spanId: hex },
  foreign: {
    traceState: isText,
    attributes: isList,
    droppedAttributesCount,
    flags: isUint32,
  },
}));

/** A status that says nothing. */
function isUnset(status: unknown): boolean {
  const fields = members(status);
  return fields !== undefined &&
    [...fields].every(([key, value]) =>
      value === null || (key === "code" && value === 0) ||
      (key === "message" && value === "")
    );
}

const span = messageOf(() => ({
  fields: {
    traceId: hex,
    spanId: hex,
    parentSpanId: hex,
    name: asIs,
    kind: asIs,
    startTimeUnixNano: integer,
    endTimeUnixNano: integer,
    attributes,
    links: listOf(link),
    status: messageOf(() => ({ fields: { message: asIs, code: asIs } })),
  },
  foreign: {
    traceState: isText,
    flags: isUint32,
    events: isList,
    droppedAttributesCount,
    droppedEventsCount: isUint32,
    droppedLinksCount: isUint32,
  },
  unset: { parentSpanId: isEmptyText, status: isUnset },
  always: { attributes: [] },
}));

const scopeSpans = messageOf(() => ({
  fields: {
    scope: messageOf(() => ({
      fields: { name: asIs, version: asIs },
      foreign: { attributes: isList, droppedAttributesCount },
    })),
    spans: listOf(span),
    schemaUrl: asIs,
  },
}));

const TRACE = messageOf(() => ({
  fields: {
    resourceSpans: listOf(messageOf(() => ({
      fields: {
        resource: messageOf(() => ({
          fields: { attributes },
          foreign: { droppedAttributesCount, entityRefs: isList },
        })),
        scopeSpans: listOf(scopeSpans),
        schemaUrl: asIs,
      },
      unset: { schemaUrl: isEmptyText },
    }))),
  },
}));

/** Puts the spans of one resource, and of one scope, into one group, as we do. */
function joined(document: unknown, note: Note): unknown {
  const root = members(document);
  const groups = root?.get("resourceSpans");
  if (root === undefined || !Array.isArray(groups)) return document;
  const resources = grouped(groups, { list: "scopeSpans", note });
  const resourceSpans = resources.map((group) => {
    const scopes = members(group)?.get("scopeSpans");
    return typeof group !== "object" || !Array.isArray(scopes) ? group : {
      ...group,
      scopeSpans: grouped(scopes, { list: "spans", note }),
    };
  });
  return { ...Object.fromEntries(root), resourceSpans };
}

/** Joins the groups that differ only in their `list`. */
function grouped(
  groups: readonly unknown[],
  { list, note }: { readonly list: string; readonly note: Note },
): readonly unknown[] {
  const first = new Map<string, unknown[]>();
  return groups.flatMap((group) => {
    const { [list]: items, ...rest } = Object.fromEntries(members(group) ?? []);
    if (!Array.isArray(items)) return [group];
    const name = JSON.stringify(rest);
    const known = first.get(name);
    if (known !== undefined) {
      note("resourceSpans", `${list} of the same in several groups`);
      known.push(...items);
      return [];
    }
    const own = [...items];
    first.set(name, own);
    return [{ ...rest, [list]: own }];
  });
}
