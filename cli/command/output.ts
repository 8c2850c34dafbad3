import { jsonText, terminalText } from "../../tools/data/untrusted_text.ts";
import type { Output } from "./command.ts";
import { type ErrorTerminal, statusLine } from "./status_line.ts";

/** Where lines of text go; a line may hold line feeds. */
export interface Streams {
  /** Writes to standard output. */
  readonly data: (line: string) => void;
  /** Writes to standard error. */
  readonly note: (line: string) => void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Standard error, where it is a terminal. */
  readonly errorTerminal?: ErrorTerminal | undefined;
}

/**
 * Makes what commands write to. Text of a model, a server, a record or a file
 * cannot control a terminal: it is spelled out, escaped in JSON, and written
 * byte for byte only when a program reads a pipe.
 */
export function outputTo(streams: Streams): Output {
  const { isTerminal, errorTerminal } = streams;
  const status = errorTerminal && statusLine(errorTerminal);
  /** The line of the status stays below all others. */
  const above = (write: (line: string) => void) => (line: string) =>
    status === undefined ? write(line) : status.above(() => write(line));
  const [data, note] = [above(streams.data), above(streams.note)];
  return {
    data: (text) => data(terminalText(text)),
    json: (value) => data(jsonText(value)),
    jsonLines(values) {
      if (values.length > 0) data(values.map(jsonText).join("\n"));
    },
    verbatim: (text) => data(isTerminal ? terminalText(text) : text),
    note: (text) => note(terminalText(text)),
    error: (text) => note(terminalText(text)),
    status: status && ((text) => status.show(text)),
  };
}
