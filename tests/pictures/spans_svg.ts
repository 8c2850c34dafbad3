import type { Span } from "../../trace/span.ts";
import { xmlText } from "../../tools/data/untrusted_text.ts";

const ROW = 22;
const MARGIN = 16;
const NAMES = 330;
const BARS = 470;

/** A colour for each kind of OpenInference, on white and on black. */
const COLOURS: Readonly<Record<string, string>> = {
  AGENT: "#8250df",
  CHAIN: "#6e7781",
  LLM: "#1f6feb",
  GUARDRAIL: "#bf8700",
  TOOL: "#1a7f37",
};

/** Draws spans as backends do: a tree at the left, and when each was at the right. */
export function spansSvg(
  title: string,
  spans: readonly Span<string>[],
): string {
  const [root] = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
  if (root === undefined) {
    throw new RangeError("Cannot draw spans without a root");
  }
  const rows = treeOf(root, spans);
  const start = BigInt(root.start);
  const whole = Number(BigInt(root.end) - start);
  const share = (at: string) => Number(BigInt(at) - start) / whole * BARS;
  const width = 2 * MARGIN + NAMES + BARS;
  const height = 2 * MARGIN + rows.length * ROW;
  const drawn = rows.map(({ span, depth }, index) => {
    const kind = String(span.attributes["openinference.span.kind"]);
    const y = MARGIN + index * ROW;
    const from = MARGIN + NAMES + share(span.start);
    const length = Math.max(3, share(span.end) - share(span.start));
    const colour = span.error === undefined ? COLOURS[kind] : "#cf222e";
    return `<text x="${MARGIN + depth * 16}" y="${y + 15}">${
      xmlText(span.name)
    }<tspan dx="8" font-size="10" fill="${
      COLOURS[kind]
    }">${kind}</tspan></text><rect x="${from.toFixed(1)}" y="${y + 4}" width="${
      length.toFixed(1)
    }" height="${ROW - 8}" rx="3" fill="${colour}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${
    xmlText(title)
  }" font-family="system-ui, sans-serif" font-size="13" fill="#1f2328">
<rect width="100%" height="100%" rx="8" fill="#ffffff" stroke="#d0d7de"/>
${drawn.join("\n")}
</svg>
`;
}

interface Row {
  readonly span: Span<string>;
  readonly depth: number;
}

/** A span with those below it, in the order in which they began. */
function treeOf(
  span: Span<string>,
  spans: readonly Span<string>[],
  depth = 0,
): readonly Row[] {
  const below = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
    .toSorted((a, b) => Number(BigInt(a.start) - BigInt(b.start)));
  return [
    { span, depth },
    ...below.flatMap((each) => treeOf(each, spans, depth + 1)),
  ];
}
