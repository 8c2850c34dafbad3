import { jsonText, terminalText } from "../../tools/data/untrusted_text.ts";
import type { Output } from "./command.ts";

/** Where lines of text go; a line may hold line feeds. */
export interface Streams {
  /** Writes to standard output. */
  readonly data: (line: string) => void;
  /** Writes to standard error. */
  readonly note: (line: string) => void;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
}

/**
 * Makes what commands write to. Whatever they were told by a model, a server, a
 * record or a file, a terminal obeys nothing of it, JSON has none of it as it is,
 * and only a program that reads a pipe gets an answer byte for byte.
 */
export function outputTo({ data, note, isTerminal }: Streams): Output {
  return {
    data: (text) => data(terminalText(text)),
    json: (value) => data(jsonText(value)),
    verbatim: (text) => data(isTerminal ? terminalText(text) : text),
    note: (text) => note(terminalText(text)),
    error: (text) => note(terminalText(text)),
  };
}
