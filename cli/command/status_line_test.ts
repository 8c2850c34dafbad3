import { assertEquals } from "@std/assert";
import { HOSTILE_TEXTS, obeyed } from "../../tests/hostile/terminal_texts.ts";
import { screen } from "../../tests/pseudo_terminal.ts";
import { outputTo } from "./output.ts";
import { statusLine } from "./status_line.ts";

function terminal(columns = 20) {
  let shown = "";
  const write = (text: string) => void (shown += text);
  return {
    write,
    line: statusLine({ write, columns: () => columns }),
    get shown() {
      return shown;
    },
  };
}

Deno.test("statusLine() replaces its line, and removes it", () => {
  const there = terminal();
  there.line.show("a long one");
  there.line.show("short");
  assertEquals(screen(there.shown), "short");
  there.line.show("");
  assertEquals(screen(there.shown), "");
  const { shown } = there;
  there.line.show("");
  assertEquals(there.shown, shown);
});

Deno.test("statusLine() paints nothing again that stands there", () => {
  const there = terminal();
  there.line.show("the same");
  there.line.show("the same");
  assertEquals(there.shown, "\rthe same");
});

Deno.test("statusLine() cuts what would wrap, and counts two columns where a character may have them", () => {
  for (
    const [text, want] of [
      ["0123456789012345678", "0123456789012345678"],
      ["01234567890123456789", "0123456789012345..."],
      ["漢字漢字漢字漢字漢字", "漢字漢字漢字漢字..."],
    ] as const
  ) {
    const there = terminal();
    there.line.show(text);
    assertEquals(screen(there.shown), want);
  }
  const unknown = terminal(0);
  unknown.line.show("x".repeat(100));
  assertEquals(screen(unknown.shown), `${"x".repeat(76)}...`);
});

Deno.test("statusLine() lets nothing be obeyed", () => {
  for (const { name, text } of HOSTILE_TEXTS) {
    const there = terminal(1_000_000);
    there.line.show(text);
    assertEquals(obeyed(there.shown.slice(1)), [], name);
    assertEquals(there.shown.includes("\n"), false, name);
  }
});

Deno.test("outputTo() writes every line above the status", () => {
  const there = terminal(40);
  const ended = (line: string) => there.write(`${line}\n`);
  const output = outputTo({
    data: ended,
    note: ended,
    isTerminal: true,
    errorTerminal: { write: there.write, columns: () => 40 },
  });
  output.status?.("asking the model");
  output.note("a note");
  output.data("data");
  output.error("an error");
  output.json({});
  assertEquals(
    screen(there.shown),
    "a note\ndata\nan error\n{}\nasking the model",
  );
  output.status?.("");
  assertEquals(screen(there.shown), "a note\ndata\nan error\n{}\n");
});

Deno.test("outputTo() has no status where standard error is no terminal", () => {
  const ignored = () => {};
  assertEquals(
    outputTo({ data: ignored, note: ignored, isTerminal: true }).status,
    undefined,
  );
});
