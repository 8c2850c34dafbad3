import { oneLine, terminalText } from "../../tools/data/untrusted_text.ts";

/**
 * What a text for a model may have in it that a person would want to see first.
 * `hidden_characters`: what nobody can see. `hidden_markup`: what is not shown once
 * it is rendered. `instructions`: it tells the model to disregard what it was told.
 * `secrecy`: it tells the model to keep something from a person. `collects`: it wants
 * secrets, or what was said before. `other_tool`: it names a tool of another server.
 * `blank_run`: it has so many blanks that what follows is out of sight. `encoded`: it
 * has a long text in base64. `very_long`: nobody reads it to its end. `odd_name`: a
 * name that no tool or argument has by convention.
 */
export type SuspicionKind =
  | "hidden_characters"
  | "hidden_markup"
  | "instructions"
  | "secrecy"
  | "collects"
  | "other_tool"
  | "blank_run"
  | "encoded"
  | "very_long"
  | "odd_name";

/** Something in a text that a person should look at. */
export interface TextSuspicion {
  readonly kind: SuspicionKind;
  /** The passage, on one line and safe to show; or what cannot be seen, by its code points. */
  readonly excerpt: string;
}

/** How many characters a person may be expected to read. The longest known description has 6,550. */
const READABLE = 8192;

/** Beyond this nothing is looked for; such a text is `very_long` anyway. */
const SEARCHED = 262_144;

const NEGATION = String
  .raw`\b(?:do not|don['’]?t|never|must not|without|avoid)\b`;

/** Looked for in small letters, with one space between words. */
const PATTERNS: readonly {
  readonly kind: SuspicionKind;
  readonly pattern: RegExp;
}[] = [
  {
    kind: "instructions",
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass)\b[^.]{0,40}\b(?:previous|prior|above|earlier|preceding|original|other|all|any|your|system|safety)\b[^.]{0,40}\b(?:instructions?|prompts?|rules|guidelines|directives|policy|policies|restrictions|orders)\b/,
  },
  {
    kind: "instructions",
    pattern:
      /<\s*\/?\s*(?:important|system|instructions?|secret|hidden|admin|override|assistant|critical)\b[^<>]{0,80}>|\[\/?inst\]|<\|[a-z_]{2,20}\|>/,
  },
  {
    kind: "instructions",
    pattern:
      /\b(?:new|updated|real|actual|revised) (?:system )?instructions?\b ?[:-]|\byou are now\b|\bfrom now on,? you\b/,
  },
  {
    kind: "instructions",
    pattern:
      /\bbefore (?:using|calling|invoking|running) (?:any|every|other|another|all)\b[^.]{0,20}\btools?\b/,
  },
  {
    kind: "secrecy",
    pattern: new RegExp(
      `${NEGATION} (?:\\w+ ){0,3}?(?:tell|telling|mention|mentioning|inform|informing|notify|notifying|alert|alerting|reveal|revealing|disclose|disclosing|show|showing|explain|explaining|report|reporting|let)\\b[^.]{0,30}\\b(?:users?|humans?|persons?|people|anyone|anybody|operator|owner)\\b`,
    ),
  },
  {
    kind: "secrecy",
    pattern: new RegExp(
      `${NEGATION} (?:\\w+ ){0,2}?(?:mention|reveal|disclose)\\w* (?:this|these|that|it|the (?:instructions?|prompt|note|tool|step))\\b`,
    ),
  },
  {
    kind: "secrecy",
    pattern:
      /\b(?:hide|conceal|keep) (?:this|it|that)\b[^.]{0,20}\b(?:from|secret|hidden|to yourself)\b|\bsecretly\b|\bsilently (?:send|read|include|pass|copy|forward|upload|call|run|execute)\b/,
  },
  {
    kind: "collects",
    pattern:
      /(?:~|\$home|\/root|\/home\/\w+)\/\.(?:ssh|aws|gnupg|kube|netrc|npmrc|cursor|config|docker|claude)\b|\bid_(?:rsa|ed25519)\b|\/etc\/(?:passwd|shadow)\b|\bmcp\.json\b/,
  },
  {
    kind: "collects",
    pattern:
      /\b(?:pass|send|include|provide|put|append|attach|forward|upload|post|copy|insert|add|give|paste)\b[^.]{0,60}\b(?:system prompt|chat history|conversation(?: history)?|previous messages|environment variables|private keys?|api[ _-]?keys?|passwords?|credentials|access tokens?|session cookies?)\b/,
  },
];

