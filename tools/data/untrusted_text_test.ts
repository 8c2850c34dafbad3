import { assertEquals, assertNotEquals } from "@std/assert";
import {
  HOSTILE_TEXTS,
  LOOK_ALIKES,
  obeyed,
} from "../../tests/hostile/terminal_texts.ts";
import {
  csvCell,
  jsonText,
  markdownLine,
  oneLine,
  quoted,
  terminalLine,
  terminalText,
  xmlText,
} from "./untrusted_text.ts";

for (
  const { name, text, want } of [
    { name: "nothing", text: "", want: "" },
    {
      name: "text of any script",
      text: "Grüße, 你好 😀",
      want: "Grüße, 你好 😀",
    },
    {
      name: "line ends",
      text: "a\nb\r\nc\u2028d\u2029e\u0085f",
      want: "a b c d e f",
    },
    { name: "escapes", text: "\u001b[31mred\u009b2J", want: "[31mred 2J" },
    {
      name: "other directions",
      text: "a\u202eb\u2066c\u200fd",
      want: "a b c d",
    },
    {
      name: "what is not seen",
      text: "a\u200bb\ufeffc\u00add\0e",
      want: "a b c d e",
    },
    { name: "half a character", text: "a\ud83d", want: "a" },
    { name: "space around", text: "\t a  b \n", want: "a b" },
  ]
) {
  Deno.test(`oneLine() of ${name}`, () => {
    assertEquals(oneLine(text), want);
  });
}

Deno.test("oneLine() cuts what is long, and no character in two", () => {
  assertEquals(oneLine("x".repeat(120)), "x".repeat(120));
  assertEquals(oneLine("x".repeat(121)), `${"x".repeat(120)}…`);
  assertEquals(oneLine("ab😀c", 3), "ab…");
  assertEquals(oneLine(`a${" ".repeat(100)}b`, 3), "a…");
});

Deno.test("oneLine() takes no longer for a text of a hundred megabytes", () => {
  const long = "\u202e ".repeat(50_000_000);
  assertEquals(oneLine(long), "…");
});

