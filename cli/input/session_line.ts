import { z } from "../../deps.ts";
import type { Json } from "../../tools/data/json.ts";
import {
  type AskedCall,
  CALL_KEYS,
  callOf,
  hasArguments,
  type WrittenCall,
} from "./call_line.ts";
import { lineId, readStrictLine, type UnreadLine } from "./strict_line.ts";

/** A line of a session: a call, what the run was asked, or what a call returned. */
export type SessionLine =
  | {
    readonly ok: true;
    readonly kind: "call";
    /** Which session it belongs to; `undefined` for the one without a name. */
    readonly session: string | undefined;
    readonly call: AskedCall;
  }
  | {
    readonly ok: true;
    readonly kind: "question";
    readonly session: string | undefined;
    readonly question: string;
  }
  | {
    readonly ok: true;
    readonly kind: "result";
    readonly session: string | undefined;
    /** Of the call that returned it. */
    readonly id: string | number;
    readonly result: Json;
  }
  | UnreadLine;

/** How long the name of a session may be, in UTF-16 code units. */
const MAX_NAME = 256;

const session = z.optional(
  z.string().check(
    z.minLength(1, "expected a text, found none"),
    z.maxLength(MAX_NAME, `expected a name of up to ${MAX_NAME} characters`),
  ),
);

type Written =
  | WrittenCall & { readonly session?: string | undefined }
  | { readonly question: string; readonly session?: string | undefined }
  | {
    readonly id: string | number;
    readonly result: unknown;
    readonly session?: string | undefined;
  };

const callSchema: z.ZodMiniType<Written> = z.strictObject({
  ...CALL_KEYS,
  session,
}).check(hasArguments);

const questionSchema: z.ZodMiniType<Written> = z.strictObject({
  question: z.string(),
  session,
});

const resultSchema: z.ZodMiniType<Written> = z.strictObject({
  id: lineId,
  // Taken from the text of the line: it may be nested as deeply as it likes.
  result: z.unknown(),
  session,
});

/** Reads a line of a session, strictly; whatever is in it, nothing is thrown. */
export function readSessionLine(line: string): SessionLine {
  const read = readStrictLine(line, schemaOf);
  if (!read.ok) return read;
  const { value, members } = read;
  const { session } = value;
  if ("question" in value) {
    const { question } = value;
    return { ok: true, kind: "question", session, question };
  }
  if ("result" in value) {
    const written = members.find(({ key }) => key === "result");
    const result: Json = JSON.parse(written?.text ?? "null");
    return { ok: true, kind: "result", session, id: value.id, result };
  }
  return { ok: true, kind: "call", session, call: callOf({ value, members }) };
}

function schemaOf(value: object): z.ZodMiniType<Written> {
  if (Object.hasOwn(value, "question")) return questionSchema;
  return Object.hasOwn(value, "result") ? resultSchema : callSchema;
}
