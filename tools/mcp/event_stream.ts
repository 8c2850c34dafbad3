/**
 * Yields the data of a stream of server-sent events (`text/event-stream`), an event
 * each; what is not data is left out.
 *
 * @throws {RangeError} when an event has more than `maxLength` UTF-16 code units
 */
export async function* eventData(
  texts: AsyncIterable<string>,
  { maxLength }: { readonly maxLength: number },
): AsyncGenerator<string, void> {
  let rest = "";
  let data: string[] = [];
  let length = 0;
  for await (const text of texts) {
    // A carriage return alone ends a line, too, unless a line feed follows it.
    const lines = `${rest}${text}`.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield data.join("\n");
        data = [];
        length = 0;
        continue;
      }
      const found = /^data:? ?(.*)$/s.exec(line);
      if (found === null) continue;
      data.push(found[1] ?? "");
      length += line.length;
    }
    if (length + rest.length > maxLength) {
      throw new RangeError(`an event is longer than ${maxLength} characters`);
    }
  }
}

/** Writes an event whose data is one line. */
export function eventText(line: string): string {
  return `event: message\ndata: ${line}\n\n`;
}
