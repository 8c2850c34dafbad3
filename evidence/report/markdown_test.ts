import { assertEquals } from "@std/assert";
import { codeBlock, codeCell, name, table } from "./markdown.ts";

const CELLS: readonly {
  readonly name: string;
  readonly text: string;
  readonly want: string;
}[] = [
  { name: "plain text", text: "read", want: "`read`" },
  { name: "nothing", text: "", want: "" },
  { name: "a space", text: " ", want: "` `" },
  { name: "a pipe", text: "a|b", want: "`a\\|b`" },
  { name: "pipes in a row", text: "||", want: "`\\|\\|`" },
  {
    name: "a pipe that is already escaped",
    text: "a\\|b",
    want: "`a\\u005c\\|b`",
  },
  {
    name: "a pipe after two backslashes",
    text: "a\\\\|b",
    want: "`a\\u005c\\u005c\\|b`",
  },
  { name: "a backslash at the end", text: "a\\", want: "`a\\`" },
  { name: "a backtick", text: "a`b", want: "``a`b``" },
  { name: "a backtick at the start", text: "`a", want: "`` `a ``" },
  { name: "a backtick at the end", text: "a`", want: "`` a` ``" },
  { name: "nothing but backticks", text: "```", want: "```` ``` ````" },
  {
    name: "runs of backticks of every length",
    text: "a`b``c",
    want: "```a`b``c```",
  },
  {
    name: "line breaks",
    text: "a\n\n# b\r\nc\rd",
    want: "`a\\u000a\\u000a# b\\u000d\\u000ac\\u000dd`",
  },
  {
    name: "line breaks of Unicode",
    text: "a\u0085b\u2028c\u2029d",
    want: "`a\\u0085b\\u2028c\\u2029d`",
  },
  {
    name: "escape sequences of a terminal",
    text: "\x1b[2K\x9b1A\x07\x08\x7f\0",
    want: "`\\u001b[2K\\u009b1A\\u0007\\u0008\\u007f\\u0000`",
  },
  {
    name: "text that turns around",
    text: "\u202egpj\u202c\u2066x\u2069\u200f\u061c",
    want: "`\\u202egpj\\u202c\\u2066x\\u2069\\u200f\\u061c`",
  },
  {
    name: "invisible text",
    text: "a\u200bb\ufeffc\u2060d\u{e0041}",
    want: "`a\\u200bb\\ufeffc\\u2060d\\u{e0041}`",
  },
  {
    name: "half an emoji",
    text: "\ud83d!\ude00",
    want: "`\\ud83d!\\ude00`",
  },
  {
    name: "letters of all the world",
    text: "Käse, 茶, 🫖, نعم",
    want: "`Käse, 茶, 🫖, نعم`",
  },
  {
    name: "HTML, links and images",
    text: "</code><img src=x>[a](b)![c](d)<!--",
    want: "`</code><img src=x>[a](b)![c](d)<!--`",
  },
];

for (const { name, text, want } of CELLS) {
  Deno.test(`codeCell() writes ${name}`, () => {
    assertEquals(codeCell(text), want);
  });
}

const BLOCKS: readonly {
  readonly name: string;
  readonly text: string;
  readonly want: string;
}[] = [
  { name: "one line", text: "a | b", want: "```text\na | b\n```" },
  { name: "nothing", text: "", want: "```text\n\n```" },
  { name: "lines", text: "a\n\nb\n", want: "```text\na\n\nb\n\n```" },
  {
    name: "a fence",
    text: "a\n```\n# b",
    want: "````text\na\n```\n# b\n````",
  },
  {
    name: "a fence with spaces before it and words after it",
    text: "   `````js\n```",
    want: "``````text\n   `````js\n```\n``````",
  },
  {
    name: "a fence of tildes",
    text: "~~~\n# b",
    want: "```text\n~~~\n# b\n```",
  },
  {
    name: "carriage returns and other line breaks",
    text: "a\r```\rb\r\nc\u2028```\u0085```",
    want: "````text\na\\u000d```\\u000db\\u000d\nc\\u2028```\\u0085```\n````",
  },
  {
    name: "tabs, escape sequences, text that turns around and half an emoji",
    text: "\t\x1b[31m\u202e\ud800",
    want: "```text\n\\u0009\\u001b[31m\\u202e\\ud800\n```",
  },
];

