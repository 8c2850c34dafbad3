import type { Json } from "../tools/data/json.ts";
import type { Condition, Source } from "./conditions/condition.ts";
import { normalized, textForms } from "./conditions/text_forms.ts";
import { compileJsonPath } from "./redaction/json_path.ts";
import type { Seen } from "./run_facts.ts";

/** So much text of a run is looked at, in UTF-16 code units; beyond that nothing can be told. */
const MAX_TEXT = 2 ** 20;
/** A shorter value is in many texts by chance. */
const MIN_LENGTH = 4;

/** A text in which values may be seen, and where it comes from. */
interface SeenText {
  readonly source: string;
  readonly seq: number;
  /** In NFC. */
  readonly text: string;
  /** What is left of it when spellings do not count; made when it is first asked for. */
  loose: string | undefined;
}

/** The texts of one run in which a policy looks for values. */
export interface SeenTexts {
  /** Takes in what somebody asked. */
  question(text: string): void;
  /** Takes in what a tool returned: those parts that some condition names. */
  result(
    result: Json,
    from: { readonly tool: string; readonly seq: number },
  ): void;
  /** Where a value stands as a whole in the texts of some sources; `unknown` when in another spelling alone. */
  seen(value: string, sources: readonly Source[]): Seen | undefined | "unknown";
}

/** Collects the texts that some sources name; of others nothing is kept. */
export function seenTexts(sources: readonly Source[]): SeenTexts {
  const wanted = sources.filter((source) => source !== "question");
  const texts: SeenText[] = [];
  let left = MAX_TEXT;
  let isFull = false;

  function keep(source: string, seq: number, value: unknown): void {
    if (typeof value !== "string" && typeof value !== "number") return;
    const text = normalized(String(value), "NFC");
    if (text.length > left) isFull = true;
    else {
      left -= text.length;
      texts.push({ source, seq, text, loose: undefined });
    }
  }

  return {
    question(text) {
      if (sources.includes("question")) keep("question", 0, text);
    },
    result(result, { tool, seq }) {
      const paths = new Set(
        wanted.filter((source) => source.tool === tool).map(({ at }) => at),
      );
      for (const at of paths) {
        for (const { holder, key } of compileJsonPath(at).places(result)) {
          const value: unknown = Object.getOwnPropertyDescriptor(holder, key)
            ?.value;
          keep(nameOf({ tool, at }), seq, value);
        }
      }
    },
    seen(value, sources) {
      const wanted = normalized(value, "NFC");
      if ([...wanted].length < MIN_LENGTH) return undefined;
      const names = new Set(sources.map(nameOf));
      const searched = texts.filter(({ source }) => names.has(source));
      for (const { seq, text } of searched) {
        const offset = wholeAt(text, wanted);
        if (offset !== undefined) return { seq, offset };
      }
      return isFull || isSeenLoosely(value, searched) ? "unknown" : undefined;
    },
  };
}

/** Whether a value was seen in another spelling. */
function isSeenLoosely(value: string, texts: readonly SeenText[]): boolean {
  const { loose: wanted } = textForms(value);
  return wanted !== "" && texts.some((each) => {
    each.loose ??= textForms(each.text).loose;
    return wholeAt(each.loose, wanted) !== undefined;
  });
}

/** Every source that some conditions name. */
export function sourcesIn(conditions: readonly Condition[]): readonly Source[] {
  return conditions.flatMap((
    { seen_in = [], each, some, any = [], all = [], not },
  ) => [
    ...seen_in,
    ...each?.seen_in ?? [],
    ...some?.seen_in ?? [],
    ...sourcesIn([...any, ...all, ...not === undefined ? [] : [not]]),
  ]);
}

function nameOf(source: Source): string {
  return source === "question"
    ? source
    : JSON.stringify([source.tool, source.at]);
}

/** What belongs to a name, a number or an address, so that `123` is not seen in `1234`. */
const JOINED = /[\p{L}\p{N}\p{M}._@+-]/u;

/** Where a value stands in a text as a whole, not as a part of a longer name, number or address. */
export function wholeAt(text: string, value: string): number | undefined {
  for (
    let at = text.indexOf(value);
    at >= 0;
    at = text.indexOf(value, at + 1)
  ) {
    const before = text.slice(Math.max(0, at - 2), at);
    const after = text.slice(at + value.length, at + value.length + 2);
    if (!JOINED.test(lastOf(before)) && !JOINED.test(firstOf(after))) return at;
  }
}

function lastOf(text: string): string {
  return [...text].at(-1) ?? "";
}

/** A full stop at the end of a sentence is not part of a value. */
function firstOf(text: string): string {
  return /^[.](?![\p{L}\p{N}])/u.test(text) ? "" : [...text][0] ?? "";
}
