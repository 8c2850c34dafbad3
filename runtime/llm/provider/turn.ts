import { z } from "../../../deps.ts";
import type { Json } from "../../../tools/data/json.ts";
import type { Message } from "../llm.ts";

type JsonValue = z.core.util.JSONType;

/** What a provider wants to have back with a part, by the name of its package. */
export type PartOptions = Record<string, Record<string, JsonValue>>;

/** A part of a model's turn, as the record has it; of a call, its place among the calls. */
export type TurnPart =
  | {
    readonly type: "text" | "reasoning";
    readonly text: string;
    readonly options?: PartOptions | undefined;
  }
  | {
    readonly type: "call";
    readonly call: number;
    readonly options?: PartOptions | undefined;
  }
  | {
    /** What belongs to the message as a whole. */
    readonly type: "message";
    readonly options: PartOptions;
  };

/** What a provider package gave of a turn. */
export interface GivenTurn {
  /** The parts of an answer in their order. */
  readonly content: readonly {
    readonly type: string;
    readonly text?: string | undefined;
    readonly providerMetadata?: unknown;
  }[];
  /** What belongs to the message as a whole, its reasoning included. */
  readonly message?: unknown;
}

const options: z.ZodMiniType<PartOptions> = z.record(
  z.string(),
  z.record(z.string(), z.json()),
);

const parts: z.ZodMiniType<readonly TurnPart[]> = z.array(
  z.discriminatedUnion("type", [
    z.strictObject({
      type: z.enum(["text", "reasoning"]),
      text: z.string(),
      options: z.optional(options),
    }),
    z.strictObject({
      type: z.literal("call"),
      call: z.int(),
      options: z.optional(options),
    }),
    z.strictObject({ type: z.literal("message"), options }),
  ]),
);

/**
 * The parts of a turn that go back to the model beside its calls, in their
 * recorded form: reasoning, signatures and text in the order in which they came.
 * `undefined` when only calls, or only the text of the answer, came.
 */
export function turnOf({ content, message }: GivenTurn): Json | undefined {
  let calls = 0;
  const whole = optionsOf(message);
  const turn: TurnPart[] = whole === undefined
    ? []
    : [{ type: "message", options: whole }];
  for (const { type, text = "", providerMetadata } of content) {
    const options = optionsOf(providerMetadata);
    const carried = options === undefined ? {} : { options };
    if (type === "tool-call") {
      turn.push({ type: "call", call: calls++, ...carried });
    } else if (
      type === "text" || type === "reasoning" && whole === undefined
    ) {
      if (text === "" && options === undefined) continue;
      turn.push({ type, text, ...carried });
    }
  }
  const plain = calls > 0 ? "call" : "text";
  const isAll = turn.every((part) =>
    part.type === plain && part.options === undefined
  );
  return isAll ? undefined : JSON.parse(JSON.stringify(turn));
}

/** The parts of a turn on record; each call that it does not name comes last. */
export function partsOf(
  { calls, turn }: Extract<Message, { role: "assistant" }>,
): readonly TurnPart[] {
  const known = parts.safeParse(turn).data ?? [];
  const seen = new Set<number>();
  const named = known.filter((part) => {
    if (part.type !== "call") return true;
    const isNew = part.call in calls && !seen.has(part.call);
    seen.add(part.call);
    return isNew;
  });
  const others = [...calls.keys()].filter((call) => !seen.has(call));
  return [
    ...named,
    ...others.map((call) => ({ type: "call", call } as const)),
  ];
}

/** What a provider wants to have back, if anything. */
function optionsOf(given: unknown): PartOptions | undefined {
  if (given === undefined) return undefined;
  // A key that is there without a value says nothing.
  const plain = JSON.parse(JSON.stringify(given));
  const known = Object.entries(options.safeParse(plain).data ?? {})
    .filter(([, values]) => Object.keys(values).length > 0);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