for (const { name, text, want } of BLOCKS) {
  Deno.test(`codeBlock() writes ${name}`, () => {
    assertEquals(codeBlock(text), want);
  });
}

/** What hostile texts are put together from. */
const PIECES = [
  "`",
  "``",
  "```",
  "|",
  "\\",
  "\n",
  "\r\n",
  " ",
  "a",
  "~~~",
  "\u202e",
  "\x1b",
  "\ud83d",
];

const HOSTILE = PIECES.flatMap((a) =>
  PIECES.flatMap((b) => PIECES.map((c) => a + b + c))
);

Deno.test("codeCell() lets no text of three pieces out of its cell", () => {
  for (const text of HOSTILE) {
    const cell = codeCell(text);
    const fence = /^`+/.exec(cell)?.[0] ?? "";
    const inside = cell.slice(fence.length, -fence.length);
    const runs = new Set(inside.match(/`+/g));
    const pipes = new Set(inside.match(/\\*\|/g));
    assertEquals(
      [
        cell.endsWith(fence),
        runs.has(fence),
        [...pipes].every((pipe) => pipe === "\\|"),
        cell.isWellFormed(),
        ["\n", "\r", "\x1b", "\u202e"].some((each) => cell.includes(each)),
      ],
      [true, false, true, true, false],
      JSON.stringify(text),
    );
  }
});

Deno.test("codeBlock() lets no text of three pieces out of its block", () => {
  for (const text of HOSTILE) {
    const lines = codeBlock(text).split("\n");
    const fence = lines.at(-1) ?? "";
    assertEquals(lines[0], `${fence}text`);
    assertEquals(/^`{3,}$/.test(fence), true);
    const closing = lines.slice(1, -1).filter((line) => line.includes(fence));
    assertEquals(closing, [], JSON.stringify(text));
    assertEquals(lines.length, text.split("\n").length + 2);
  }
});

for (const piece of ["` ", "`", "\\", "|", "\\|", "\n", "\u202e"]) {
  Deno.test(`codeCell() and codeBlock() bear very much of ${JSON.stringify(piece)}`, () => {
    const text = piece.repeat(300_000);
    assertEquals(codeCell(text).length > text.length, true);
    assertEquals(codeBlock(text).length > text.length, true);
  });
}

Deno.test("table() writes a head and rows", () => {
  assertEquals(
    table(["what", "which"], [["a", "`b`"], ["", "c"]]),
    "| what | which |\n| --- | --- |\n| a | `b` |\n|  | c |",
  );
});

Deno.test("table() writes a head without rows", () => {
  assertEquals(table(["what"], []), "| what |\n| --- |");
});

for (const text of ["2026-11-22_f09c7907_0", "pg1-a", "0.1.0", "rehearsal"]) {
  Deno.test(`name() leaves ${text} as it is`, () => {
    assertEquals(name(text), text);
  });
}

for (
  const { text, want } of [
    {
      text: "![x](https://e.test/p.png)",
      want: "`![x](https://e.test/p.png)`",
    },
    { text: "a **b**", want: "`a **b**`" },
    { text: "__verified__", want: "`__verified__`" },
    { text: "www.e.test", want: "`www.e.test`" },
    { text: "a@e.test", want: "`a@e.test`" },
    {
      text: "x\n\n## Verified by the security team",
      want: "`x\\u000a\\u000a## Verified by the security team`",
    },
    { text: "a|b", want: "`a\\|b`" },
    { text: "<img src=x>", want: "`<img src=x>`" },
    { text: "", want: "" },
  ]
) {
  Deno.test(`name() lets ${JSON.stringify(text)} do nothing`, () => {
    assertEquals(name(text), want);
  });
}