for (
  const [text, want] of [
    ["plain", '"plain"'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ["\u202eevil\u009b", '"\\u202eevil\\u009b"'],
    ["\ud800", '"\\ud800"'],
    ["x".repeat(161), `"${"x".repeat(160)}…"`],
  ]
) {
  Deno.test(`quoted() writes ${want?.slice(0, 20)}`, () => {
    assertEquals(quoted(text ?? ""), want);
  });
}

const ON_LINES: ReadonlyMap<string, (text: string) => string> = new Map([
  ["terminalText", terminalText],
  ["xmlText", xmlText],
]);
const ON_ONE_LINE: ReadonlyMap<string, (text: string) => string> = new Map([
  ["terminalLine", terminalLine],
  ["oneLine", (text) => oneLine(text, 10_000)],
  ["quoted", quoted],
  ["markdownLine", markdownLine],
  ["jsonText", jsonText],
]);

for (const { name, text } of HOSTILE_TEXTS) {
  Deno.test(`no writer lets ${name} be obeyed`, () => {
    for (const [writer, write] of ON_LINES) {
      const written = write(`<a>\n\t${text}&"`);
      const lines = text.split("\n").length + 1;
      assertEquals([obeyed(written), written.split("\n").length], [[], lines]);
      assertNotEquals(written.slice(5, -2), text, writer);
    }
    for (const [writer, write] of ON_ONE_LINE) {
      const written = write(`a\n\t${text}b`);
      assertEquals([obeyed(written), /[\n\t]/.test(written)], [[], false]);
      assertNotEquals(written, text, writer);
    }
  });

  Deno.test(`jsonText() gives back ${name}`, () => {
    const value = { [text]: [text], a: undefined };
    assertEquals(JSON.parse(jsonText(value)), { [text]: [text] });
  });
}

for (const { name, text } of LOOK_ALIKES) {
  Deno.test(`every writer leaves ${name} as it is`, () => {
    for (const write of [terminalText, terminalLine, oneLine, xmlText]) {
      assertEquals(write(text), text);
    }
    assertEquals(markdownLine(text), text);
    assertEquals(jsonText(text), JSON.stringify(text));
  });
}

for (
  const sign of [
    "\u2800",
    "\ufffc",
    "\u{16fe4}",
    "\u{13441}",
    "\u{13442}",
    "\u{1d159}",
  ]
) {
  const hex = sign.codePointAt(0)?.toString(16);
  Deno.test(`terminal and JSON show the blank sign U+${hex}, a report keeps its bytes`, () => {
    const text = `a${sign}b`;
    assertEquals(terminalText(text), `a\\u{${hex}}b`);
    assertEquals(terminalLine(text), `a\\u{${hex}}b`);
    assertEquals(xmlText(text), `a\\u{${hex}}b`);
    assertEquals(oneLine(text), "a b");
    assertNotEquals(jsonText(text), JSON.stringify(text));
    assertEquals(JSON.parse(jsonText(text)), text);
    assertEquals(markdownLine(text), text);
  });
}

for (
  const { what, found, want } of [
    {
      what: "terminalText() keeps line feeds and tabs, and spells out the rest",
      found: terminalText("a\n\tb\r\u001b[2J\u009b\u{e0041}\ud800"),
      want: "a\n\tb\\u{000d}\\u{001b}[2J\\u{009b}\\u{e0041}\\u{d800}",
    },
    {
      what: "terminalLine() spells out line feeds and tabs too",
      found: terminalLine("a\n\tb"),
      want: "a\\u{000a}\\u{0009}b",
    },
    {
      what: "xmlText() writes what is left for XML",
      found: xmlText('<&">\n\u009b\u0000\ufffe'),
      want: "&lt;&amp;&quot;&gt;\n\\u{009b}\\u{0000}\\u{fffe}",
    },
    {
      what: "jsonText() writes each unit of an invisible character",
      found: jsonText({ a: "\u007f\u009b\u202e\u{e0041}\n" }),
      want: '{"a":"\\u007f\\u009b\\u202e\\udb40\\udc41\\n"}',
    },
    { what: "jsonText() of nothing", found: jsonText(undefined), want: "null" },
    {
      what: "markdownLine() spells all of it out in one way",
      found: markdownLine("\n\u0085\u3164\ufe0f\u{e0100}"),
      want: "\\u000a\\u0085\\u3164\\ufe0f\\u{e0100}",
    },
  ]
) Deno.test(what, () => assertEquals(found, want));

for (
  const [text, want] of [
    ["", '""'],
    ["plain, 1-2 = 3", '"plain, 1-2 = 3"'],
    ['a "b"', '"a ""b"""'],
    ["=1+2", `"'=1+2"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["  =1", `"  '=1"`],
    ['"=1', `"""'=1"`],
    ["\uff1d1", `"'\uff1d1"`],
    ["a;=1", `"a;'=1"`],
    ['a","=1', `"a"",""'=1"`],
    ["a\n=1", '"a\\u{000a}=1"'],
    ["\t=1", '"\\u{0009}=1"'],
    ["\r=1", '"\\u{000d}=1"'],
    ["\u001b[2J\u202e", '"\\u{001b}[2J\\u{202e}"'],
    ["\u200b=1", '"\\u{200b}=1"'],
  ] as const
) {
  Deno.test(`csvCell() of ${JSON.stringify(text)} is calculated nowhere`, () => {
    assertEquals(csvCell(text), want);
  });
}

for (const { name, text } of HOSTILE_TEXTS) {
  Deno.test(`csvCell() lets nothing of ${name} be obeyed`, () => {
    const cell = csvCell(text);
    assertEquals(obeyed(cell), []);
    assertEquals(/^"(?:[^"\n]|"")*"$/.test(cell), true);
  });
}
