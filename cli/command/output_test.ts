import { assertEquals } from "@std/assert";
import { HOSTILE_TEXTS, obeyed } from "../../tests/hostile/terminal_texts.ts";
import { outputTo } from "./output.ts";

/** What comes of a text in each way in which a command says it. */
function saidIn(text: string, isTerminal: boolean) {
  const [data, notes]: [string[], string[]] = [[], []];
  const output = outputTo({
    data: (line) => void data.push(line),
    note: (line) => void notes.push(line),
    isTerminal,
  });
  output.data(text);
  output.json(text);
  output.verbatim(text);
  output.note(text);
  return { data, notes };
}

Deno.test("outputTo() lets nothing be obeyed, but a pipe has its bytes", () => {
  for (const { name, text } of HOSTILE_TEXTS) {
    const shown = saidIn(text, true);
    assertEquals(obeyed([...shown.data, ...shown.notes].join("\n")), [], name);
    const [data, json, verbatim] = saidIn(text, false).data;
    assertEquals([data, json], shown.data.slice(0, 2));
    assertEquals([verbatim, JSON.parse(json ?? "")], [text, text]);
  }
});

Deno.test("outputTo() keeps lines and tabs of data and notes", () => {
  const text = "a\n\tb\r";
  assertEquals(saidIn(text, true), {
    data: ["a\n\tb\\u{000d}", '"a\\n\\tb\\r"', "a\n\tb\\u{000d}"],
    notes: ["a\n\tb\\u{000d}"],
  });
});

Deno.test("outputTo() writes many values as JSON at once, a line each", () => {
  const data: string[] = [];
  const output = outputTo({
    data: (line) => void data.push(line),
    note: () => {},
    isTerminal: false,
  });
  output.jsonLines([]);
  output.jsonLines([{ a: "\u001b[2J" }, 2]);
  assertEquals(data, ['{"a":"\\u001b[2J"}\n2']);
});