/** What is not shown once Markdown or HTML is rendered. Repetitions are bounded, so that no text takes long. */
const HIDING: readonly RegExp[] = [
  /<!--/,
  /^[ \t]{0,20}\[(?:\/\/|comment|_)\]:/m,
  /\bstyle\s{0,5}=\s{0,5}["'][^"']{0,500}(?:display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|opacity\s{0,5}:\s{0,5}0(?!\.?\d{0,9}[1-9])|font-size\s{0,5}:\s{0,5}0|color\s{0,5}:\s{0,5}(?:white|transparent|#fff))/i,
  /<[a-z][^<>]{0,200}\shidden\b[^<>]{0,200}>/i,
  /!\[[^\]]{0,200}\]\(\s{0,5}https?:/i,
];

const BLANK_RUN = /[^\S\n]{120,}|(?:[^\S\n]*\n){20,}/;
const ENCODED = /(?:[A-Za-z0-9+/]{4}){30,}={0,2}|(?:[A-Za-z0-9_-]{4}){30,}/;

/** Emoji that are joined or varied by what cannot be seen, and keycaps. */
const EMOJI =
  /\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?(?:\u200d\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)*|[0-9#*]\ufe0f?\u20e3/gu;

/** What a person should look at in a text that a model is given. */
export function textSuspicions(text: string): readonly TextSuspicion[] {
  const searched = text.slice(0, SEARCHED);
  const found: TextSuspicion[] = [];
  const hidden = hiddenIn(searched);
  if (hidden !== undefined) {
    found.push({ kind: "hidden_characters", excerpt: hidden });
  }
  const plain = searched.normalize("NFKC").slice(0, SEARCHED);
  for (const pattern of HIDING) {
    const passage = pattern.exec(plain);
    if (passage === null) continue;
    found.push({ kind: "hidden_markup", excerpt: around(plain, passage) });
    break;
  }
  // Hidden characters may stand within words, or between them.
  for (const removed of ["", " "]) {
    const words = flat(plain, removed);
    for (const { kind, pattern } of PATTERNS) {
      if (found.some((each) => each.kind === kind)) continue;
      const passage = pattern.exec(words);
      if (passage !== null) {
        found.push({ kind, excerpt: around(words, passage) });
      }
    }
  }
  if (BLANK_RUN.test(searched)) {
    const after = searched.split(BLANK_RUN).slice(1).join(" ");
    found.push({ kind: "blank_run", excerpt: oneLine(after) });
  }
  const encoded = ENCODED.exec(searched);
  if (encoded !== null) {
    found.push({ kind: "encoded", excerpt: oneLine(encoded[0], 40) });
  }
  if (text.length > READABLE) {
    found.push({ kind: "very_long", excerpt: `${text.length} characters` });
  }
  return found;
}

/** What nobody can see in a text, by code points; letters that tags spell are spelled. */
function hiddenIn(text: string): string | undefined {
  const plain = text.replaceAll("\r\n", "\n").replaceAll(EMOJI, "");
  if (terminalText(plain) === plain) return undefined;
  const counts = new Map<string, number>();
  let spelled = "";
  for (const character of plain) {
    if (terminalText(character) === character) continue;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xe0020 && code < 0xe007f) {
      spelled += String.fromCodePoint(code - 0xe0000);
    }
    const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [...names] = counts;
  const listed = names.slice(0, 5).map(([name, count]) =>
    count === 1 ? name : `${name} (${count} times)`
  ).join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return spelled === ""
    ? listed + more
    : `${listed}${more}; they spell ${JSON.stringify(oneLine(spelled))}`;
}

/** Small letters, and one space between words, with what cannot be seen replaced. */
function flat(text: string, replacement: string): string {
  const bare = [...text].map((character) =>
    /\s/.test(character)
      ? " "
      : terminalText(character) === character
      ? character
      : replacement
  ).join("");
  return bare.toLowerCase().replace(
    /[*`]{1,3}(?=\w)|(?<!\w)_{1,3}(?=\w)|(?<=\w)[*`]{1,3}/g,
    "",
  )
    .replace(/ +/g, " ");
}

function around(text: string, { index, 0: passage }: RegExpExecArray): string {
  return oneLine(
    text.slice(Math.max(0, index - 10), index + passage.length + 30),
  );
}
