import { xmlText } from "../../tools/data/untrusted_text.ts";

/** A line on a terminal: what was typed, or what was said. */
export interface TerminalLine {
  readonly typed: boolean;
  readonly text: string;
}

const COLUMNS = 96;
const CHARACTER = 8.43;
const LINE = 20;
const MARGIN = 16;

/** Draws what stands on a terminal; long lines are folded at their words. */
export function terminalSvg(
  title: string,
  lines: readonly TerminalLine[],
): string {
  const rows = lines.flatMap(({ typed, text }) =>
    folded(typed ? `$ ${text}` : text).map((row) => ({ typed, row }))
  );
  const width = Math.ceil(2 * MARGIN + COLUMNS * CHARACTER);
  const height = 2 * MARGIN + rows.length * LINE;
  const texts = rows.map(({ typed, row }, index) =>
    `<text x="${MARGIN}" y="${MARGIN + (index + 0.75) * LINE}" fill="${
      typed ? "#7ee787" : "#e6edf3"
    }">${xmlText(row)}</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${
    xmlText(title)
  }" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.join("\n")}
</svg>
`;
}

function folded(text: string): readonly string[] {
  const rows: string[] = [];
  let rest = text;
  while (rest.length > COLUMNS) {
    const space = rest.lastIndexOf(" ", COLUMNS);
    const end = space <= 0 ? COLUMNS : space;
    rows.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...rows, rest];
}
